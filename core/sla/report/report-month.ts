import type { Month } from '../../inquiry/clock/month.ts';
import type { VerdictRecord } from '../../inquiry/clock/verdict.ts';
import { isRefusal, type Refusal, refuse } from '../../inquiry/refusal.ts';
import type { Terms } from '../../inquiry/terms/terms.ts';
import type { DeskId, Instant } from '../../inquiry/values/ids.ts';
import { hasMonthBegun } from '../report-months.ts';
import { buildMonthReport, type MonthReport } from './month-report.ts';
import type { MonthRecords } from './report-ports.ts';

/** What is asked for: a month as of an instant, of all desks or of one. */
export type MonthReportRequest = {
  readonly month: Month;
  readonly asOf: Instant;
  readonly desk?: DeskId | undefined;
};

/** A refusal of one of the things that were asked for. */
export type MonthReportRefusal = Refusal & { readonly of: 'month' | 'asOf' | 'desk' };

/**
 * So many records make a report well within the function's 29 seconds: 20,000 take about a second
 * and 100,000 about eight on a small busy machine, and some 400 MB. The answer grows with the desks
 * only: 55 KB for three.
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
  const known = findReportDesks({ desks, serviceLevels: serviceLevels }, now);
  if (desk !== undefined && !known.includes(desk)) {
    return { ...refuse('work.unknown-desk', `There is no desk ${desk}.`), of: 'desk' };
  }
  const places = desk === undefined ? [...known, undefined] : [desk];
  const found = await readMonthRecords(records, month, places, limit);
  if (isRefusal(found)) return { ...found, of: desk === undefined ? 'desk' : 'month' };
  return buildMonthReport({ month, asOf, desk, records: found, serviceLevels });
}

/** All records of a month at some desks; refuses `invalid.parameter` when there are too many. */
export async function readMonthRecords(
  records: MonthRecords,
  month: Month,
  places: readonly (DeskId | undefined)[],
  limit: number,
): Promise<VerdictRecord[] | Refusal> {
  const found: VerdictRecord[] = [];
  let isTooMuch = false;
  await Promise.all(
    places.map(async (place) => {
      for await (const page of records.readMonth(month, place)) {
        isTooMuch ||= found.length + page.length > limit;
        if (isTooMuch) return;
        for (const record of page) found.push(record);
      }
    }),
  );
  if (!isTooMuch) return found;
  const help = places.length === 1 ? '' : '; ask for one desk at a time';
  return refuse('invalid.parameter', `${month} has more than ${limit} records${help}.`);
}

/** The desks that there are, and those that policies of any version name: they may have been. */
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
