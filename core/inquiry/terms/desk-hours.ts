import { isCalendarFault } from '../../calendar/calendar.ts';
import { epochSecondOf, instantOfSecond } from '../clock/epoch-seconds.ts';
import type { Instant } from '../values/ids.ts';
import type { Desk } from './desk.ts';
import type { Terms } from './terms.ts';

/** When a closed desk opens again, and the zone in which people are told so. */
export type DeskClosure = { readonly opensAt: Instant; readonly zone: string };

/**
 * Finds when a closed desk opens; undefined if it is open, has no calendar, or never opens again.
 */
export function findDeskClosure(
  desk: Pick<Desk, 'id'>,
  { serviceLevels }: Pick<Terms, 'serviceLevels'>,
  now: Instant,
): DeskClosure | undefined {
  const calendar = serviceLevels.deskCalendar(desk.id, now);
  if (calendar?.isOpen(epochSecondOf(now)) !== false) return undefined;
  const opening = calendar.nextOpening(epochSecondOf(now));
  return isCalendarFault(opening)
    ? undefined
    : { opensAt: instantOfSecond(opening), zone: calendar.zoneAt(opening) };
}
