import * as z from 'zod';
import type { Calendar } from '../../calendar/calendar.ts';
import type { CalendarId } from '../../calendar/calendar-definition.ts';
import { epochSecondOf } from '../../inquiry/clock/epoch-seconds.ts';
import type { ServiceLevels } from '../../inquiry/clock/service-levels.ts';
import { findDeskMonth } from '../../inquiry/outbox/contract-volume.ts';
import type { DeskId, Instant } from '../../inquiry/values/ids.ts';
import { makeCalendarMomentLookup } from '../rules/calendar-moment.ts';
import type { SimulatedRow } from './simulated-routing.ts';

const SimulationCounts = z.record(z.string(), z.int());

/**
 * What a simulation has counted so far. The parts of a key are separated by a space, which none of
 * them contains.
 */
export const SimulationSums = z.strictObject({
  /** How many were routed again. */
  inquiries: z.int(),
  differing: z.int(),
  /** Opened in the period but never routed: answered on the call, transferred or ended before. */
  unrouted: z.int(),
  /** Have a receipt but are not in the ledger. */
  missing: z.int(),
  /** By the field of the decision that differs. */
  changed: SimulationCounts,
  /** By old and new value. */
  desks: SimulationCounts,
  categories: SimulationCounts,
  priorities: SimulationCounts,
  /** By desk, weekday (0 is Monday) and hour, in the zone of the desk's calendar. */
  oldLoad: SimulationCounts,
  newLoad: SimulationCounts,
  /** By desk: inquiries that came while it was closed. */
  oldClosed: SimulationCounts,
  newClosed: SimulationCounts,
  /** By month and outsourced desk. */
  oldVolumes: SimulationCounts,
  newVolumes: SimulationCounts,
  /** By clock, new desk and outcome. */
  stakes: SimulationCounts,
  unseen: SimulationCounts,
  earlierUnseen: z.int(),
  /** By the version of the rules that routed them. */
  versions: SimulationCounts,
});
export type SimulationSums = z.infer<typeof SimulationSums>;

export function makeEmptySums(): SimulationSums {
  return {
    ...{ inquiries: 0, differing: 0, unrouted: 0, missing: 0, earlierUnseen: 0 },
    ...{ changed: {}, desks: {}, categories: {}, priorities: {}, stakes: {}, unseen: {} },
    ...{ oldLoad: {}, newLoad: {}, oldClosed: {}, newClosed: {}, oldVolumes: {}, newVolumes: {} },
    versions: {},
  };
}

/** Adds inquiries to the sums, in place. */
export function addSimulatedRows(
  sums: SimulationSums,
  rows: readonly SimulatedRow[],
  serviceLevelsAt: (at: Instant) => ServiceLevels,
): void {
  for (const row of rows) addSimulatedRow(sums, row, serviceLevelsAt(row.routedAt));
}

function addSimulatedRow(
  sums: SimulationSums,
  row: SimulatedRow,
  serviceLevels: ServiceLevels,
): void {
  const { old, new: newDecision, changed, stakes, unseen, routedAt } = row;
  sums.inquiries += 1;
  if (changed.length > 0) sums.differing += 1;
  for (const field of changed) incrementCount(sums.changed, field);
  incrementCount(sums.desks, `${old.desk} ${newDecision.desk}`);
  incrementCount(sums.categories, `${old.category} ${newDecision.category}`);
  incrementCount(sums.priorities, `${old.priority} ${newDecision.priority}`);
  incrementCount(sums.versions, String(row.routedBy.rules));
  for (const desk of unseen) incrementCount(sums.unseen, desk);
  if (row.earlierUnseen) sums.earlierUnseen += 1;
  for (const { clock, desk, outcome } of stakes)
    incrementCount(sums.stakes, `${clock} ${desk} ${outcome}`);
  addArrival({ load: sums.oldLoad, closed: sums.oldClosed }, old.desk, routedAt, serviceLevels);
  addArrival(
    { load: sums.newLoad, closed: sums.newClosed },
    newDecision.desk,
    routedAt,
    serviceLevels,
  );
  const volumeKey = (desk: DeskId) => `${findDeskMonth(desk, { serviceLevels }, routedAt)} ${desk}`;
  if (old.vendor !== undefined) incrementCount(sums.oldVolumes, volumeKey(old.desk));
  if (newDecision.vendor !== undefined)
    incrementCount(sums.newVolumes, volumeKey(newDecision.desk));
}

function addArrival(
  { load, closed }: { load: Record<string, number>; closed: Record<string, number> },
  desk: DeskId,
  at: Instant,
  serviceLevels: ServiceLevels,
): void {
  incrementCount(load, `${desk} ${formatDeskHour(desk, at, serviceLevels)}`);
  const calendar = serviceLevels.deskCalendar(desk, at);
  if (calendar?.isOpen(epochSecondOf(at)) === false) incrementCount(closed, desk);
}

/** The weekday and the hour of an instant at a desk; in UTC for a desk without a calendar. */
function formatDeskHour(desk: DeskId, at: Instant, serviceLevels: ServiceLevels): string {
  const calendar = serviceLevels.deskCalendar(desk, at);
  if (calendar !== undefined) return formatWeekHour(calendar, at);
  const date = new Date(at);
  return `${(date.getUTCDay() + 6) % 7} ${date.getUTCHours()}`;
}

/** The weekday and the hour of an instant in a calendar's zone. */
export function formatWeekHour(calendar: Calendar, at: Instant): string {
  const moment = makeCalendarMomentLookup({ calendar: () => calendar }, at)(anyCalendar);
  return `${moment?.weekday ?? 0} ${Math.floor((moment?.minute ?? 0) / 60)}`;
}

/** Any id will do: the lookup has only one calendar. */
const anyCalendar = 'the-one' as CalendarId;

function incrementCount(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1;
}
