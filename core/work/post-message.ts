import {
  applyAlarmDecision,
  type CommandDependencies,
  type CommandResult,
  decideDueAlarms,
} from '../inquiry/decide-and-append.ts';
import { isRefusal, type Refusal, refuse } from '../inquiry/refusal.ts';
import type { InquiryId } from '../inquiry/values/ids.ts';
import type { CommandContext } from './actor.ts';
import type { CommandOf } from './commands.ts';
import { planCommand } from './decide/decide.ts';
import { type AnswerRecorder, performCommand } from './perform-command.ts';
import type { Uploads } from './ports.ts';

export type PostMessageDependencies = CommandDependencies & { readonly uploads: Uploads };

/**
 * Posts a reply or a note, with the author's uploads as its attachments.
 *
 * Refuses what `decide` refuses, before any upload is touched, and `invalid.attachment` for one
 * that cannot be used.
 */
export async function postMessage(
  deps: PostMessageDependencies,
  id: InquiryId,
  command: CommandOf<'reply' | 'note'>,
  uploadIds: readonly string[],
  context: CommandContext,
  recordAnswer?: AnswerRecorder,
): Promise<CommandResult | Refusal> {
  if (uploadIds.length === 0) {
    return performCommand(deps, id, command, context, recordAnswer);
  }
  const loaded = await deps.ledger.load(id);
  if (loaded === undefined) return refuse('access.not-found', 'There is no such inquiry.');
  const { actor, terms, now } = context;
  const afterAlarms = applyAlarmDecision(loaded, decideDueAlarms(loaded, terms, now));
  const trial = planCommand(afterAlarms, command, context);
  if (isRefusal(trial)) return trial;
  const attached = await deps.uploads.attach(actor.sub, uploadIds, id);
  if (isRefusal(attached)) return attached;
  const complete = { ...command, attachments: [...attached] };
  return performCommand(deps, id, complete, context, recordAnswer);
}
