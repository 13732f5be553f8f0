import {
  applyAlarmDecision,
  type CommandDependencies,
  type CommandResult,
  decideDueAlarms,
} from '../inquiry/decide-and-append.ts';
import { isRefusal, type Refusal, refuse } from '../inquiry/refusal.ts';
import type { InquiryId } from '../inquiry/values/ids.ts';
import type { Circumstances } from './actor.ts';
import type { CommandOf } from './commands.ts';
import { decideWhole } from './decide/decide.ts';
import { performCommand, type Remember } from './perform-command.ts';
import type { Uploads } from './ports.ts';

export type Posting = CommandDependencies & { readonly uploads: Uploads };

/**
 * Posts a reply or a note, with uploads of the author's as its attachments.
 *
 * Refuses what `decide` refuses, before any upload is touched, and `invalid.attachment` for one
 * that cannot be used.
 */
export async function postMessage(
  posting: Posting,
  id: InquiryId,
  command: CommandOf<'reply' | 'note'>,
  uploadIds: readonly string[],
  circumstances: Circumstances,
  remember?: Remember,
): Promise<CommandResult | Refusal> {
  if (uploadIds.length === 0) {
    return performCommand(posting, id, command, circumstances, remember);
  }
  const loaded = await posting.ledger.load(id);
  if (loaded === undefined) return refuse('access.not-found', 'There is no such inquiry.');
  const { actor, terms, now } = circumstances;
  const rung = applyAlarmDecision(loaded, decideDueAlarms(loaded, terms, now));
  const trial = decideWhole(rung, command, circumstances);
  if (isRefusal(trial)) return trial;
  const taken = await posting.uploads.take(actor.sub, uploadIds, id);
  if (isRefusal(taken)) return taken;
  const whole = { ...command, attachments: [...taken] };
  return performCommand(posting, id, whole, circumstances, remember);
}
