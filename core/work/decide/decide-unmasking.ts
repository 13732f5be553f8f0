import type { InquiryDecision } from '../../inquiry/decide-and-append.ts';
import type { LoadedInquiry } from '../../inquiry/ports.ts';
import { type Refusal, refuse } from '../../inquiry/refusal.ts';
import type { Inquiry } from '../../inquiry/snapshot.ts';
import type { UnmaskingRequest } from '../../inquiry/unmasking.ts';
import { buildEventActor, type CommandContext } from '../actor.ts';
import type { CommandOf } from '../commands.ts';

/** Each pending request was a mail to the leads. */
const waitingLimit = 10;

/**
 * Requests masked values to be shown to a vendor; no events while such a request is pending.
 *
 * Refuses `access.never-unmasked` for My Number, and `access.forbidden` while too many are pending.
 */
export function decideUnmaskingRequest(
  { inquiry }: LoadedInquiry,
  command: CommandOf<'ask-unmasking'>,
  { actor, now, messageId: id }: CommandContext,
): InquiryDecision | Refusal {
  const { vendor } = actor;
  if (vendor === undefined) return refuse('access.forbidden', 'Nothing is masked from you.');
  const { of, reason } = command;
  const kinds = [...new Set(command.kinds)];
  if (kinds.includes('my-number')) {
    return refuse('access.never-unmasked', 'My Number is shown to no vendor.');
  }
  if (findPendingUnmasking(inquiry, command) !== undefined) return { events: [] };
  const pending = inquiry.unmaskings?.filter(({ state }) => state === 'asked') ?? [];
  if (pending.length >= waitingLimit) {
    return refuse('access.forbidden', `${waitingLimit} requests wait for an answer already.`);
  }
  const by = buildEventActor(actor, 'agent');
  const { sub: asker } = actor;
  return {
    events: [{ v: 1, at: now, by, type: 'UnmaskingAsked', id, of, kinds, vendor, asker, reason }],
  };
}

/** The unanswered request that covers all of this. */
export function findPendingUnmasking(
  { unmaskings = [] }: Inquiry,
  { of, kinds }: Pick<CommandOf<'ask-unmasking'>, 'of' | 'kinds'>,
): UnmaskingRequest | undefined {
  return unmaskings.find(
    (one) =>
      one.state === 'asked' && one.of === of && kinds.every((kind) => one.kinds.includes(kind)),
  );
}

/**
 * Grants or refuses a vendor's request; no events when it already has that answer.
 *
 * Refuses `access.not-found` for a request that does not exist or ended when the inquiry left the
 * desk, and `access.unmasking-settled` for one that has the other answer.
 */
export function decideUnmaskingAnswer(
  { inquiry }: LoadedInquiry,
  { unmasking: id, outcome, note }: CommandOf<'settle-unmasking'>,
  { actor, now }: CommandContext,
): InquiryDecision | Refusal {
  const unmasking = inquiry.unmaskings?.find((one) => one.id === id);
  if (unmasking === undefined) return refuse('access.not-found', 'There is no such request.');
  if (unmasking.state === outcome) return { events: [] };
  if (unmasking.state !== 'asked') {
    return refuse('access.unmasking-settled', `The request has been ${unmasking.state}.`);
  }
  const answered = { v: 1, at: now, type: 'UnmaskingSettled', id, asker: unmasking.asker } as const;
  const by = buildEventActor(actor, 'agent');
  return { events: [{ ...answered, by, outcome, ...(note === undefined ? {} : { note }) }] };
}
