import {
  applyAlarmDecision,
  type CommandDependencies,
  type CommandResult,
  decideDueAlarms,
} from '../inquiry/decide-and-append.ts';
import { isRefusal, type Refusal, refuse } from '../inquiry/refusal.ts';
import type { UnmaskingRequest } from '../inquiry/unmasking.ts';
import type { InquiryId } from '../inquiry/values/ids.ts';
import type { Circumstances } from './actor.ts';
import type { CommandOf } from './commands.ts';
import { decideWhole } from './decide/decide.ts';
import { waitingWish } from './decide/decide-unmasking.ts';
import { performCommand, type Remember } from './perform-command.ts';
import { findMessage } from './read/read-thread.ts';

/**
 * Asks for a vendor that something masked be shown.
 *
 * Refuses what `decide` refuses, and `access.not-found` for a message that the thread has not.
 */
export async function askUnmasking(
  performing: CommandDependencies,
  id: InquiryId,
  command: CommandOf<'ask-unmasking'>,
  circumstances: Circumstances,
  remember?: Remember,
): Promise<CommandResult | Refusal> {
  const { ledger } = performing;
  const { terms, now } = circumstances;
  const loaded = await ledger.load(id);
  if (loaded === undefined) return refuse('access.not-found', 'There is no such inquiry.');
  const rung = applyAlarmDecision(loaded, decideDueAlarms(loaded, terms, now));
  const trial = decideWhole(rung, command, circumstances);
  if (isRefusal(trial)) return trial;
  const { of } = command;
  // Whoever may ask works the inquiry, and sees all of its thread.
  if (of !== 'requester' && !(await findMessage(ledger, id, of, () => true))) {
    return refuse('access.not-found', 'There is no such message.');
  }
  return performCommand(performing, id, command, circumstances, remember, loaded);
}

/** The wish that an asking has made or found. */
export function askedIn(
  { inquiry }: CommandResult,
  command: CommandOf<'ask-unmasking'>,
  { messageId }: Circumstances,
): UnmaskingRequest {
  const made = inquiry.unmaskings?.find(({ id }) => id === messageId);
  const wish = made ?? waitingWish(inquiry, command);
  if (wish === undefined) throw new TypeError('an unmasking was asked without its event');
  return wish;
}
