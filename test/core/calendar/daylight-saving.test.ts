import { describe, expect, test } from 'vitest';
import {
  expectNoFault,
  formatWallClock,
  hoursInSeconds,
  makeCalendar,
  makeDailyCalendar,
  makeWeek,
  parseEpochSeconds,
} from './calendars.ts';

type Case = {
  readonly title: string;
  readonly zone: string;
  readonly intervals: readonly string[];
  /** More than a whole day around the change, in UTC. */
  readonly around: readonly [string, string];
  /** Wall times at which the calendar opens and closes within it. */
  readonly openings: readonly (readonly [string, string])[];
};

const newYorkSpring = ['2026-03-08T05:00Z', '2026-03-09T04:00Z'] as const;
const newYorkAutumn = ['2026-11-01T04:00Z', '2026-11-02T05:00Z'] as const;
const cases: readonly Case[] = [
  {
    title: 'an interval inside the skipped hour is shifted forward by an hour',
    zone: 'America/New_York',
    intervals: ['02:15-02:45'],
    around: newYorkSpring,
    openings: [['03:15', '03:45']],
  },
  {
    title: 'an interval that closes in the skipped hour closes an hour later on the wall',
    zone: 'America/New_York',
    intervals: ['01:00-02:30'],
    around: newYorkSpring,
    openings: [['01:00', '03:30']],
  },
  {
    title: 'an interval that opens in the skipped hour opens an hour later on the wall',
    zone: 'America/New_York',
    intervals: ['02:30-05:00'],
    around: newYorkSpring,
    openings: [['03:30', '05:00']],
  },
  {
    title: 'an interval that opens in the skipped hour and closes as it ends is not open at all',
    zone: 'America/New_York',
    intervals: ['02:30-03:00'],
    around: newYorkSpring,
    openings: [],
  },
  {
    title: 'an interval shifted into another is united with it, so that nothing counts twice',
    zone: 'America/New_York',
    intervals: ['02:00-03:00', '03:00-04:00'],
    around: newYorkSpring,
    openings: [['03:00', '04:00']],
  },
  {
    title: 'an interval shifted behind the beginning of another is united with it',
    zone: 'America/New_York',
    intervals: ['02:30-02:50', '03:10-03:40'],
    around: newYorkSpring,
    openings: [['03:10', '03:50']],
  },
  {
    title: 'an interval shifted past another stands behind it',
    zone: 'America/New_York',
    intervals: ['02:30-02:50', '03:00-03:20'],
    around: newYorkSpring,
    openings: [
      ['03:00', '03:20'],
      ['03:30', '03:50'],
    ],
  },
  {
    title: 'an interval inside the repeated hour is open in the first',
    zone: 'America/New_York',
    intervals: ['01:15-01:45'],
    around: newYorkAutumn,
    openings: [['01:15', '01:45']],
  },
  {
    title: 'an interval that closes after the repeated hour is open in both',
    zone: 'America/New_York',
    intervals: ['01:30-02:00'],
    around: newYorkAutumn,
    openings: [['01:30', '02:00']],
  },
  {
    title: "London's skipped hour shifts too",
    zone: 'Europe/London',
    intervals: ['01:30-01:45'],
    around: ['2026-03-29T00:00Z', '2026-03-29T23:00Z'],
    openings: [['02:30', '02:45']],
  },
  {
    title: "Lord Howe's skipped half-hour shifts by half an hour",
    zone: 'Australia/Lord_Howe',
    intervals: ['02:10-02:20'],
    around: ['2026-10-03T13:30Z', '2026-10-04T13:00Z'],
    openings: [['02:40', '02:50']],
  },
  {
    title: "Lord Howe's repeated half-hour is meant at its first",
    zone: 'Australia/Lord_Howe',
    intervals: ['01:40-01:50'],
    around: ['2026-04-04T13:00Z', '2026-04-05T13:30Z'],
    openings: [['01:40', '01:50']],
  },
  {
    title: 'an hour skipped at midnight makes the day begin at one',
    zone: 'America/Santiago',
    intervals: ['00:00-01:30'],
    around: ['2026-09-06T04:00Z', '2026-09-07T03:00Z'],
    openings: [['01:00', '01:30']],
  },
  {
    title: 'the last hour of a day, skipped, is shifted into the next day, past what is open there',
    zone: 'America/Nuuk',
    intervals: ['00:00-00:05', '23:10-23:50'],
    around: ['2026-03-28T12:00Z', '2026-03-29T12:00Z'],
    openings: [
      ['00:00', '00:05'],
      ['00:10', '00:50'],
    ],
  },
];

