import * as z from 'zod';
import type { Calendar } from '../../calendar/calendar.ts';
import type { CalendarId } from '../../calendar/calendar-definition.ts';
import { epochSecondOf } from '../../inquiry/clock/epoch-seconds.ts';
import type { ServiceLevels } from '../../inquiry/clock/service-levels.ts';
import { findDeskMonth } from '../../inquiry/outbox/contract-volume.ts';
import type { DeskId, Instant } from '../../inquiry/values/ids.ts';
import { calendarMoments } from '../rules/calendar-moment.ts';
import type { SimulatedRow } from './simulated-routing.ts';

const Counts = z.record(z.string(), z.int());

/**
 * What a simulation has counted so far. Keys of several parts have a space between them, which is
 * in none of them.
 */
export const SimulationSums = z.strictObject({
  /** How many were routed again. */
  inquiries: z.int(),
  differing: z.int(),
  /** Opened in the period and never routed: answered on the call, sent on or ended before. */
  unrouted: z.int(),
  /** Named by a receipt and not in the ledger. */
  missing: z.int(),
  /** By what of the decision differs. */
  changed: Counts,
  /** By old and new. */
  desks: Counts,
  categories: Counts,
  priorities: Counts,
  /** By desk, weekday (0 is Monday) and hour, in the zone of the desk's calendar. */
  oldLoad: Counts,
  newLoad: Counts,
  /** By desk: what came while it was closed. */
  oldClosed: Counts,
  newClosed: Counts,
  /** By month and outsourced desk. */
  oldVolumes: Counts,
  newVolumes: Counts,
  /** By clock, new desk and outcome. */
  stakes: Counts,
  unseen: Counts,
  earlierUnseen: z.int(),
  /** By the version of the rules by which they were routed. */
  versions: Counts,
});
export type SimulationSums = z.infer<typeof SimulationSums>;

export function noSums(): SimulationSums {
  return {
    ...{ inquiries: 0, differing: 0, unrouted: 0, missing: 0, earlierUnseen: 0 },
    ...{ changed: {}, desks: {}, categories: {}, priorities: {}, stakes: {}, unseen: {} },
    ...{ oldLoad: {}, newLoad: {}, oldClosed: {}, newClosed: {}, oldVolumes: {}, newVolumes: {} },
    versions: {},
  };
}

/** Adds inquiries to the sums, in place. */
export function addRows(
  sums: SimulationSums,
  rows: readonly SimulatedRow[],
  levelsAt: (at: Instant) => ServiceLevels,
): void {
  for (const row of rows) addRow(sums, row, levelsAt(row.routedAt));
}

function addRow(sums: SimulationSums, row: SimulatedRow, levels: ServiceLevels): void {
  const { old, new: anew, changed, stakes, unseen, routedAt } = row;
  sums.inquiries += 1;
  if (changed.length > 0) sums.differing += 1;
  for (const field of changed) add(sums.changed, field);
  add(sums.desks, `${old.desk} ${anew.desk}`);
  add(sums.categories, `${old.category} ${anew.category}`);
  add(sums.priorities, `${old.priority} ${anew.priority}`);
  add(sums.versions, String(row.routedBy.rules));
  for (const desk of unseen) add(sums.unseen, desk);
  if (row.earlierUnseen) sums.earlierUnseen += 1;
  for (const { clock, desk, outcome } of stakes) add(sums.stakes, `${clock} ${desk} ${outcome}`);
  addArrival({ load: sums.oldLoad, closed: sums.oldClosed }, old.desk, routedAt, levels);
  addArrival({ load: sums.newLoad, closed: sums.newClosed }, anew.desk, routedAt, levels);
  const month = (desk: DeskId) =>
    `${findDeskMonth(desk, { serviceLevels: levels }, routedAt)} ${desk}`;
  if (old.vendor !== undefined) add(sums.oldVolumes, month(old.desk));
  if (anew.vendor !== undefined) add(sums.newVolumes, month(anew.desk));
}

function addArrival(
  { load, closed }: { load: Record<string, number>; closed: Record<string, number> },
  desk: DeskId,
  at: Instant,
  levels: ServiceLevels,
): void {
  add(load, `${desk} ${hourAt(desk, at, levels)}`);
  const calendar = levels.deskCalendar(desk, at);
  if (calendar?.isOpen(epochSecondOf(at)) === false) add(closed, desk);
}

/** Where an instant lies in a desk's week; by UTC for a desk without a calendar. */
function hourAt(desk: DeskId, at: Instant, levels: ServiceLevels): string {
  const calendar = levels.deskCalendar(desk, at);
  if (calendar !== undefined) return hourOf(calendar, at);
  const date = new Date(at);
  return `${(date.getUTCDay() + 6) % 7} ${date.getUTCHours()}`;
}

/** The weekday and the hour of an instant in a calendar's zone. */
export function hourOf(calendar: Calendar, at: Instant): string {
  const moment = calendarMoments({ calendar: () => calendar }, at)(anyCalendar);
  return `${moment?.weekday ?? 0} ${Math.floor((moment?.minute ?? 0) / 60)}`;
}

/** There is only one to be asked. */
const anyCalendar = 'the-one' as CalendarId;

function add(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1;
}
