import { isOutsider } from '../../access/person.ts';
import { isClockRunning, pauseLimit } from '../../inquiry/clock/clock.ts';
import type { InquiryDecision } from '../../inquiry/decide-and-append.ts';
import type { LoadedInquiry } from '../../inquiry/ports.ts';
import { isRefusal, type Refusal, refuse } from '../../inquiry/refusal.ts';
import { findDesk } from '../../inquiry/terms/terms.ts';
import { addSeconds, type Instant } from '../../inquiry/values/ids.ts';
import type { Message } from '../../inquiry/values/message.ts';
import { buildEventActor, type CommandContext, correspondentOf } from '../actor.ts';
import { checkHold } from '../claim/hold-check.ts';
import type { CommandOf } from '../commands.ts';

/** Releases an inquiry to its desk; a lead may release what somebody else holds. */
export function decideRelease(
  loaded: LoadedInquiry,
  { fence, note }: CommandOf<'release'>,
  context: CommandContext,
): InquiryDecision | Refusal {
  const { holder } = loaded.inquiry;
  const holdCheck = checkHold(loaded, fence, context);
  if (isRefusal(holdCheck)) return holdCheck;
  if (holder === undefined) return refuse('work.not-holder', 'Nobody holds the inquiry.');
  const { now } = context;
  return {
    ...holdCheck.endLease,
    events: [
      ...holdCheck.firstEvents,
      {
        v: 1,
        at: now,
        by: holdCheck.by,
        type: 'InquiryReleased',
        agent: holder.agent,
        desk: holder.desk,
        ...(note === undefined ? {} : { note }),
        announceAt: computeAnnounceAt(context),
      },
    ],
  };
}

/** Declines an assignment that has not been accepted; refuses `work.not-assigned` otherwise. */
export function decideDecline(
  { inquiry: { holder } }: LoadedInquiry,
  { note }: CommandOf<'decline'>,
  context: CommandContext,
): InquiryDecision | Refusal {
  const { actor, now } = context;
  const isOffered = holder?.by === 'assignment' && holder.acceptedAt === undefined;
  if (holder?.agent !== actor.sub || !isOffered) {
    return refuse('work.not-assigned', 'There is no unaccepted assignment of it to you.');
  }
  return {
    events: [
      {
        v: 1,
        at: now,
        by: buildEventActor(actor, 'agent'),
        type: 'AssignmentDeclined',
        agent: actor.sub,
        desk: holder.desk,
        reason: 'declined',
        ...(note === undefined ? {} : { note }),
        announceAt: computeAnnounceAt(context),
      },
    ],
  };
}

/**
 * Hands an inquiry over to another desk.
 *
 * Refuses `work.unknown-desk` and `work.same-desk`; operators may hand over to internal desks only,
 * and learn nothing about the others.
 */
export function decideTransfer(
  loaded: LoadedInquiry,
  { fence, desk: to, note }: CommandOf<'transfer'>,
  context: CommandContext,
): InquiryDecision | Refusal {
  const { actor, terms, now } = context;
  const { desk: from, holder } = loaded.inquiry;
  const desk = findDesk(terms, to);
  if (isOutsider(actor) && desk?.kind !== 'internal') {
    return refuse('access.forbidden', 'Operators hand over to internal desks only.');
  }
  if (desk === undefined) return refuse('work.unknown-desk', `There is no desk ${to}.`);
  if (from === desk.id) return refuse('work.same-desk', `The inquiry is at ${to} already.`);
  const holdCheck = checkHold(loaded, fence, context);
  if (isRefusal(holdCheck)) return holdCheck;
  return {
    ...holdCheck.endLease,
    events: [
      ...holdCheck.firstEvents,
      {
        v: 1,
        at: now,
        by: holdCheck.by,
        type: 'InquiryTransferred',
        ...(from === undefined ? {} : { from }),
        desk: desk.id,
        ...(desk.vendor === undefined ? {} : { vendor: desk.vendor }),
        ...(holder === undefined ? {} : { agent: holder.agent }),
        ...(note === undefined ? {} : { note }),
        announceAt: computeAnnounceAt(context),
      },
    ],
  };
}

/**
 * Makes an inquiry wait for the requester, whom a message may ask; nobody holds it meanwhile.
 *
 * Refuses `work.wait-limit` when a clock that would pause has reached its limit of pauses.
 */
export function decideWait(
  loaded: LoadedInquiry,
  { fence, message, remindAfterSeconds }: CommandOf<'wait'>,
  context: CommandContext,
): InquiryDecision | Refusal {
  const { now, terms } = context;
  const { holder } = loaded.inquiry;
  const holdCheck = checkHold(loaded, fence, context);
  if (isRefusal(holdCheck)) return holdCheck;
  if (holder === undefined) {
    const { status } = loaded.inquiry;
    return refuse('inquiry.illegal-transition', `Nobody works the inquiry; it is ${status}.`);
  }
  const isPauseLimitReached = loaded.inquiry.clocks.some(
    (clock) =>
      (clock.clock === 'resolution' || clock.clock === 'ownership') &&
      isClockRunning(clock) &&
      clock.pauses.length >= pauseLimit,
  );
  if (isPauseLimitReached) {
    return refuse('work.wait-limit', `It has waited for the requester ${pauseLimit} times.`);
  }
  const common = { v: 1 as const, at: now, by: holdCheck.by };
  const remindAfter = remindAfterSeconds ?? terms.lifecycle.remind;
  return {
    ...holdCheck.endLease,
    events: [
      ...holdCheck.firstEvents,
      ...(message === undefined
        ? []
        : [
            {
              ...common,
              type: 'ReplyPosted' as const,
              message: buildAgentMessage(context, 'agent', message),
            },
          ]),
      {
        ...common,
        type: 'RequesterAwaited',
        desk: holder.desk,
        agent: holder.agent,
        remindAt: addSeconds(now, remindAfter),
        remindAfterSeconds: remindAfter,
      },
    ],
  };
}

/**
 * Ends the waiting for the requester; the inquiry waits at its desk again.
 *
 * Nobody holds a waiting inquiry, so any agent of its desk may; a fence, if sent, must be the last
 * one issued.
 */
export function decideResume(
  { inquiry }: LoadedInquiry,
  { fence }: CommandOf<'resume'>,
  context: CommandContext,
): InquiryDecision | Refusal {
  const { desk, status } = inquiry;
  if (status !== 'waiting' || desk === undefined) {
    return refuse('inquiry.illegal-transition', `The inquiry is ${status} and not waiting.`);
  }
  if (fence !== undefined && fence !== inquiry.fence) {
    return refuse('work.lease-lost', 'Others have held the inquiry since.');
  }
  return {
    events: [
      {
        v: 1,
        at: context.now,
        by: buildEventActor(context.actor, 'agent'),
        type: 'InquiryResumed',
        desk,
        reason: 'resumed',
        announceAt: computeAnnounceAt(context),
      },
    ],
  };
}

/** When a waiting inquiry is announced to its desk again. */
function computeAnnounceAt({ now, terms }: CommandContext): Instant {
  return addSeconds(now, terms.lifecycle.announceQueued);
}

export function buildAgentMessage(
  { actor, messageId }: CommandContext,
  kind: 'agent' | 'note',
  text: string,
  attachments: Message['attachments'] = [],
): Message {
  return { id: messageId, kind, from: correspondentOf(actor), text, attachments };
}
