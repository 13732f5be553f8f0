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
 * Asks for a vendor that something masked be shown.
 *
 * Refuses what `decide` refuses, and `access.not-found` for a message that the thread has not.
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
  // Whoever may ask works the inquiry, and sees all of its thread.
  if (of !== 'requester' && !(await findMessage(ledger, id, of, () => true))) {
    return refuse('access.not-found', 'There is no such message.');
  }
  return performCommand(deps, id, command, context, recordAnswer, loaded);
}

/** The wish that an asking has made or found. */
export function findRequestedUnmasking(
  { inquiry }: CommandResult,
  command: CommandOf<'ask-unmasking'>,
  { messageId }: CommandContext,
): UnmaskingRequest {
  const made = inquiry.unmaskings?.find(({ id }) => id === messageId);
  const unmasking = made ?? findPendingUnmasking(inquiry, command);
  if (unmasking === undefined) throw new TypeError('an unmasking was asked without its event');
  return unmasking;
}
