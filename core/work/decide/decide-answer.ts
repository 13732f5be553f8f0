import { isOutsider } from '../../access/person.ts';
import type { InquiryDecision } from '../../inquiry/decide-and-append.ts';
import { decideContinuation, isOpenToMessages } from '../../inquiry/decide-continuation.ts';
import type { LoadedInquiry } from '../../inquiry/ports.ts';
import { isRefusal, type Refusal, refuse } from '../../inquiry/refusal.ts';
import { addSeconds } from '../../inquiry/values/ids.ts';
import { buildEventActor, type CommandContext, correspondentOf, findActorSide } from '../actor.ts';
import { checkHold } from '../claim/hold-check.ts';
import type { CommandOf } from '../commands.ts';
import { buildAgentMessage } from './decide-desk.ts';

/**
 * Posts a public message: from an agent to the requester, or from the requester's side to the desk.
 *
 * Refuses `work.too-late` once a closed inquiry can no longer be reopened.
 */
export function decideReply(
  loaded: LoadedInquiry,
  { fence, text, attachments = [] }: CommandOf<'reply'>,
  context: CommandContext,
): InquiryDecision | Refusal {
  const { actor, terms, now, messageId } = context;
  const { inquiry } = loaded;
  if (findActorSide(actor, inquiry) === 'agent') {
    const holdCheck = checkHold(loaded, fence, context);
    if (isRefusal(holdCheck)) return holdCheck;
    const message = buildAgentMessage(context, 'agent', text, attachments);
    return {
      ...holdCheck.keepLease,
      events: [
        ...holdCheck.firstEvents,
        { v: 1, at: now, by: holdCheck.by, type: 'ReplyPosted', message },
      ],
    };
  }
  if (inquiry.status === 'closed' && !isOpenToMessages(inquiry, now)) {
    return refuse('work.too-late', 'The inquiry is closed; please open a new one.');
  }
  const from = correspondentOf(actor);
  const message = { id: messageId, kind: 'requester' as const, from, text, attachments };
  const by = buildEventActor(actor, 'requester');
  const continuation = { by, message, effective: true, joined: [] };
  return { events: decideContinuation(inquiry, continuation, terms, now) };
}

/** Posts an internal note: staff and leads at any time, operators while they hold the inquiry. */
export function decideNote(
  loaded: LoadedInquiry,
  { fence, text, attachments = [] }: CommandOf<'note'>,
  context: CommandContext,
): InquiryDecision | Refusal {
  const { actor, now } = context;
  const message = buildAgentMessage(context, 'note', text, attachments);
  const note = { v: 1 as const, at: now, type: 'NotePosted' as const, message };
  const isBystander =
    loaded.inquiry.holder?.agent !== actor.sub && !isOutsider(actor) && fence === undefined;
  if (isBystander) return { events: [{ ...note, by: buildEventActor(actor, 'agent') }] };
  const holdCheck = checkHold(loaded, fence, context);
  if (isRefusal(holdCheck)) return holdCheck;
  return {
    ...holdCheck.keepLease,
    events: [...holdCheck.firstEvents, { ...note, by: holdCheck.by }],
  };
}

/**
 * Decides that the requester's last message, such as a word of thanks, needs no answer.
 *
 * Refuses `work.nothing-unanswered` when no message waits for an answer, and while the first
 * response is still owed, which takes an answer.
 */
export function decideNoReplyNeeded(
  loaded: LoadedInquiry,
  { fence }: CommandOf<'no-reply-needed'>,
  context: CommandContext,
): InquiryDecision | Refusal {
  const holdCheck = checkHold(loaded, fence, context);
  if (isRefusal(holdCheck)) return holdCheck;
  const { unansweredSince, respondedAt } = loaded.inquiry;
  if (unansweredSince === undefined) {
    return refuse('work.nothing-unanswered', 'No message of the requester waits for an answer.');
  }
  if (respondedAt === undefined) {
    return refuse('work.nothing-unanswered', 'The first response is still owed.');
  }
  const noReplyNeeded = { v: 1, at: context.now, by: holdCheck.by, type: 'NoReplyNeeded' } as const;
  return { ...holdCheck.keepLease, events: [...holdCheck.firstEvents, noReplyNeeded] };
}

/** Resolves an inquiry, with an answer if there is a message. */
export function decideResolve(
  loaded: LoadedInquiry,
  { fence, message, silent = false }: CommandOf<'resolve'>,
  context: CommandContext,
): InquiryDecision | Refusal {
  const { now, terms } = context;
  const holdCheck = checkHold(loaded, fence, context);
  if (isRefusal(holdCheck)) return holdCheck;
  const { serviceLevels } = terms;
  const { afterResolution } = serviceLevels.findPolicy(
    serviceLevels.versionsAt(now).policies,
    loaded.inquiry.policy,
  );
  return {
    ...holdCheck.endLease,
    events: [
      ...holdCheck.firstEvents,
      {
        v: 1,
        at: now,
        by: holdCheck.by,
        type: 'InquiryResolved',
        ...(message === undefined ? {} : { message: buildAgentMessage(context, 'agent', message) }),
        silent,
        ...(afterResolution === 'link-reopens' ? { byLink: true as const } : {}),
        closeAt: addSeconds(now, terms.lifecycle.close),
        reopenUntil: addSeconds(now, terms.lifecycle.reopen),
      },
    ],
  };
}
