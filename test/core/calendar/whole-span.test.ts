import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, test } from 'vitest';
import type { CalendarInterval } from '../../../core/calendar/calendar.ts';
import { CalendarDefinition } from '../../../core/calendar/calendar-definition.ts';
import { compileCalendar } from '../../../core/calendar/compile-calendar.ts';
import {
  findZoneOffsets,
  makeWallTimeReader,
  type ZoneOffset,
} from '../../../core/calendar/zone-offsets.ts';
import { SlowCalendar } from '../../support/slow-calendar.ts';
import { expectNoFault, makeWeek, parseEpochSeconds } from './calendars.ts';

function datesOf(year: number): Temporal.PlainDate[] {
  const first = new Temporal.PlainDate(year, 1, 1);
  return Array.from({ length: first.daysInYear }, (_, days) => first.add({ days }));
}

describe('every opening of the years compiled is what Temporal makes of its wall times', () => {
  test.each([
    ['America/New_York', [2020, 2026, 2043]],
    ['Europe/London', [2026]],
    ['Australia/Lord_Howe', [2026, 2044]],
    ['Asia/Tokyo', [2026]],
    // Zones whose clocks change in the last hour of a day, at midnight, and for Ramadan.
    ['America/Nuuk', [2026]],
    ['America/Santiago', [2026]],
    ['Africa/Casablanca', [2026, 2027]],
  ])('in %s in %j', (zone, years) => {
    const definition = CalendarDefinition.parse({
      zone,
      week: makeWeek(['00:20-00:40', '01:10-01:40', '02:10-02:20', '09:00-17:00', '23:30-24:00']),
    });
    const slow = new SlowCalendar([]);
    const calendar = compileCalendar([{ from: 0, definition }]);
    for (const year of years) {
      const expected = united(datesOf(year).flatMap((date) => slow.intervalsOf(date, definition)));
      const [first, last] = [expected.at(0)?.[0] ?? 0, expected.at(-1)?.[1] ?? 0];
      const opened = expectNoFault(calendar.splitIntoIntervals(first, last)).filter(
        ({ open }) => open,
      );
      expect(opened.map(({ from, to }: CalendarInterval) => [from, to])).toEqual(expected);
    }
  });
});

/** The intervals in order, with overlapping and touching ones joined and empty ones left out. */
function united(intervals: readonly (readonly [number, number])[]): number[][] {
  const ordered = intervals
    .filter(([open, close]) => open < close)
    .toSorted((one, other) => one[0] - other[0]);
  return ordered.reduce<number[][]>((apart, [open, close]) => {
    const last = apart.at(-1);
    if (last?.[1] === undefined || last[1] < open) apart.push([open, close]);
    else last[1] = Math.max(last[1], close);
    return apart;
  }, []);
}

describe('wall time is read as Temporal reads it', () => {
  const from = parseEpochSeconds('2010-01-01T00:00Z');
  const zones = [
    ...['Asia/Tokyo', 'America/New_York', 'Europe/London', 'Australia/Lord_Howe', 'UTC'],
    // A day that was left out, a zone that took back its change, and one that left its time zone.
    ...['Pacific/Apia', 'Africa/Casablanca', 'Asia/Pyongyang', 'America/Nuuk', 'Europe/Istanbul'],
  ];

  test.each(zones)('in %s, at every change since 2010 and between', (zone) => {
    const offsets = findZoneOffsets(zone, from, parseEpochSeconds('2030-01-01T00:00Z'));
    const [first, ...later] = offsets;
    const read = makeWallTimeReader([first as ZoneOffset, ...later]);
    const anytime = fc.integer({ min: 1, max: 20 * 365 * 24 * 4 }).map((quarter) => quarter * 900);
    const nearChange = fc
      .tuple(fc.constantFrom(...offsets), fc.integer({ min: -26 * 60, max: 26 * 60 }))
      .map(([offset, minutes]) => offset.from - from + offset.seconds + minutes * 60);
    fc.assert(
      fc.property(fc.oneof(nearChange, anytime), (away) => {
        const wall = from + Math.max(away, 2 * 86_400);
        const local = new Temporal.PlainDateTime(1970, 1, 1).add({ seconds: wall });
        expect(read(wall)).toBe(local.toZonedDateTime(zone).epochMilliseconds / 1000);
      }),
    );
  });
});
