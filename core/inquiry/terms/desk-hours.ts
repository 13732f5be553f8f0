import { isCalendarFault } from '../../calendar/calendar.ts';
import { epochSecondOf, instantOfSecond } from '../clock/epoch-seconds.ts';
import type { Instant } from '../values/ids.ts';
import type { Desk, Terms } from './terms.ts';

/** A desk's being closed: when it opens again, and the zone in which people are told so. */
export type DeskClosure = { readonly opensAt: Instant; readonly zone: string };

/** Undefined while a desk is open; also for one without a calendar, or that never opens again. */
export function findDeskClosure(
  desk: Pick<Desk, 'id'>,
  { serviceLevels: levels }: Pick<Terms, 'serviceLevels'>,
  now: Instant,
): DeskClosure | undefined {
  const calendar = levels.deskCalendar(desk.id, now);
  if (calendar?.isOpen(epochSecondOf(now)) !== false) return undefined;
  const opening = calendar.nextOpening(epochSecondOf(now));
  return isCalendarFault(opening)
    ? undefined
    : { opensAt: instantOfSecond(opening), zone: calendar.zoneAt(opening) };
}
