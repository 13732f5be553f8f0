import { may } from '../../access/may.ts';
import { isAgentRole, type Person } from '../../access/person.ts';
import type { Inquiry } from '../../inquiry/snapshot.ts';
import type { InquiryId, Instant } from '../../inquiry/values/ids.ts';
import { canContinueByMail, isInquiryParty } from './build-mail-continuation.ts';
import { toCorrespondent } from './build-mail-message.ts';
import type { QuarantineDecision } from './build-quarantine-event.ts';
import { type AcceptedMail, type IncomingMail, isSuspectMail } from './incoming-mail.ts';
import type { KnownMail, MailOutcome, ThreadCandidate } from './known-mail.ts';
import type { ParsedMail } from './mail.ts';
import type { MailPolicy } from './mail-policy.ts';

/** What to do with a mail. */
export type MailDecision =
  /** This very delivery has its fate already. */
  | { readonly decision: 'repeat'; readonly outcome: MailOutcome }
  /** Another delivery of the same message was taken in. */
  | { readonly decision: 'duplicate'; readonly first: MailOutcome }
  | { readonly decision: 'quarantine'; readonly quarantine: QuarantineDecision }
  /** `record` is a machine's mail, which has no effect on the inquiry. */
  | {
      readonly decision: 'continue' | 'record';
      readonly accepted: AcceptedMail;
      readonly candidate: ThreadCandidate;
    }
  | {
      readonly decision: 'open';
      readonly accepted: AcceptedMail;
      /** The inquiry that the mail refers to without continuing it. */
      readonly links: readonly InquiryId[];
    };

/** The decisions for a mail that is accepted and new. */
export type ThreadDecision = Extract<
  MailDecision,
  { readonly decision: 'continue' | 'record' | 'open' }
>;

/** Decides what to do with a mail from what is known of it; reads nothing and writes nothing. */
export function decideMail(
  incoming: IncomingMail,
  { outcome, first, candidate, sender }: KnownMail,
  policy: Pick<MailPolicy, 'automatedFirstContact'>,
  now: Instant,
): MailDecision {
  if (outcome !== undefined) return { decision: 'repeat', outcome };
  if (first !== undefined) return { decision: 'duplicate', first };
  if (isSuspectMail(incoming)) return { decision: 'quarantine', quarantine: incoming.quarantine };
  const thread = decideThread(incoming, candidate, sender, now);
  if (thread.decision !== 'open') return thread;
  const quarantine = quarantineMachine(incoming, policy);
  return quarantine === undefined ? thread : { decision: 'quarantine', quarantine };
}

/**
 * Decides whether a mail continues the inquiry that its clues lead to.
 *
 * A number in the subject counts only from somebody who belongs to the inquiry. With a number from
 * anybody else, or once the reopen period of a closed inquiry is over, the mail opens an inquiry
 * that links to it; a machine's mail is recorded however long ago the inquiry was closed.
 */
export function decideThread(
  accepted: AcceptedMail,
  candidate: ThreadCandidate | undefined,
  sender: Person | undefined,
  now: Instant,
): ThreadDecision {
  if (candidate === undefined) return { decision: 'open', accepted, links: [] };
  const { inquiry } = candidate.loaded;
  const { machine } = accepted.marks;
  const isBelieved = candidate.by !== 'number' || belongsToInquiry(inquiry, accepted, sender);
  if (!isBelieved || !canContinueByMail(inquiry, machine, now)) {
    return { decision: 'open', accepted, links: [inquiry.id] };
  }
  return { decision: machine ? 'record' : 'continue', accepted, candidate };
}

function belongsToInquiry(
  inquiry: Inquiry,
  { mail, authenticated }: { readonly mail: ParsedMail; readonly authenticated: boolean },
  sender: Person | undefined,
): boolean {
  if (isInquiryParty(inquiry, toCorrespondent(mail.from[0] ?? {}))) return true;
  return (
    sender !== undefined &&
    authenticated &&
    isAgentRole(sender.role) &&
    may(sender, 'note', inquiry) === 'allowed'
  );
}

/** Keeps our own returning mail, and machines' if the policy says so, from opening an inquiry. */
function quarantineMachine(
  { marks }: AcceptedMail,
  { automatedFirstContact }: Pick<MailPolicy, 'automatedFirstContact'>,
): QuarantineDecision | undefined {
  if (marks.loop) {
    const detail = 'our own mail came back, of no inquiry that it continues';
    return { reason: 'loop', detail, tellSender: false };
  }
  if (marks.machine && automatedFirstContact === 'quarantine') {
    return { reason: 'unlisted-sender', detail: "a machine's first mail", tellSender: false };
  }
  return undefined;
}
