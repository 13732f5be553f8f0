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

type Written = z.input<typeof CalendarDefinition>;
const office = ['09:00-12:00', '13:00-17:00'];

export const tokyoOffice: Written = {
  zone: 'Asia/Tokyo',
  week: { mon: office, tue: office, wed: office, thu: office, fri: office },
  holidays: { feed: 'jp' },
};

/** A calendar of one version. */
export function calendarOf(written: Written): Calendar {
  return compileCalendar([versionOf('2020-01-01T00:00Z', written)]);
}

/** Open at the same times on every day of the week. */
export function everyDay(zone: string, ...intervals: string[]): Calendar {
  return calendarOf({ zone, week: weekOf(intervals) });
}

export function weekOf(intervals: string[]): Written['week'] {
  const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
  return Object.fromEntries(days.map((day) => [day, intervals]));
}

export function versionOf(from: string, written: Written): EffectiveCalendarDefinition {
  return { from: at(from), definition: CalendarDefinition.parse(written) };
}

/** Epoch seconds of a time with its offset, such as `2026-11-20T16:30+09:00`. */
export function at(text: string): number {
  return Date.parse(text) / 1000;
}

/** The answer, which is no fault. */
export function answerOf<Answer>(answer: Answer | CalendarFault): Answer {
  if (isCalendarFault(answer)) throw new Error(`${answer.fault}: ${answer.detail}`);
  return answer;
}

/** How an instant reads on a clock in a zone, such as `2026-11-20 16:30:00`. */
export function clockIn(zone: string, answer: number | CalendarFault): string {
  // Sweden writes times as ISO 8601 does, but for a space.
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    dateStyle: 'short',
    timeStyle: 'medium',
  });
  return format.format(answerOf(answer) * 1000);
}

export const hours = (count: number) => Math.round(count * 3600);
