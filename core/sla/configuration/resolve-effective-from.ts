import * as ZonedDateTime from 'temporal-polyfill/fns/ZonedDateTime';
import { calendarSpan } from '../../calendar/compile-calendar.ts';
import {
  epochSecondOf,
  instantOfSecond,
  truncateToSecond,
} from '../../inquiry/clock/epoch-seconds.ts';
import type { Instant } from '../../inquiry/values/ids.ts';
import type { ServiceLevelConfigFault } from './find-config-faults.ts';

/**
 * Resolves from when a version is to be in force, to the second: by default now, else later, or
 * earlier on the present day of each of the zones.
 *
 * The past must not be rewritten: yesterday's inquiries were answered under yesterday's rules.
 */
export function resolveEffectiveFrom(
  requested: Instant | undefined,
  zones: Iterable<string>,
  now: Instant,
): Instant | ServiceLevelConfigFault {
  const from = truncateToSecond(requested ?? now);
  if (epochSecondOf(from) >= calendarSpan.until)
    return { pointer: '/from', detail: 'lies beyond what calendars know' };
  for (const zone of new Set(zones)) {
    if (from < findStartOfDay(now, zone)) {
      return { pointer: '/from', detail: `lies before the present day in ${zone}` };
    }
  }
  return from;
}

function findStartOfDay(now: Instant, zone: string): Instant {
  const zoned = ZonedDateTime.create(BigInt(Date.parse(now)) * 1_000_000n, zone);
  const start = ZonedDateTime.startOfDay(zoned).epochNanoseconds;
  return instantOfSecond(Number(start / 1_000_000_000n));
}
