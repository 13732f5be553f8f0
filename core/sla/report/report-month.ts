import type { Month } from '../../inquiry/clock/month.ts';
import type { VerdictRecord } from '../../inquiry/clock/verdict.ts';
import { isRefusal, type Refusal, refuse } from '../../inquiry/refusal.ts';
import type { Terms } from '../../inquiry/terms/terms.ts';
import type { DeskId, Instant } from '../../inquiry/values/ids.ts';
import { hasBegun } from '../report-months.ts';
import { type MonthReport, reportOf } from './month-report.ts';
import type { MonthRecords } from './report-ports.ts';

/** What is asked for: a month as of an instant, of all desks or of one. */
export type Wanted = {
  readonly month: Month;
  readonly asOf: Instant;
  readonly desk?: DeskId | undefined;
};

/** A refusal of one of the things that were asked for. */
export type WantedRefusal = Refusal & { readonly of: 'month' | 'asOf' | 'desk' };

/**
 * So many records make a report well within the function's 29 seconds: 20,000 take about a second
 * and 100,000 about eight on a small busy machine, and some 400 MB. The answer grows with the desks
 * only: 55 KB for three.
 */
export const recordLimit = 100_000;

/**
 * Makes the report of a month from its records.
 *
 * Refuses `invalid.parameter` for a month that has begun nowhere yet, for an `asOf` after now, and
 * for more records than `limit`, where asking for one desk may help; and `work.unknown-desk`.
 */
export async function reportMonth(
  records: MonthRecords,
  { desks, serviceLevels: levels }: Pick<Terms, 'desks' | 'serviceLevels'>,
  { month, asOf, desk }: Wanted,
  now: Instant,
  limit = recordLimit,
): Promise<MonthReport | WantedRefusal> {
  if (!hasBegun(month, now)) return refused('month', `${month} has not begun yet.`);
  if (asOf > now) return refused('asOf', `${asOf} has not come yet.`);
  const known = desksOf({ desks, serviceLevels: levels }, now);
  if (desk !== undefined && !known.includes(desk)) {
    return { ...refuse('work.unknown-desk', `There is no desk ${desk}.`), of: 'desk' };
  }
  const places = desk === undefined ? [...known, undefined] : [desk];
  const found = await recordsOf(records, month, places, limit);
  if (isRefusal(found)) return { ...found, of: desk === undefined ? 'desk' : 'month' };
  return reportOf({ month, asOf, desk, records: found, levels });
}

/** All records of a month at some desks; refuses `invalid.parameter` when there are too many. */
export async function recordsOf(
  records: MonthRecords,
  month: Month,
  places: readonly (DeskId | undefined)[],
  limit: number,
): Promise<VerdictRecord[] | Refusal> {
  const found: VerdictRecord[] = [];
  let isTooMuch = false;
  await Promise.all(
    places.map(async (place) => {
      for await (const page of records.ofMonth(month, place)) {
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
export function desksOf(
  { desks, serviceLevels: levels }: Pick<Terms, 'desks' | 'serviceLevels'>,
  now: Instant,
): DeskId[] {
  const known = new Set(desks.map(({ id }) => id));
  for (let version = 0; version <= levels.versionsAt(now).known; version += 1) {
    const { deskCalendars, thresholds } = levels.policies(version);
    for (const desk of Object.keys(deskCalendars)) known.add(desk as DeskId);
    for (const { desk } of thresholds) known.add(desk);
  }
  return [...known].sort();
}

function refused(of: WantedRefusal['of'], detail: string): WantedRefusal {
  return { ...refuse('invalid.parameter', detail), of };
}
