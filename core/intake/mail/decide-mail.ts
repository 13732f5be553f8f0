import { may } from '../../access/may.ts';
import { isAgentRole, type Person } from '../../access/person.ts';
import type { InquiryLedger, LoadedInquiry } from '../../inquiry/ports.ts';
import type { Inquiry } from '../../inquiry/snapshot.ts';
import type { ReplyAudience } from '../../inquiry/tokens/reply-token.ts';
import type { InquiryId, Instant } from '../../inquiry/values/ids.ts';
import type { IntakeLookupResult } from '../ports.ts';
import { canContinueByMail, isInquiryParty } from './build-mail-continuation.ts';
import { toCorrespondent } from './build-mail-message.ts';
import type { ThreadClueKind, ThreadClues } from './find-thread-clues.ts';
import type { ParsedMail } from './mail.ts';

/** The inquiry that a mail is about, and whether the mail continues it or only refers to it. */
export type ThreadTarget = {
  readonly loaded: LoadedInquiry;
  readonly by: ThreadClueKind;
  readonly audience: ReplyAudience;
  readonly continues: boolean;
};

/** What is known of who, or what, wrote a mail. */
export type SenderProfile = {
  readonly person?: Person;
  readonly authenticated: boolean;
  readonly machine: boolean;
};

/** Merged inquiries are followed; a longer chain is a circle. */
const mergeLimit = 20;

/**
 * Finds the inquiry that a mail continues: by the reply address, else by a Message-ID that we know,
 * else by the number in the subject, which only counts from somebody who takes part already.
 *
 * A number from anybody else, and an inquiry closed for longer than its reopen period, is a target
 * that is referred to but not continued; a machine's mail is recorded however long it is closed.
 */
export async function findThreadTarget(
  ledger: Pick<InquiryLedger, 'load'>,
  clues: ThreadClues,
  known: IntakeLookupResult,
  mail: ParsedMail,
  sender: SenderProfile,
  now: Instant,
): Promise<ThreadTarget | undefined> {
  for (const found of listThreadCandidates(clues, known)) {
    const loaded = await loadFollowingMerges(ledger, found.id);
    if (loaded === undefined) continue;
    const { inquiry } = loaded;
    const believed = found.by !== 'number' || belongsToInquiry(inquiry, mail, sender);
    return {
      loaded,
      by: found.by,
      audience: found.audience,
      continues: believed && canContinueByMail(inquiry, sender.machine, now),
    };
  }
  return undefined;
}

type ThreadCandidate = {
  readonly id: InquiryId;
  readonly by: ThreadClueKind;
  readonly audience: ReplyAudience;
};

function listThreadCandidates(clues: ThreadClues, known: IntakeLookupResult): ThreadCandidate[] {
  const { token } = clues;
  const threads = clues.messageIds.flatMap((messageId) => known.threads.get(messageId) ?? []);
  return [
    ...(token === undefined
      ? []
      : [{ id: token.inquiryId, by: 'token' as const, audience: token.audience }]),
    ...threads.map(({ inquiryId, audience }) => ({
      id: inquiryId,
      by: 'message-id' as const,
      audience,
    })),
    ...(known.inquiryByNumber === undefined
      ? []
      : [{ id: known.inquiryByNumber, by: 'number' as const, audience: 'requester' as const }]),
  ];
}

async function loadFollowingMerges(
  ledger: Pick<InquiryLedger, 'load'>,
  id: InquiryId,
): Promise<LoadedInquiry | undefined> {
  let loaded = await ledger.load(id);
  for (let step = 0; step < mergeLimit; step += 1) {
    const into = loaded?.inquiry.mergedInto;
    if (into === undefined) return loaded;
    loaded = await ledger.load(into);
  }
  return undefined;
}

function belongsToInquiry(
  inquiry: Inquiry,
  mail: ParsedMail,
  { person, authenticated }: SenderProfile,
): boolean {
  if (isInquiryParty(inquiry, toCorrespondent(mail.from[0] ?? {}))) return true;
  return (
    person !== undefined &&
    authenticated &&
    isAgentRole(person.role) &&
    may(person, 'note', inquiry) === 'allowed'
  );
}
