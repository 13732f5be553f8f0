import { isCalendarFault } from '../../../../core/calendar/calendar.ts';
import type { Clock } from '../../../../core/inquiry/clock/clock.ts';
import type { ServiceLevels } from '../../../../core/inquiry/clock/service-levels.ts';
import type { Instant } from '../../../../core/inquiry/values/ids.ts';

const secondsOf = (at: Instant) => Math.floor(Date.parse(at) / 1000);

/**
 * The business seconds that a clock ran in `[from, to)`: each opening, less what of it was paused.
 *
 * Obvious and slow, to hold the kernel's own sums against.
 */
export function countRunningSeconds(
  clock: Clock,
  levels: ServiceLevels,
  calendars: number,
  from: Instant,
  to: Instant,
): number {
  if (clock.target === undefined) throw new TypeError('the clock has no target');
  const calendar = levels.calendar(clock.target.calendar, calendars);
  const stretches = calendar?.splitIntoIntervals(secondsOf(from), secondsOf(to > from ? to : from));
  if (stretches === undefined || isCalendarFault(stretches))
    throw new TypeError('no calendar answers');
  let sum = 0;
  for (const { from: opens, to: closes, open } of stretches) {
    if (!open) continue;
    sum += closes - opens;
    for (const pause of clock.pauses) {
      const begins = Math.max(opens, secondsOf(pause.from));
      const ends = Math.min(closes, pause.to === undefined ? closes : secondsOf(pause.to));
      if (ends > begins) sum -= ends - begins;
    }
  }
  return sum;
}
