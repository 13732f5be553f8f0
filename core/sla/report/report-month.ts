import type { Month } from '../../inquiry/clock/month.ts';
import type { VerdictRecord } from '../../inquiry/clock/verdict.ts';
import { isRefusal, type Refusal, refuse } from '../../inquiry/refusal.ts';
import type { Terms } from '../../inquiry/terms/terms.ts';
import type { DeskId, Instant } from '../../inquiry/values/ids.ts';
import { hasMonthBegun } from '../report-months.ts';
import { buildMonthReport, type MonthReport } from './month-report.ts';
import type { MonthRecords } from './report-ports.ts';

/** A month as of an instant, of all desks or of one. */
export type MonthReportRequest = {
  readonly month: Month;
  readonly asOf: Instant;
  readonly desk?: DeskId | undefined;
};

/** A refusal of one part of the request. */
export type MonthReportRefusal = Refusal & { readonly of: 'month' | 'asOf' | 'desk' };

/**
 * A report of this many records is made well within the function's 29 seconds: 20,000 take about a
 * second and 100,000 about eight on a small busy machine, and some 400 MB. The response grows only
 * with the desks: 55 KB for three.
 */
export const reportRecordLimit = 100_000;

/**
 * Makes the report of a month from its records.
 *
 * Refuses `invalid.parameter` for a month that has begun nowhere yet, for an `asOf` after now, and
 * for more records than `limit`, where asking for one desk may help; and `work.unknown-desk`.
 */
export async function reportMonth(
  records: MonthRecords,
  { desks, serviceLevels }: Pick<Terms, 'desks' | 'serviceLevels'>,
  { month, asOf, desk }: MonthReportRequest,
  now: Instant,
  limit = reportRecordLimit,
): Promise<MonthReport | MonthReportRefusal> {
  if (!hasMonthBegun(month, now)) return refuseParameter('month', `${month} has not begun yet.`);
  if (asOf > now) return refuseParameter('asOf', `${asOf} has not come yet.`);
  const known = findReportDesks({ desks, serviceLevels }, now);
  if (desk !== undefined && !known.includes(desk)) {
    return { ...refuse('work.unknown-desk', `There is no desk ${desk}.`), of: 'desk' };
  }
  const reportDesks = desk === undefined ? [...known, undefined] : [desk];
  const monthRecords = await readMonthRecords(records, month, reportDesks, limit);
  if (isRefusal(monthRecords)) {
    return { ...monthRecords, of: desk === undefined ? 'desk' : 'month' };
  }
  return buildMonthReport({ month, asOf, desk, records: monthRecords, serviceLevels });
}

/** Reads all records of a month at some desks; refuses `invalid.parameter` for too many. */
export async function readMonthRecords(
  records: MonthRecords,
  month: Month,
  desks: readonly (DeskId | undefined)[],
  limit: number,
): Promise<VerdictRecord[] | Refusal> {
  const monthRecords: VerdictRecord[] = [];
  let isOverLimit = false;
  await Promise.all(
    desks.map(async (desk) => {
      for await (const page of records.readMonth(month, desk)) {
        isOverLimit ||= monthRecords.length + page.length > limit;
        if (isOverLimit) return;
        for (const record of page) monthRecords.push(record);
      }
    }),
  );
  if (!isOverLimit) return monthRecords;
  const help = desks.length === 1 ? '' : '; ask for one desk at a time';
  return refuse('invalid.parameter', `${month} has more than ${limit} records${help}.`);
}

/** Finds the present desks, and those that any version of the policies names: they may be past. */
export function findReportDesks(
  { desks, serviceLevels }: Pick<Terms, 'desks' | 'serviceLevels'>,
  now: Instant,
): DeskId[] {
  const known = new Set(desks.map(({ id }) => id));
  for (let version = 0; version <= serviceLevels.versionsAt(now).known; version += 1) {
    const { deskCalendars, thresholds } = serviceLevels.policies(version);
    for (const desk of Object.keys(deskCalendars)) known.add(desk as DeskId);
    for (const { desk } of thresholds) known.add(desk);
  }
  return [...known].sort();
}

function refuseParameter(of: MonthReportRefusal['of'], detail: string): MonthReportRefusal {
  return { ...refuse('invalid.parameter', detail), of };
}
