import * as PlainDate from 'temporal-polyfill/fns/PlainDate';
import { formatMonth, type Month } from '../inquiry/clock/month.ts';
import { type Instant, instantOf } from '../inquiry/values/ids.ts';

/** Where on earth a day begins first, and where it ends last. */
const firstZone = 'Pacific/Kiritimati';
const lastZone = 'Etc/GMT+12';

/** Whether a month has begun anywhere on earth. */
export function hasMonthBegun(month: Month, now: Instant): boolean {
  return month <= formatMonth(now, firstZone);
}

/** Whether a month is over everywhere on earth. */
export function isMonthOver(month: Month, now: Instant): boolean {
  return month < formatMonth(now, lastZone);
}

/** The first instant after a month in a zone. */
export function findMonthEnd(month: Month, zone: string): Instant {
  const next = nextMonthOf(month);
  const first = PlainDate.create(Number(next.slice(0, 4)), Number(next.slice(5)), 1);
  const { epochNanoseconds } = PlainDate.toZonedDateTime(first, zone);
  return instantOf(Number(epochNanoseconds / 1_000_000n));
}

export function nextMonthOf(month: Month): Month {
  return shiftMonth(month, 1);
}

export function previousMonthOf(month: Month): Month {
  return shiftMonth(month, -1);
}

function shiftMonth(month: Month, months: number): Month {
  const count = Number(month.slice(0, 4)) * 12 + Number(month.slice(5)) - 1 + months;
  return `${Math.floor(count / 12)}-${String((count % 12) + 1).padStart(2, '0')}`;
}
