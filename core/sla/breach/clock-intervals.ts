import { type Calendar, type EpochSeconds, isCalendarFault } from '../../calendar/calendar.ts';
import type { Clock } from '../../inquiry/clock/clock.ts';
import { epochSecondOf, instantOfSecond } from '../../inquiry/clock/epoch-seconds.ts';
import type { Instant } from '../../inquiry/values/ids.ts';

/** An interval of a clock's time; `counted` is in business seconds. */
export type ClockInterval = {
  readonly from: Instant;
  readonly to: Instant;
  readonly state: 'counting' | 'out-of-hours' | 'paused';
  readonly counted: number;
};

/**
 * Splits a clock's time, from its start to its end or an instant, by what counted and what did not.
 *
 * There are no gaps or overlaps, and neighbours differ in state. The counted seconds and those that
 * the clock started with add up to its elapsed time. Undefined when the calendar cannot say.
 */
export function buildClockIntervals(
  clock: Clock,
  calendar: Calendar,
  at: Instant,
): ClockInterval[] | undefined {
  const start = epochSecondOf(clock.startedAt);
  const end = Math.max(epochSecondOf(clock.endedAt ?? at), start);
  const intervals: ClockInterval[] = [];
  const add = (from: EpochSeconds, to: EpochSeconds, state: ClockInterval['state']) => {
    if (to <= from) return;
    const last = intervals.at(-1);
    const begin = last?.state === state ? intervals.pop()?.from : undefined;
    const since = begin ?? instantOfSecond(from);
    const counted = state === 'counting' ? to - epochSecondOf(since) : 0;
    intervals.push({ from: since, to: instantOfSecond(to), state, counted });
  };
  let since = start;
  for (const pause of [...clock.pauses, { from: instantOfSecond(end), to: undefined }]) {
    const pausedAt = Math.min(Math.max(epochSecondOf(pause.from), since), end);
    const running = pausedAt > since ? calendar.splitIntoIntervals(since, pausedAt) : [];
    if (isCalendarFault(running)) return undefined;
    for (const { from, to, open } of running) add(from, to, open ? 'counting' : 'out-of-hours');
    since = Math.min(
      Math.max(pause.to === undefined ? end : epochSecondOf(pause.to), pausedAt),
      end,
    );
    add(pausedAt, since, 'paused');
  }
  return intervals;
}
