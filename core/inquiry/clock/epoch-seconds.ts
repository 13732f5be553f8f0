import type { EpochSeconds } from '../../calendar/calendar.ts';
import { type Instant, instantOf } from '../values/ids.ts';

/** The second in which an instant lies: clocks are exact to the second. */
export function epochSecondOf(instant: Instant): EpochSeconds {
  return Math.floor(Date.parse(instant) / 1000);
}

export function instantOfSecond(seconds: EpochSeconds): Instant {
  return instantOf(seconds * 1000);
}

/** The beginning of the second in which an instant lies. */
export function truncateToSecond(instant: Instant): Instant {
  return instantOfSecond(epochSecondOf(instant));
}
