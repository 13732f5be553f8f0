import type { CalendarId } from '../../calendar/calendar-definition.ts';
import { epochSecondOf } from '../../inquiry/clock/epoch-seconds.ts';
import type { ServiceLevels } from '../../inquiry/clock/service-levels.ts';
import type { Instant } from '../../inquiry/values/ids.ts';

/** An instant in the local time of a calendar. */
export type CalendarMoment = {
  readonly open: boolean;
  /** Minute of the local day, 0 to 1439. */
  readonly minute: number;
  /** 0 is Monday. */
  readonly weekday: number;
};

/** Looks up one instant in a calendar; undefined where there is no such calendar. */
export type CalendarMomentLookup = (id: CalendarId) => CalendarMoment | undefined;

const formats = new Map<string, Intl.DateTimeFormat>();
const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** Makes the lookup of one instant in any calendar. */
export function makeCalendarMomentLookup(
  serviceLevels: Pick<ServiceLevels, 'calendar'>,
  at: Instant,
): CalendarMomentLookup {
  const second = epochSecondOf(at);
  return (id) => {
    const calendar = serviceLevels.calendar(id);
    if (calendar === undefined) return undefined;
    const parts = formatOf(calendar.zoneAt(second)).formatToParts(second * 1000);
    const partOf = (type: Intl.DateTimeFormatPartTypes) =>
      parts.find((part) => part.type === type)?.value ?? '';
    return {
      // A calendar counts as closed outside the years it covers.
      open: calendar.isOpen(second) === true,
      minute: Number(partOf('hour')) * 60 + Number(partOf('minute')),
      weekday: weekdays.indexOf(partOf('weekday')),
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
