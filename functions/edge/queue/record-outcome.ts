import type * as z from 'zod';
import { isRefusal, type Refusal } from '../../../core/inquiry/refusal.ts';
import { TransientError } from '../../../core/inquiry/transient-error.ts';
import { queueOutcomeOf } from '../problem/refusal-status.ts';
import { metricNames } from '../telemetry/metric-names.ts';
import type { Log, Meter } from '../telemetry/telemetry.ts';

/** The outcome of handling a record: done, to be tried again, or refused by a rule. */
export type RecordOutcome = 'done' | 'retry' | Refusal;

/** Counts and logs an outcome, and returns whether the record is acknowledged. */
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

/** Reads a record by its schema; one that does not fit is logged and counted, and undefined. */
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

/** Counts and logs what a record's handler threw; the record comes again. */
export function reportRecordCrash(id: string, error: unknown, logger: Log, meter: Meter): void {
  if (error instanceof TransientError && error.code === 'transient.conflict') {
    meter.count(metricNames.recordRetried);
    logger.warn('record refused', { recordId: id, code: error.code });
    return;
  }
  meter.count(metricNames.recordCrashed);
  logger.error('record crashed', { recordId: id, error });
}
