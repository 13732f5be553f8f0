import type * as z from 'zod';
import {
  type Calendar,
  type CalendarFault,
  isCalendarFault,
} from '../../../core/calendar/calendar.ts';
import { CalendarDefinition } from '../../../core/calendar/calendar-definition.ts';
import {
  compileCalendar,
  type EffectiveCalendarDefinition,
} from '../../../core/calendar/compile-calendar.ts';

type CalendarInput = z.input<typeof CalendarDefinition>;
const office = ['09:00-12:00', '13:00-17:00'];

export const tokyoOffice: CalendarInput = {
  zone: 'Asia/Tokyo',
  week: { mon: office, tue: office, wed: office, thu: office, fri: office },
  holidays: { feed: 'jp' },
};

/** A calendar of one version. */
export function makeCalendar(written: CalendarInput): Calendar {
  return compileCalendar([makeCalendarVersion('2020-01-01T00:00Z', written)]);
}

/** Open at the same times on every day of the week. */
export function makeDailyCalendar(zone: string, ...intervals: string[]): Calendar {
  return makeCalendar({ zone, week: makeWeek(intervals) });
}

export function makeWeek(intervals: string[]): CalendarInput['week'] {
  const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
  return Object.fromEntries(days.map((day) => [day, intervals]));
}

export function makeCalendarVersion(
  from: string,
  written: CalendarInput,
): EffectiveCalendarDefinition {
  return { from: parseEpochSeconds(from), definition: CalendarDefinition.parse(written) };
}

/** Epoch seconds of a time with its offset, such as `2026-11-20T16:30+09:00`. */
export function parseEpochSeconds(text: string): number {
  return Date.parse(text) / 1000;
}

/** The answer; throws where it is a fault. */
export function expectNoFault<Answer>(answer: Answer | CalendarFault): Answer {
  if (isCalendarFault(answer)) throw new Error(`${answer.fault}: ${answer.detail}`);
  return answer;
}

/** How an instant reads on a clock in a zone, such as `2026-11-20 16:30:00`. */
export function formatWallClock(zone: string, answer: number | CalendarFault): string {
  // Sweden writes times as ISO 8601 does, but for a space.
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    dateStyle: 'short',
    timeStyle: 'medium',
  });
  return format.format(expectNoFault(answer) * 1000);
}

export const hoursInSeconds = (count: number) => Math.round(count * 3600);
