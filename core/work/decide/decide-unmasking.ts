import type { InquiryDecision } from '../../inquiry/decide-and-append.ts';
import type { LoadedInquiry } from '../../inquiry/ports.ts';
import { type Refusal, refuse } from '../../inquiry/refusal.ts';
import type { Inquiry } from '../../inquiry/snapshot.ts';
import type { UnmaskingRequest } from '../../inquiry/unmasking.ts';
import { buildEventActor, type CommandContext } from '../actor.ts';
import type { CommandOf } from '../commands.ts';

/** Each of them is a mail to the leads. */
const waitingLimit = 10;

/**
 * Asks that a vendor be shown what is masked; nothing when just that waits for an answer already.
 *
 * Refuses `access.never-unmasked` for My Number, and `access.forbidden` while too many wait.
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
  const waiting = inquiry.unmaskings?.filter(({ state }) => state === 'asked') ?? [];
  if (waiting.length >= waitingLimit) {
    return refuse('access.forbidden', `${waitingLimit} requests wait for an answer already.`);
  }
  const by = buildEventActor(actor, 'agent');
  const { sub: asker } = actor;
  return {
    events: [{ v: 1, at: now, by, type: 'UnmaskingAsked', id, of, kinds, vendor, asker, reason }],
  };
}

/** The wish that asks for all of this and has no answer yet. */
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
 * Grants or refuses what a vendor asked to be shown; nothing when that is the answer already.
 *
 * Refuses `access.not-found` for a wish that there is not, or not since it came to the desk, and
 * `access.unmasking-settled` for one that has the other answer.
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
  const settled = { v: 1, at: now, type: 'UnmaskingSettled', id, asker: unmasking.asker } as const;
  const by = buildEventActor(actor, 'agent');
  return { events: [{ ...settled, by, outcome, ...(note === undefined ? {} : { note }) }] };
}
