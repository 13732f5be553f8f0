import type { EpochSeconds } from '../../calendar/calendar.ts';
import { type Instant, instantOf } from '../values/ids.ts';

/** The second in which an instant lies: clocks are exact to the second. */
export function secondOf(instant: Instant): EpochSeconds {
  return Math.floor(Date.parse(instant) / 1000);
}

export function atSecond(seconds: EpochSeconds): Instant {
  return instantOf(seconds * 1000);
}

/** The beginning of the second in which an instant lies. */
export function toTheSecond(instant: Instant): Instant {
  return atSecond(secondOf(instant));
}
