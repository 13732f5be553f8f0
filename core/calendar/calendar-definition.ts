import * as z from 'zod';
import { IntervalText, parseWallInterval } from './wall-time.ts';
import { normalizeZoneName } from './zone-offsets.ts';

export const CalendarId = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}$/)
  .brand<'CalendarId'>();
export type CalendarId = z.infer<typeof CalendarId>;

/** An IANA zone, normalized to the spelling of the time zone database. */
const Zone = z
  .string()
  .max(64)
  .refine((name) => normalizeZoneName(name) !== undefined, { error: 'is no IANA time zone' })
  .overwrite((name) => normalizeZoneName(name) ?? name);

/** A day's intervals, in any order; they may touch but not overlap. */
const Intervals = z
  .array(IntervalText)
  .max(24)
  .superRefine((texts, context) => {
    const sorted = texts
      .map((text, index) => ({ ...parseWallInterval(text), text, index }))
      .sort((one, other) => one.open - other.open || one.index - other.index);
    for (const [place, later] of sorted.entries()) {
      const earlier = sorted[place - 1];
      if (earlier !== undefined && later.open < earlier.close) {
        context.addIssue({
          code: 'custom',
          message: `overlaps ${earlier.text}`,
          path: [Math.max(earlier.index, later.index)],
        });
      }
    }
  });

const Week = z.strictObject({
  mon: Intervals.optional(),
  tue: Intervals.optional(),
  wed: Intervals.optional(),
  thu: Intervals.optional(),
  fri: Intervals.optional(),
  sat: Intervals.optional(),
  sun: Intervals.optional(),
});

const Holidays = z
  .strictObject({
    /** Public holidays that a maintained package lists. */
    feed: z.enum(['jp']).optional(),
    add: z
      .array(z.strictObject({ date: z.iso.date(), name: z.string().max(100).optional() }))
      .max(1000)
      .default([]),
    /** Days of the feed that are business days here. */
    except: z.array(z.iso.date()).max(1000).default([]),
  })
  .superRefine(({ add, except }, context) => {
    for (const [index, date] of except.entries()) {
      if (add.some((added) => added.date === date)) {
        context.addIssue({
          code: 'custom',
          message: `${date} is added and excepted`,
          path: ['except', index],
        });
      }
    }
  });

const Override = z.strictObject({
  date: z.iso.date(),
  intervals: Intervals,
  note: z.string().max(200).optional(),
});

/**
 * When a calendar is open, in wall time of its zone.
 *
 * A holiday closes its day; an override replaces its whole day, even a holiday.
 */
export const CalendarDefinition = z.strictObject({
  zone: Zone,
  week: Week,
  holidays: Holidays.prefault({}),
  overrides: z
    .array(Override)
    .max(1000)
    .superRefine((overrides, context) => {
      const seen = new Set<string>();
      for (const [index, { date }] of overrides.entries()) {
        if (seen.has(date)) {
          context.addIssue({
            code: 'custom',
            message: `${date} has an override already`,
            path: [index, 'date'],
          });
        }
        seen.add(date);
      }
    })
    .default([]),
});
export type CalendarDefinition = z.infer<typeof CalendarDefinition>;
