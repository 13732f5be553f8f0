/** Whole seconds since 1970-01-01T00:00:00Z. */
export type EpochSeconds = number;

/**
 * Why a calendar has no answer.
 *
 * - `calendar.not-whole-seconds`: an input is not a safe integer (a fraction, `NaN`, an infinity).
 * - `calendar.negative-input`: a negative amount, or an end before its start.
 * - `calendar.beyond-span`: an input or the answer lies outside the years that the calendar covers.
 * - `calendar.never-open`: the calendar stays closed from some point on, so the answer never comes.
 */
export type CalendarFault = {
  readonly fault:
    | 'calendar.not-whole-seconds'
    | 'calendar.negative-input'
    | 'calendar.beyond-span'
    | 'calendar.never-open';
  readonly detail: string;
};

/** A span `[from, to)` during which a calendar is all open or all closed. */
export type CalendarInterval = {
  readonly from: EpochSeconds;
  readonly to: EpochSeconds;
  readonly open: boolean;
};

/** A compiled business calendar: immutable, total, and exact to the second. */
export interface Calendar {
  /** The instants it can be asked about. */
  readonly span: { readonly from: EpochSeconds; readonly until: EpochSeconds };
  /**
   * The earliest instant by which `seconds` of business time have passed since `start`.
   *
   * An amount used up exactly at the end of an interval is due at that end, not at the next
   * opening; zero seconds are due at `start`, open or not. `between(start, add(start, n))` is `n`.
   */
  add(start: EpochSeconds, seconds: number): EpochSeconds | CalendarFault;
  /** The business seconds in `[start, end)`. */
  between(start: EpochSeconds, end: EpochSeconds): number | CalendarFault;
  /** Whether the second that begins at an instant is business time. */
  isOpen(instant: EpochSeconds): boolean | CalendarFault;
  /** The earliest open instant at or after this one. */
  nextOpening(instant: EpochSeconds): EpochSeconds | CalendarFault;
  /**
   * Splits `[start, end)` into alternating open and closed intervals, in order and without gaps.
   */
  splitIntoIntervals(
    start: EpochSeconds,
    end: EpochSeconds,
  ): readonly CalendarInterval[] | CalendarFault;
  /** The IANA zone in force at an instant; outside the span, the first or last one. */
  zoneAt(instant: EpochSeconds): string;
}

/** Tells a fault from an answer. */
export function isCalendarFault(answer: unknown): answer is CalendarFault {
  return (
    typeof answer === 'object' &&
    answer !== null &&
    'fault' in answer &&
    typeof answer.fault === 'string' &&
    answer.fault.startsWith('calendar.')
  );
}
