import holidayJp from '@holiday-jp/holiday_jp';
import { Temporal } from 'temporal-polyfill';
import type { CalendarDefinition } from '../../core/calendar/calendar-definition.ts';

type Version = { readonly from: number; readonly definition: CalendarDefinition };
type Interval = readonly [open: number, close: number];
const names = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/**
 * Business time counted second by second as SLA.md defines it: the reference for the compiled
 * calendar, too slow for anything else. It knows no span and no fault.
 */
export class SlowCalendar {
  readonly #versions: readonly Version[];
  /** By version and day since 1970: resolving anew at each second would take hours. */
  readonly #resolved: readonly Map<number, readonly Interval[]>[];
  readonly #around: readonly Map<number, readonly Interval[]>[];

  constructor(versions: readonly Version[]) {
    this.#versions = versions;
    this.#resolved = versions.map(() => new Map());
    this.#around = versions.map(() => new Map());
  }

  /** Whether an interval of the version in force contains the instant, over the days around it. */
  isOpen(instant: number): boolean {
    for (const interval of this.#intervalsAround(instant)) {
      if (interval[0] <= instant && instant < interval[1]) return true;
    }
    return false;
  }

  between(start: number, end: number): number {
    let seconds = 0;
    for (let instant = start; instant < end; instant += 1) if (this.isOpen(instant)) seconds += 1;
    return seconds;
  }

  /** Undefined when the amount is not used up by `limit`. */
  add(start: number, seconds: number, limit: number): number | undefined {
    let left = seconds;
    for (let instant = start; ; instant += 1) {
      if (left === 0) return instant;
      if (instant === limit) return undefined;
      if (this.isOpen(instant)) left -= 1;
    }
  }

  nextOpening(start: number, limit: number): number | undefined {
    for (let instant = start; instant < limit; instant += 1) {
      if (this.isOpen(instant)) return instant;
    }
    return undefined;
  }

  /** The intervals of one date, each resolved by Temporal; they may overlap or be empty. */
  intervalsOf(date: Temporal.PlainDate, definition: CalendarDefinition): Interval[] {
    return wallIntervals(date, definition).map((text) => {
      const [open, close] = text.split('-');
      return [
        resolveWallTime(date, open, definition.zone),
        resolveWallTime(date, close, definition.zone),
      ];
    });
  }

  #intervalsAround(instant: number): readonly Interval[] {
    const version = this.#versionAt(instant);
    const day = Math.floor(instant / 86_400);
    const known = this.#around[version]?.get(day);
    if (known !== undefined) return known;
    // The date may differ from that of UTC by one, and an interval be shifted out of its date.
    const found = [-2, -1, 0, 1].flatMap((days) => this.#intervalsOfDay(version, day + days));
    this.#around[version]?.set(day, found);
    return found;
  }

  #versionAt(instant: number): number {
    for (let version = this.#versions.length - 1; version > 0; version -= 1) {
      if ((this.#versions[version]?.from ?? 0) <= instant) return version;
    }
    return 0;
  }

  #intervalsOfDay(version: number, day: number): readonly Interval[] {
    const known = this.#resolved[version]?.get(day);
    if (known !== undefined) return known;
    const definition = this.#versions[version]?.definition;
    if (definition === undefined) throw new Error('a calendar has at least one version');
    const date = new Temporal.PlainDate(1970, 1, 1).add({ days: day });
    const resolved = this.intervalsOf(date, definition);
    this.#resolved[version]?.set(day, resolved);
    return resolved;
  }
}

function wallIntervals(date: Temporal.PlainDate, definition: CalendarDefinition) {
  const text = date.toString();
  const { week, holidays, overrides } = definition;
  const override = overrides.find((one) => one.date === text);
  if (override !== undefined) return override.intervals;
  if (holidays.add.some((holiday) => holiday.date === text)) return [];
  if (holidays.feed === 'jp' && holidayJp.isHoliday(text) && !holidays.except.includes(text))
    return [];
  return week[names[date.dayOfWeek - 1] ?? 'mon'] ?? [];
}

function resolveWallTime(date: Temporal.PlainDate, wall: string | undefined, zone: string): number {
  const atMidnight = wall === '24:00';
  const local = (atMidnight ? date.add({ days: 1 }) : date).toPlainDateTime(
    atMidnight ? '00:00' : wall,
  );
  return local.toZonedDateTime(zone, { disambiguation: 'compatible' }).epochMilliseconds / 1000;
}
