import * as z from 'zod';
import type { Instant } from '../values/ids.ts';

/** A calendar month, `yyyy-mm`. */
export const Month = z.string().regex(/^20\d\d-(?:0[1-9]|1[0-2])$/, {
  error: 'is no month such as 2026-11',
});
export type Month = z.infer<typeof Month>;

const formats = new Map<string, Intl.DateTimeFormat>();

/** The month `yyyy-mm` in which an instant lies in a zone. */
export function formatMonth(at: Instant, zone: string): string {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-CA', {
      timeZone: zone,
      calendar: 'gregory',
      year: 'numeric',
      month: '2-digit',
    });
    formats.set(zone, format);
  }
  const parts = format.formatToParts(Date.parse(at));
  const partOf = (type: 'year' | 'month') => parts.find((part) => part.type === type)?.value ?? '';
  return `${partOf('year').padStart(4, '0')}-${partOf('month')}`;
}
