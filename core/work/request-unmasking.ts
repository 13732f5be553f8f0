import {
  applyAlarmDecision,
  type CommandDependencies,
  type CommandResult,
  decideDueAlarms,
} from '../inquiry/decide-and-append.ts';
import { isRefusal, type Refusal, refuse } from '../inquiry/refusal.ts';
import type { UnmaskingRequest } from '../inquiry/unmasking.ts';
import type { InquiryId } from '../inquiry/values/ids.ts';
import type { CommandContext } from './actor.ts';
import type { CommandOf } from './commands.ts';
import { planCommand } from './decide/decide.ts';
import { findPendingUnmasking } from './decide/decide-unmasking.ts';
import { type AnswerRecorder, performCommand } from './perform-command.ts';
import { findMessage } from './read/read-thread.ts';

/**
 * Requests masked values to be shown to a vendor.
 *
 * Refuses what `decide` refuses, and `access.not-found` for a message that is not in the thread.
 */
export async function requestUnmasking(
  deps: CommandDependencies,
  id: InquiryId,
  command: CommandOf<'ask-unmasking'>,
  context: CommandContext,
  recordAnswer?: AnswerRecorder,
): Promise<CommandResult | Refusal> {
  const { ledger } = deps;
  const { terms, now } = context;
  const loaded = await ledger.load(id);
  if (loaded === undefined) return refuse('access.not-found', 'There is no such inquiry.');
  const afterAlarms = applyAlarmDecision(loaded, decideDueAlarms(loaded, terms, now));
  const trial = planCommand(afterAlarms, command, context);
  if (isRefusal(trial)) return trial;
  const { of } = command;
  // An actor who may request this works the inquiry and sees its whole thread.
  if (of !== 'requester' && !(await findMessage(ledger, id, of, () => true))) {
    return refuse('access.not-found', 'There is no such message.');
  }
  return performCommand(deps, id, command, context, recordAnswer, loaded);
}

/** The request that the command has made or found. */
export function findRequestedUnmasking(
  { inquiry }: CommandResult,
  command: CommandOf<'ask-unmasking'>,
  { messageId }: CommandContext,
): UnmaskingRequest {
  const created = inquiry.unmaskings?.find(({ id }) => id === messageId);
  const unmasking = created ?? findPendingUnmasking(inquiry, command);
  if (unmasking === undefined) throw new TypeError('an unmasking was asked without its event');
  return unmasking;
}
