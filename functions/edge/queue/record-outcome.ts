import type * as z from 'zod';
import { isRefusal, type Refusal } from '../../../core/inquiry/refusal.ts';
import { queueOutcomeOf } from '../problem/refusal-status.ts';
import { metricNames } from '../telemetry/metric-names.ts';
import type { Log, Meter } from '../telemetry/telemetry.ts';

/** What a handler says of a record: settled, try again, or refused by a rule. */
export type RecordOutcome = 'done' | 'retry' | Refusal;

/** Counts and logs a verdict, and tells whether the record is settled. */
export function acknowledgeRecord(
  id: string,
  outcome: RecordOutcome,
  logger: Log,
  meter: Meter,
): boolean {
  if (isRefusal(outcome)) {
    const acknowledged = queueOutcomeOf(outcome.refused) === 'done';
    meter.count(acknowledged ? metricNames.recordRefused : metricNames.recordRetried);
    logger.warn('record refused', { recordId: id, code: outcome.refused });
    return acknowledged;
  }
  meter.count(outcome === 'done' ? metricNames.recordDone : metricNames.recordRetried);
  return outcome === 'done';
}

/** Reads a record by its schema; undefined, logged and counted where it does not fit. */
export function parseRecord<S extends z.ZodType>(
  id: string,
  input: () => unknown,
  schema: S,
  logger: Log,
  meter: Meter,
): { readonly value: z.output<S> } | undefined {
  let issues: readonly string[];
  try {
    const parsed = schema.safeParse(input());
    if (parsed.success) return { value: parsed.data };
    issues = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.code}`);
  } catch {
    issues = ['not JSON'];
  }
  meter.count(metricNames.recordUnreadable);
  logger.error('record unreadable', { recordId: id, issues: issues.slice(0, 10) });
  return undefined;
}

/** Logs and counts a handler's crash. */
export function reportRecordCrash(id: string, error: unknown, logger: Log, meter: Meter): void {
  meter.count(metricNames.recordCrashed);
  logger.error('record crashed', { recordId: id, error });
}
