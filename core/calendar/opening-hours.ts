import type { EpochSeconds } from './calendar.ts';
import type { CalendarDefinition } from './calendar-definition.ts';
import { japaneseHolidays } from './japanese-holidays.ts';
import { parseWallInterval, type WallInterval } from './wall-time.ts';

/**
 * The times `[start, end)` at which a calendar is open, in order; what overlaps or touches is
 * merged, so that nothing counts twice.
 */
export class OpeningHours {
  readonly starts: number[] = [];
  readonly ends: number[] = [];

  /** Takes constant time when openings come in order, as they do except where clocks go forward. */
  add(start: EpochSeconds, end: EpochSeconds): void {
    const last = this.ends.length - 1;
    const lastStart = this.starts[last];
    const lastEnd = this.ends[last];
    if (lastStart === undefined || lastEnd === undefined || start > lastEnd) {
      this.starts.push(start);
      this.ends.push(end);
      return;
    }
    this.starts.pop();
    this.ends.pop();
    if (end < lastStart) {
      this.add(start, end);
      this.add(lastStart, lastEnd);
    } else {
      this.add(Math.min(start, lastStart), Math.max(end, lastEnd));
    }
  }
}

const daySeconds = 86_400;
/** Indexed by days since 1970-01-01, a Thursday, modulo 7. */
const weekdays = ['thu', 'fri', 'sat', 'sun', 'mon', 'tue', 'wed'] as const;
const feeds = { jp: japaneseHolidays };

/**
 * Adds the openings of a definition within `[from, until)`; one that spans either end is cut there.
 */
export function addOpeningHours(
  openings: OpeningHours,
  definition: CalendarDefinition,
  from: EpochSeconds,
  until: EpochSeconds,
  instantOf: (wall: number) => EpochSeconds,
): void {
  const hoursOf = indexHoursByDay(definition);
  // Wall time is less than a day away from UTC, and a day's intervals begin less than a day after
  // its start, even across a clock change: hence two days of margin.
  const lastDay = Math.floor(until / daySeconds) + 2;
  for (let day = Math.floor(from / daySeconds) - 2; day <= lastDay; day += 1) {
    for (const { open, close } of hoursOf(day)) {
      const start = Math.max(from, instantOf(day * daySeconds + open * 60));
      const end = Math.min(until, instantOf(day * daySeconds + close * 60));
      // An interval that opens in a skipped hour may have closed by then: 02:30-03:00 would open at
      // 03:30.
      if (start < end) openings.add(start, end);
    }
  }
}

/** Looks up a day's intervals by its number of days since 1970-01-01. */
function indexHoursByDay(definition: CalendarDefinition): (day: number) => readonly WallInterval[] {
  const { week, holidays, overrides } = definition;
  const usual = weekdays.map((weekday) => (week[weekday] ?? []).map(parseWallInterval));
  const special = new Map<number, readonly WallInterval[]>();
  for (const date of holidays.feed === undefined ? [] : feeds[holidays.feed]) {
    special.set(dayNumberOf(date), []);
  }
  for (const date of holidays.except) special.delete(dayNumberOf(date));
  for (const { date } of holidays.add) special.set(dayNumberOf(date), []);
  for (const { date, intervals } of overrides)
    special.set(dayNumberOf(date), intervals.map(parseWallInterval));
  return (day) => special.get(day) ?? usual[((day % 7) + 7) % 7] ?? [];
}

function dayNumberOf(date: string): number {
  return Date.parse(date) / (daySeconds * 1000);
}
