import { isFault } from '../../calendar/calendar.ts';
import { atSecond, secondOf } from '../clock/epoch-seconds.ts';
import type { Instant } from '../values/ids.ts';
import type { Desk, Terms } from './terms.ts';

/** A desk's being closed: when it opens again, and the zone in which people are told so. */
export type Closure = { readonly opensAt: Instant; readonly zone: string };

/** Undefined while a desk is open; also for one without a calendar, or that never opens again. */
export function closureOf(
  desk: Pick<Desk, 'id'>,
  { levels }: Pick<Terms, 'levels'>,
  now: Instant,
): Closure | undefined {
  const calendar = levels.deskCalendar(desk.id, now);
  if (calendar?.isOpen(secondOf(now)) !== false) return undefined;
  const opening = calendar.nextOpening(secondOf(now));
  return isFault(opening)
    ? undefined
    : { opensAt: atSecond(opening), zone: calendar.zoneAt(opening) };
}