describe('when clocks are changed', () => {
  test.each(cases)('$title ($zone, $intervals)', ({ zone, intervals, around, openings }) => {
    const [start, end] = around;
    const stretches = expectNoFault(
      makeDailyCalendar(zone, ...intervals).splitIntoIntervals(
        parseEpochSeconds(start),
        parseEpochSeconds(end),
      ),
    );
    const read = (instant: number) => formatWallClock(zone, instant).slice(11, 16);
    expect(
      stretches.filter(({ open }) => open).map(({ from, to }) => [read(from), read(to)]),
    ).toEqual(openings);
  });

  test.each([
    ['closing after the repeated hour counts both', '01:30-02:00', hoursInSeconds(1.5)],
    ['closing within it counts the first', '01:30-01:45', hoursInSeconds(0.25)],
    ['opening and closing outside it counts three hours for two', '00:00-02:00', hoursInSeconds(3)],
  ])('an interval %s', (_, interval, expected) => {
    const calendar = makeDailyCalendar('America/New_York', interval);
    expect(calendar.between(...newYorkAutumnDay)).toBe(expected);
  });

  test('the first of two equal wall times is open, and the second is not', () => {
    const calendar = makeDailyCalendar('America/New_York', '01:15-01:45');
    expect(calendar.isOpen(parseEpochSeconds('2026-11-01T01:30-04:00'))).toBe(true);
    expect(calendar.isOpen(parseEpochSeconds('2026-11-01T01:30-05:00'))).toBe(false);
  });

  test.each([
    ['America/New_York', '2026-03-08T05:00Z', '2026-03-09T04:00Z', 23],
    ['America/New_York', '2026-11-01T04:00Z', '2026-11-02T05:00Z', 25],
    ['Europe/London', '2026-03-29T00:00Z', '2026-03-29T23:00Z', 23],
    ['Europe/London', '2026-10-24T23:00Z', '2026-10-26T00:00Z', 25],
    ['Australia/Lord_Howe', '2026-10-03T13:30Z', '2026-10-04T13:00Z', 23.5],
    ['Australia/Lord_Howe', '2026-04-04T13:00Z', '2026-04-05T13:30Z', 24.5],
    ['Asia/Tokyo', '2026-03-07T15:00Z', '2026-03-08T15:00Z', 24],
  ])('a whole day in %s from %s to %s has %d hours', (zone, start, end, expected) => {
    const sundays = makeCalendar({ zone, week: { sun: ['00:00-24:00'] } });
    expect(sundays.between(parseEpochSeconds(start), parseEpochSeconds(end))).toBe(
      hoursInSeconds(expected),
    );
    const week = 3 * 86_400;
    expect(sundays.between(parseEpochSeconds(start) - week, parseEpochSeconds(end) + week)).toBe(
      hoursInSeconds(expected),
    );
  });

  test('whole days touch, whatever length they have, and are one opening', () => {
    const calendar = makeCalendar({ zone: 'America/Nuuk', week: makeWeek(['00:00-24:00']) });
    const [start, end] = [
      parseEpochSeconds('2026-01-01T00:00Z'),
      parseEpochSeconds('2027-01-01T00:00Z'),
    ];
    expect(calendar.splitIntoIntervals(start, end)).toEqual([{ from: start, to: end, open: true }]);
  });
});

const newYorkAutumnDay = [
  parseEpochSeconds(newYorkAutumn[0]),
  parseEpochSeconds(newYorkAutumn[1]),
] as const;
