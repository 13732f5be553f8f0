import type { Calendar, CalendarFault, CalendarInterval, EpochSeconds } from './calendar.ts';
import type { OpeningHours } from './opening-hours.ts';

/** A zone, and the instant from which it is in force. */
export type ZoneInForce = { readonly from: EpochSeconds; readonly zone: string };

/**
 * Holds the openings and the business seconds before each, so that every question takes one or two
 * binary searches.
 */
export class CompiledCalendar implements Calendar {
  readonly span: Calendar['span'];
  readonly #starts: Float64Array;
  readonly #ends: Float64Array;
  /** The business seconds before each opening; the last entry is the total of the span. */
  readonly #totals: Float64Array;
  readonly #zones: readonly [ZoneInForce, ...ZoneInForce[]];
  readonly #opensAfterwards: boolean;

  /** All openings must lie within the span. */
  constructor(parts: {
    readonly span: Calendar['span'];
    readonly openings: OpeningHours;
    readonly zones: readonly [ZoneInForce, ...ZoneInForce[]];
    /** Whether the calendar opens again after the span. */
    readonly opensAfterwards: boolean;
  }) {
    this.span = parts.span;
    const starts = new Float64Array(parts.openings.starts);
    const ends = new Float64Array(parts.openings.ends);
    const totals = new Float64Array(starts.length + 1);
    for (let index = 0; index < starts.length; index += 1) {
      totals[index + 1] = at(totals, index) + at(ends, index) - at(starts, index);
    }
    this.#starts = starts;
    this.#ends = ends;
    this.#totals = totals;
    this.#zones = parts.zones;
    this.#opensAfterwards = parts.opensAfterwards;
  }

  add(start: EpochSeconds, seconds: number): EpochSeconds | CalendarFault {
    const fault = this.#findInstantFault(start) ?? findAmountFault(seconds);
    if (fault !== undefined) return fault;
    if (seconds === 0) return start;
    const target = this.#totalAt(start) + seconds;
    if (target > at(this.#totals, this.#starts.length)) {
      return this.#buildOutOfReachFault(`${seconds} s after ${start}`);
    }
    const opening = countBelow(this.#totals, target) - 1;
    return at(this.#starts, opening) + target - at(this.#totals, opening);
  }

  between(start: EpochSeconds, end: EpochSeconds): number | CalendarFault {
    const fault =
      this.#findInstantFault(start) ?? this.#findInstantFault(end) ?? findOrderFault(start, end);
    return fault ?? this.#totalAt(end) - this.#totalAt(start);
  }

  isOpen(instant: EpochSeconds): boolean | CalendarFault {
    const fault = this.#findSecondFault(instant);
    return fault ?? instant < this.#endOfOpeningAt(instant);
  }

  nextOpening(instant: EpochSeconds): EpochSeconds | CalendarFault {
    const fault = this.#findSecondFault(instant);
    if (fault !== undefined) return fault;
    if (instant < this.#endOfOpeningAt(instant)) return instant;
    const next = countUpTo(this.#starts, instant);
    return this.#starts[next] ?? this.#buildOutOfReachFault(`an opening after ${instant}`);
  }

  splitIntoIntervals(
    start: EpochSeconds,
    end: EpochSeconds,
  ): readonly CalendarInterval[] | CalendarFault {
    const fault =
      this.#findInstantFault(start) ?? this.#findInstantFault(end) ?? findOrderFault(start, end);
    if (fault !== undefined) return fault;
    const intervals: CalendarInterval[] = [];
    let from = start;
    let opening = Math.max(0, countUpTo(this.#starts, start) - 1);
    while (from < end) {
      const opens = this.#starts[opening] ?? end;
      const closes = this.#ends[opening] ?? end;
      if (from < opens) {
        const to = Math.min(opens, end);
        intervals.push({ from, to, open: false });
        from = to;
      }
      if (from < end && from < closes) {
        const to = Math.min(closes, end);
        intervals.push({ from, to, open: true });
        from = to;
      }
      opening += 1;
    }
    return intervals;
  }

  zoneAt(instant: EpochSeconds): string {
    return (this.#zones.findLast(({ from }) => from <= instant) ?? this.#zones[0]).zone;
  }

  /** The business seconds of the span before an instant. */
  #totalAt(instant: EpochSeconds): number {
    const opening = countUpTo(this.#starts, instant) - 1;
    if (opening < 0) return 0;
    const passed = Math.min(instant, at(this.#ends, opening)) - at(this.#starts, opening);
    return at(this.#totals, opening) + passed;
  }

  /** The end of the last opening that began at or before an instant; it may have passed. */
  #endOfOpeningAt(instant: EpochSeconds): EpochSeconds {
    return this.#ends[countUpTo(this.#starts, instant) - 1] ?? Number.NEGATIVE_INFINITY;
  }

  /**
   * Refuses an instant outside the span; the end of the span is allowed, since intervals may end
   * there.
   */
  #findInstantFault(instant: number): CalendarFault | undefined {
    if (!Number.isSafeInteger(instant)) return buildNotWholeFault(instant);
    if (instant >= this.span.from && instant <= this.span.until) return undefined;
    return { fault: 'calendar.beyond-span', detail: `${instant} is not ${this.#spanText()}` };
  }

  /** Refuses the end of the span too, since the second that begins there is not covered. */
  #findSecondFault(instant: number): CalendarFault | undefined {
    return this.#findInstantFault(instant === this.span.until ? instant + 1 : instant);
  }

  #buildOutOfReachFault(request: string): CalendarFault {
    return this.#opensAfterwards
      ? { fault: 'calendar.beyond-span', detail: `${request} is not ${this.#spanText()}` }
      : {
          fault: 'calendar.never-open',
          detail: `${request} never comes: the calendar stays closed`,
        };
  }

  #spanText(): string {
    return `within the span from ${this.span.from} to ${this.span.until}`;
  }
}

function findAmountFault(seconds: number): CalendarFault | undefined {
  if (!Number.isSafeInteger(seconds)) return buildNotWholeFault(seconds);
  if (seconds >= 0) return undefined;
  return { fault: 'calendar.negative-input', detail: `${seconds} s is less than nothing` };
}

function findOrderFault(start: number, end: number): CalendarFault | undefined {
  if (start <= end) return undefined;
  return { fault: 'calendar.negative-input', detail: `${end} is before ${start}` };
}

function buildNotWholeFault(value: number): CalendarFault {
  return { fault: 'calendar.not-whole-seconds', detail: `${value} is no whole number of seconds` };
}

/** How many of the ascending values are less than a limit. */
function countBelow(values: Float64Array, limit: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (at(values, middle) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How many of the ascending whole numbers are at most a limit. */
function countUpTo(values: Float64Array, limit: number): number {
  return countBelow(values, limit + 1);
}

/** An element whose index is known to exist. */
function at(values: Float64Array, index: number): number {
  return values[index] ?? Number.NaN;
}
