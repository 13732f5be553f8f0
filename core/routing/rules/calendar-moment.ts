import type { CalendarId } from '../../calendar/calendar-definition.ts';
import { epochSecondOf } from '../../inquiry/clock/epoch-seconds.ts';
import type { ServiceLevels } from '../../inquiry/clock/service-levels.ts';
import type { Instant } from '../../inquiry/values/ids.ts';

/** An instant by the clock on the wall of a calendar. */
export type CalendarMoment = {
  readonly open: boolean;
  /** Of the local day, 0 to 1439. */
  readonly minute: number;
  /** 0 is Monday. */
  readonly weekday: number;
};

/** What a calendar says of the instant; undefined of one that there is not. */
export type CalendarMomentLookup = (id: CalendarId) => CalendarMoment | undefined;

const formats = new Map<string, Intl.DateTimeFormat>();
const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** Asks the calendars about one instant. */
export function makeCalendarMomentLookup(
  serviceLevels: Pick<ServiceLevels, 'calendar'>,
  at: Instant,
): CalendarMomentLookup {
  const second = epochSecondOf(at);
  return (id) => {
    const calendar = serviceLevels.calendar(id);
    if (calendar === undefined) return undefined;
    const parts = formatOf(calendar.zoneAt(second)).formatToParts(second * 1000);
    const of = (type: Intl.DateTimeFormatPartTypes) =>
      parts.find((part) => part.type === type)?.value ?? '';
    return {
      // Outside the years that it knows, a calendar is not open.
      open: calendar.isOpen(second) === true,
      minute: Number(of('hour')) * 60 + Number(of('minute')),
      weekday: weekdays.indexOf(of('weekday')),
    };
  };
}

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-GB', {
      ...{ timeZone: zone, calendar: 'gregory', hourCycle: 'h23' },
      ...{ weekday: 'short', hour: '2-digit', minute: '2-digit' },
    });
    formats.set(zone, format);
  }
  return format;
}
