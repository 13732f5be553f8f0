import { may } from '../../access/may.ts';
import { type InquiryDecision, planAppend } from '../../inquiry/decide-and-append.ts';
import type { LoadedInquiry, PendingAppend } from '../../inquiry/ports.ts';
import { isRefusal, type Refusal, refuse } from '../../inquiry/refusal.ts';
import type { Circumstances } from '../actor.ts';
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
import { decideAskUnmasking, decideSettleUnmasking } from './decide-unmasking.ts';

/**
 * Decides a command on an inquiry on which time has rung: the events it makes, or why not.
 *
 * Refuses `access.not-found` and `access.forbidden` as `may` says, `inquiry.merged` for one that is
 * merged, `inquiry.stale` when the actor saw another version, and then what the command's own rules
 * refuse. Whether the events are legal in its status is for `plan` to say.
 */
export function decide(
  loaded: LoadedInquiry,
  command: Command,
  circumstances: Circumstances,
): InquiryDecision | Refusal {
  const { inquiry } = loaded;
  const permission = may(circumstances.actor, command.command, inquiry);
  if (permission === 'hidden') return refuse('access.not-found', 'There is no such inquiry.');
  if (permission === 'forbidden') {
    return refuse('access.forbidden', `You may not ${command.command} this inquiry.`);
  }
  if (inquiry.status === 'merged') {
    return refuse('inquiry.merged', `It has been merged into ${inquiry.mergedInto}.`);
  }
  const { ifMatch } = circumstances;
  if (ifMatch !== undefined && ifMatch !== inquiry.version) {
    return refuse('inquiry.stale', `It is at version ${inquiry.version} by now.`);
  }
  return decideAllowed(loaded, command, circumstances);
}

/** What a command would append; refuses as `decide` does, and what is illegal in the status. */
export function decideWhole(
  loaded: LoadedInquiry,
  command: Command,
  circumstances: Circumstances,
): PendingAppend | Refusal {
  const decision = decide(loaded, command, circumstances);
  if (isRefusal(decision)) return decision;
  return planAppend(loaded.inquiry.id, loaded, decision, circumstances.terms, circumstances.now);
}

function decideAllowed(
  loaded: LoadedInquiry,
  command: Command,
  circumstances: Circumstances,
): InquiryDecision | Refusal {
  switch (command.command) {
    case 'claim':
      return decideClaim(loaded, command, circumstances);
    case 'heartbeat':
      return decideHeartbeat(loaded, command, circumstances);
    case 'release':
      return decideRelease(loaded, command, circumstances);
    case 'decline':
      return decideDecline(loaded, command, circumstances);
    case 'transfer':
      return decideTransfer(loaded, command, circumstances);
    case 'wait':
      return decideWait(loaded, command, circumstances);
    case 'resume':
      return decideResume(loaded, command, circumstances);
    case 'resolve':
      return decideResolve(loaded, command, circumstances);
    case 'no-reply-needed':
      return decideNoReplyNeeded(loaded, command, circumstances);
    case 'reply':
      return decideReply(loaded, command, circumstances);
    case 'note':
      return decideNote(loaded, command, circumstances);
    case 'reopen':
      return decideReopen(loaded, command, circumstances);
    case 'withdraw':
      return decideWithdraw(loaded, command, circumstances);
    case 'close':
      return decideClose(loaded, circumstances);
    case 'rate':
      return decideRate(loaded, command, circumstances);
    case 'amend':
      return decideAmend(loaded, command, circumstances);
    case 'merge':
      return decideMerge(loaded, command, circumstances);
    case 'ask-unmasking':
      return decideAskUnmasking(loaded, command, circumstances);
    case 'settle-unmasking':
      return decideSettleUnmasking(loaded, command, circumstances);
    default:
      return command satisfies never;
  }
}
