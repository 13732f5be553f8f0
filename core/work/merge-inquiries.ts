import { may } from '../access/may.ts';
import {
  type CommandDependencies,
  type CommandResult,
  decideDueAlarms,
  IdempotencyConflict,
  type InquiryDecision,
  planAppend,
} from '../inquiry/decide-and-append.ts';
import type { LoadedInquiry, PendingAppend } from '../inquiry/ports.ts';
import { isRefusal, type Refusal, refuse } from '../inquiry/refusal.ts';
import type { InquiryId } from '../inquiry/values/ids.ts';
import type { CommandContext } from './actor.ts';
import { decide } from './decide/decide.ts';
import { decideAbsorb } from './decide/decide-lifecycle.ts';
import { type AnswerRecorder, toCommandResult } from './perform-command.ts';

const attemptLimit = 8;
const pauseMilliseconds = 20;

/**
 * Merges one inquiry into another: both change in one transaction, or neither.
 *
 * Refuses `work.merge-target` for itself and for one that is merged or quarantined, and
 * `access.not-found` when either is hidden from the actor.
 * @throws IdempotencyConflict when the command has been performed before
 */
export async function mergeInquiries(
  { ledger, random, pause }: CommandDependencies,
  id: InquiryId,
  into: InquiryId,
  context: CommandContext,
  recordAnswer?: AnswerRecorder,
): Promise<CommandResult | Refusal> {
  if (id === into) {
    return refuse('work.merge-target', 'An inquiry cannot be merged into itself.');
  }
  const { serviceLevels } = context.terms;
  for (let attempt = 0; attempt < attemptLimit; attempt += 1) {
    const [source, target] = await Promise.all([ledger.load(id), ledger.load(into)]);
    if (source === undefined || target === undefined) {
      return refuse('access.not-found', 'There is no such inquiry.');
    }
    if (![source, target].every(({ inquiry }) => serviceLevels.isKnown(inquiry.levels))) {
      return refuse('transient.conflict', 'The service levels have just been changed; try again.');
    }
    // Due alarms are written first and apart, since both inquiries share one transaction's limit.
    const plans = [source, target].map((loaded) => planDueAlarms(loaded, context));
    const dueAlarms = plans.filter((pendingAppend) => pendingAppend !== undefined);
    if (dueAlarms.length > 0) {
      for (const pendingAppend of dueAlarms) await ledger.append(pendingAppend);
      continue;
    }
    const targetAppend = planDecision(target, decideTarget(target, source, context), context);
    const sourceAppend = planDecision(
      source,
      decide(source, { command: 'merge', into, intoNumber: target.inquiry.number }, context),
      context,
    );
    if (isRefusal(sourceAppend)) return sourceAppend;
    if (isRefusal(targetAppend)) return targetAppend;
    const result = toCommandResult(sourceAppend);
    const idempotencyRecord = recordAnswer?.(result);
    const outcome = await ledger.append(
      idempotencyRecord === undefined
        ? sourceAppend
        : { ...sourceAppend, idempotencyRecords: [idempotencyRecord] },
      targetAppend,
    );
    if (outcome.appended) return result;
    if (outcome.conflict === 'once') throw new IdempotencyConflict('once');
    await pause(random.fraction() * pauseMilliseconds * 2 ** Math.min(attempt, 5));
  }
  return refuse('transient.conflict', 'Others kept changing the inquiries; try again.');
}

function decideTarget(
  loaded: LoadedInquiry,
  source: LoadedInquiry,
  context: CommandContext,
): InquiryDecision | Refusal {
  const permission = may(context.actor, 'merge', loaded.inquiry);
  if (permission === 'hidden') return refuse('access.not-found', 'There is no such inquiry.');
  if (permission === 'forbidden') {
    return refuse('access.forbidden', 'You may not merge into that inquiry.');
  }
  return decideAbsorb(loaded, source.inquiry, context);
}

/** Plans the append of due alarms; undefined when none is due. */
function planDueAlarms(
  before: LoadedInquiry,
  { terms, now }: CommandContext,
): PendingAppend | undefined {
  const alarmDecision = decideDueAlarms(before, terms, now);
  if (alarmDecision.events.length === 0) return undefined;
  const pendingAppend = planAppend(before.inquiry.id, before, alarmDecision, terms, now);
  if (isRefusal(pendingAppend))
    throw new TypeError(`an alarm rang illegally: ${pendingAppend.detail}`);
  return pendingAppend;
}

function planDecision(
  before: LoadedInquiry,
  decision: InquiryDecision | Refusal,
  { terms, now }: CommandContext,
): PendingAppend | Refusal {
  return isRefusal(decision)
    ? decision
    : planAppend(before.inquiry.id, before, decision, terms, now);
}
