import { may } from '../../access/may.ts';
import { type InquiryDecision, planAppend } from '../../inquiry/decide-and-append.ts';
import type { LoadedInquiry, PendingAppend } from '../../inquiry/ports.ts';
import { isRefusal, type Refusal, refuse } from '../../inquiry/refusal.ts';
import type { CommandContext } from '../actor.ts';
import { decideClaim, decideHeartbeat } from '../claim/decide-claim.ts';
import type { Command } from '../commands.ts';
import { decideNoReplyNeeded, decideNote, decideReply, decideResolve } from './decide-answer.ts';
import {
  decideDecline,
  decideRelease,
  decideResume,
  decideTransfer,
  decideWait,
} from './decide-desk.ts';
import {
  decideAmend,
  decideClose,
  decideMerge,
  decideRate,
  decideReopen,
  decideWithdraw,
} from './decide-lifecycle.ts';
import { decideUnmaskingAnswer, decideUnmaskingRequest } from './decide-unmasking.ts';

/**
 * Decides a command on an inquiry whose due alarms have been applied.
 *
 * Refuses `access.not-found` and `access.forbidden` as `may` says, `inquiry.merged` for one that is
 * merged, `inquiry.stale` when the actor saw another version, and then what the command's own rules
 * refuse. `planAppend` checks whether the events are legal in its status.
 */
export function decide(
  loaded: LoadedInquiry,
  command: Command,
  context: CommandContext,
): InquiryDecision | Refusal {
  const { inquiry } = loaded;
  const permission = may(context.actor, command.command, inquiry);
  if (permission === 'hidden') return refuse('access.not-found', 'There is no such inquiry.');
  if (permission === 'forbidden') {
    return refuse('access.forbidden', `You may not ${command.command} this inquiry.`);
  }
  if (inquiry.status === 'merged') {
    return refuse('inquiry.merged', `It has been merged into ${inquiry.mergedInto}.`);
  }
  const { ifMatch } = context;
  if (ifMatch !== undefined && ifMatch !== inquiry.version) {
    return refuse('inquiry.stale', `It is at version ${inquiry.version} by now.`);
  }
  return decideAllowed(loaded, command, context);
}

/** Plans what a command would append; refuses as `decide` does, and events that are illegal. */
export function planCommand(
  loaded: LoadedInquiry,
  command: Command,
  context: CommandContext,
): PendingAppend | Refusal {
  const decision = decide(loaded, command, context);
  if (isRefusal(decision)) return decision;
  return planAppend(loaded.inquiry.id, loaded, decision, context.terms, context.now);
}

function decideAllowed(
  loaded: LoadedInquiry,
  command: Command,
  context: CommandContext,
): InquiryDecision | Refusal {
  switch (command.command) {
    case 'claim':
      return decideClaim(loaded, command, context);
    case 'heartbeat':
      return decideHeartbeat(loaded, command, context);
    case 'release':
      return decideRelease(loaded, command, context);
    case 'decline':
      return decideDecline(loaded, command, context);
    case 'transfer':
      return decideTransfer(loaded, command, context);
    case 'wait':
      return decideWait(loaded, command, context);
    case 'resume':
      return decideResume(loaded, command, context);
    case 'resolve':
      return decideResolve(loaded, command, context);
    case 'no-reply-needed':
      return decideNoReplyNeeded(loaded, command, context);
    case 'reply':
      return decideReply(loaded, command, context);
    case 'note':
      return decideNote(loaded, command, context);
    case 'reopen':
      return decideReopen(loaded, command, context);
    case 'withdraw':
      return decideWithdraw(loaded, command, context);
    case 'close':
      return decideClose(loaded, context);
    case 'rate':
      return decideRate(loaded, command, context);
    case 'amend':
      return decideAmend(loaded, command, context);
    case 'merge':
      return decideMerge(loaded, command, context);
    case 'ask-unmasking':
      return decideUnmaskingRequest(loaded, command, context);
    case 'settle-unmasking':
      return decideUnmaskingAnswer(loaded, command, context);
    default:
      return command satisfies never;
  }
}
