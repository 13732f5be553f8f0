/** Whole seconds since 1970-01-01T00:00:00Z. */
export type EpochSeconds = number;

/**
 * Why a calendar has no answer.
 *
 * - `calendar.not-whole-seconds`: an input is no safe integer (a fraction, `NaN`, an infinity).
 * - `calendar.negative-input`: a negative amount, or an end before its start.
 * - `calendar.beyond-span`: an input or the answer lies outside the years that the calendar knows.
 * - `calendar.never-open`: the calendar can never supply what was asked, however long one waits.
 */
export type CalendarFault = {
  readonly fault:
    | 'calendar.not-whole-seconds'
    | 'calendar.negative-input'
    | 'calendar.beyond-span'
    | 'calendar.never-open';
  readonly detail: string;
};

/** A stretch `[from, to)` throughout which a calendar is open, or closed. */
export type CalendarInterval = {
  readonly from: EpochSeconds;
  readonly to: EpochSeconds;
  readonly open: boolean;
};

/** Business time, compiled: immutable, total, and exact to the second. */
export interface Calendar {
  /** The instants it can be asked about. */
  readonly span: { readonly from: EpochSeconds; readonly until: EpochSeconds };
  /**
   * The earliest instant by which `seconds` of business time have passed since `start`.
   *
   * So an amount used up at the end of an interval is due at that end, not at the next opening, and
   * zero seconds are due at `start`, open or not. `between(start, add(start, n))` is `n`.
   */
  add(start: EpochSeconds, seconds: number): EpochSeconds | CalendarFault;
  /** The business seconds of `[start, end)`. */
  between(start: EpochSeconds, end: EpochSeconds): number | CalendarFault;
  /** Whether the second that begins at an instant is business time. */
  isOpen(instant: EpochSeconds): boolean | CalendarFault;
  /** The earliest open instant that is not before this one. */
  nextOpening(instant: EpochSeconds): EpochSeconds | CalendarFault;
  /**
   * Parts `[start, end)` into its open and closed stretches, in order, without gaps, and no two
   * neighbours alike.
   */
  splitIntoIntervals(
    start: EpochSeconds,
    end: EpochSeconds,
  ): readonly CalendarInterval[] | CalendarFault;
  /** The IANA zone in force at an instant; the first or last one outside the span. */
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
