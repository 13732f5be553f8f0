import { may } from '../../access/may.ts';
import { isAgentRole, type Person } from '../../access/person.ts';
import type { InquiryLedger, LoadedInquiry } from '../../inquiry/ports.ts';
import type { Inquiry } from '../../inquiry/snapshot.ts';
import type { ReplyAudience } from '../../inquiry/tokens/reply-token.ts';
import type { InquiryId, Instant } from '../../inquiry/values/ids.ts';
import type { IntakeAnswer } from '../ports.ts';
import { mayContinue, takesPart } from './build-mail-continuation.ts';
import { partyOf } from './build-mail-message.ts';
import type { ThreadClues, ThreadedBy } from './find-thread-clues.ts';
import type { ReadMail } from './mail.ts';

/** The inquiry that a mail is about, and whether the mail continues it or only refers to it. */
export type Target = {
  readonly loaded: LoadedInquiry;
  readonly by: ThreadedBy;
  readonly audience: ReplyAudience;
  readonly continues: boolean;
};

/** What is known of who, or what, wrote a mail. */
export type MailSender = {
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
export async function findTarget(
  ledger: Pick<InquiryLedger, 'load'>,
  clues: ThreadClues,
  known: IntakeAnswer,
  mail: ReadMail,
  sender: MailSender,
  now: Instant,
): Promise<Target | undefined> {
  for (const found of candidates(clues, known)) {
    const loaded = await loadFollowing(ledger, found.id);
    if (loaded === undefined) continue;
    const { inquiry } = loaded;
    const believed = found.by !== 'number' || belongs(inquiry, mail, sender);
    return {
      loaded,
      by: found.by,
      audience: found.audience,
      continues: believed && mayContinue(inquiry, sender.machine, now),
    };
  }
  return undefined;
}

type Found = { readonly id: InquiryId; readonly by: ThreadedBy; readonly audience: ReplyAudience };

function candidates(clues: ThreadClues, known: IntakeAnswer): Found[] {
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
    ...(known.numbered === undefined
      ? []
      : [{ id: known.numbered, by: 'number' as const, audience: 'requester' as const }]),
  ];
}

async function loadFollowing(
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

function belongs(inquiry: Inquiry, mail: ReadMail, { person, authenticated }: MailSender): boolean {
  if (takesPart(inquiry, partyOf(mail.from[0] ?? {}))) return true;
  return (
    person !== undefined &&
    authenticated &&
    isAgentRole(person.role) &&
    may(person, 'note', inquiry) === 'allowed'
  );
}
