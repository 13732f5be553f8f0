import type * as z from 'zod';
import { isRefusal, type Refusal } from '../../../core/inquiry/refusal.ts';
import { queueVerdictOf } from '../problem/refusal-status.ts';
import { metricNames } from '../telemetry/metric-names.ts';
import type { Log, Meter } from '../telemetry/telemetry.ts';

/** What a handler says of a record: settled, try again, or refused by a rule. */
export type Verdict = 'done' | 'retry' | Refusal;

/** Counts and logs a verdict, and tells whether the record is settled. */
export function settle(id: string, verdict: Verdict, logger: Log, meter: Meter): boolean {
  if (isRefusal(verdict)) {
    const settled = queueVerdictOf(verdict.refused) === 'done';
    meter.count(settled ? metricNames.recordRefused : metricNames.recordRetried);
    logger.warn('record refused', { recordId: id, code: verdict.refused });
    return settled;
  }
  meter.count(verdict === 'done' ? metricNames.recordDone : metricNames.recordRetried);
  return verdict === 'done';
}

/** Reads a record by its schema; undefined, logged and counted where it does not fit. */
export function readRecord<S extends z.ZodType>(
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
export function recordCrash(id: string, error: unknown, logger: Log, meter: Meter): void {
  meter.count(metricNames.recordCrashed);
  logger.error('record crashed', { recordId: id, error });
}
