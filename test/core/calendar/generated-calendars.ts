import fc from 'fast-check';
import { CalendarDefinition } from '../../../core/calendar/calendar-definition.ts';
import type { EffectiveCalendarDefinition } from '../../../core/calendar/compile-calendar.ts';
import { parseEpochSeconds } from './calendars.ts';

const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const daySeconds = 86_400;

/** Each zone with its special days: changes of clocks, holidays, a leap day. */
const occasions = [
  ['Asia/Tokyo', ['2026-01-01', '2026-09-21', '2026-11-23', '2024-02-29']],
  ['America/New_York', ['2026-03-08', '2026-11-01', '2026-01-01', '2027-03-14']],
  ['Europe/London', ['2026-03-29', '2026-10-25', '2028-02-29']],
  ['Australia/Lord_Howe', ['2026-04-05', '2026-10-04', '2026-01-01']],
  ['UTC', ['2026-12-31', '2026-09-22', '2024-02-29']],
] as const;

/** Minutes of a day, often in the hours in which clocks change. */
const minute = fc.oneof(
  fc.integer({ min: 0, max: 24 * 60 }),
  fc.integer({ min: 4, max: 14 }).map((quarter) => quarter * 15),
  fc.integer({ min: 0, max: 24 }).map((hour) => hour * 60),
  fc.constant(24 * 60),
);

const wall = (minutes: number) =>
  [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0')).join(':');

/** Up to three intervals of a day, some of which touch. */
const intervals = fc
  .uniqueArray(minute, { maxLength: 6 })
  .map((minutes) => minutes.toSorted((one, other) => one - other))
  .chain((edges) =>
    fc.constantFrom(1, 2).map((step) =>
      edges.flatMap((open, index) => {
        const close = edges[index + 1];
        return index % step === 0 && close !== undefined ? [`${wall(open)}-${wall(close)}`] : [];
      }),
    ),
  );

const dateOf = (instant: number) => new Date(instant * 1000).toISOString().slice(0, 10);

/** A definition with overrides and holidays within two days of an instant. */
function generateDefinitionAround(zone: string, middle: number): fc.Arbitrary<CalendarDefinition> {
  const date = fc.integer({ min: -2, max: 2 }).map((away) => dateOf(middle + away * daySeconds));
  const dates = (maxLength: number) => fc.uniqueArray(date, { maxLength });
  return fc
    .record({
      week: fc.record(Object.fromEntries(days.map((day) => [day, intervals])), {
        requiredKeys: [],
      }),
      feed: fc.constantFrom({ feed: 'jp' as const }, {}),
      special: dates(2),
      added: fc.boolean(),
      overridden: dates(2),
      overrides: fc.array(intervals, { minLength: 2, maxLength: 2 }),
    })
    .map(({ week, feed, special, added, overridden, overrides }) =>
      CalendarDefinition.parse({
        zone,
        week,
        holidays: {
          ...feed,
          ...(added ? { add: special.map((one) => ({ date: one })) } : { except: special }),
        },
        overrides: overridden.map((one, index) => ({ date: one, intervals: overrides[index] })),
      }),
    );
}

export type CalendarQuestion = {
  readonly versions: [EffectiveCalendarDefinition, ...EffectiveCalendarDefinition[]];
  /** Three instants within 20 hours of an occasion, in order. */
  readonly instants: readonly [number, number, number];
};

/** One to three versions of a calendar, and instants around a special day. */
export const generatedCalendarQuestion: fc.Arbitrary<CalendarQuestion> = fc
  .constantFrom(...occasions)
  .chain(([zone, dates]) => fc.record({ zone: fc.constant(zone), date: fc.constantFrom(...dates) }))
  .chain(({ zone, date }) => {
    const middle = parseEpochSeconds(`${date}T06:00Z`);
    const instant = fc.oneof(
      fc.integer({ min: middle - 20 * 3600, max: middle + 20 * 3600 }),
      fc.integer({ min: -20, max: 20 }).map((hour) => middle + hour * 3600),
    );
    const otherZone = fc.constantFrom(...occasions.map(([name]) => name));
    const later = fc.record({
      from: instant,
      definition: fc
        .oneof(fc.constant(zone), otherZone)
        .chain((name) => generateDefinitionAround(name, middle)),
    });
    return fc.record({
      versions: fc
        .tuple(generateDefinitionAround(zone, middle), fc.array(later, { maxLength: 2 }))
        .map(([definition, others]): CalendarQuestion['versions'] => [
          { from: 0, definition },
          ...others,
        ]),
      instants: fc
        .tuple(instant, instant, instant)
        .map(
          (three): CalendarQuestion['instants'] =>
            three.toSorted((one, other) => one - other) as never,
        ),
    });
  });
