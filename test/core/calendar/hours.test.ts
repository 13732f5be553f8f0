import holidayJp from '@holiday-jp/holiday_jp';
import { describe, expect, test } from 'vitest';
import { japaneseHolidays } from '../../../core/calendar/japanese-holidays.ts';
import {
  expectNoFault,
  formatWallClock,
  hoursInSeconds,
  makeCalendar,
  makeDailyCalendar,
  parseEpochSeconds,
  tokyoOffice,
} from './calendars.ts';

const tokyo = makeCalendar(tokyoOffice);
const inTokyo = (text: string) => parseEpochSeconds(`${text}+09:00`);
/** A Thursday. */
const lunch = inTokyo('2026-11-19T12:00');

describe('the gap between two intervals', () => {
  test('counts nothing', () => {
    expect(tokyo.between(inTokyo('2026-11-19T11:00'), inTokyo('2026-11-19T14:00'))).toBe(
      hoursInSeconds(2),
    );
  });

  test('is closed from its first second to its last', () => {
    expect([-1, 0, 1, 3599, 3600].map((seconds) => tokyo.isOpen(lunch + seconds))).toEqual([
      true,
      false,
      false,
      false,
      true,
    ]);
  });

  test('has the next opening at its end, and an open instant has itself', () => {
    expect(tokyo.nextOpening(lunch)).toBe(lunch + 3600);
    expect(tokyo.nextOpening(lunch - 1)).toBe(lunch - 1);
    expect(tokyo.nextOpening(lunch + 3600)).toBe(lunch + 3600);
  });

  test('vanishes between intervals that touch, in whatever order they are written', () => {
    const touching = makeDailyCalendar('UTC', '12:00-17:00', '09:00-12:00');
    const [start, end] = [
      parseEpochSeconds('2026-11-19T09:00Z'),
      parseEpochSeconds('2026-11-19T17:00Z'),
    ];
    expect(touching.splitIntoIntervals(start, end)).toEqual([{ from: start, to: end, open: true }]);
  });
});

describe('the half-open end', () => {
  test('an amount used up at the end of an interval is due there, not at the next opening', () => {
    expect(tokyo.add(lunch - 3600, 3600)).toBe(lunch);
    expect(tokyo.add(lunch - 3600, 3601)).toBe(lunch + 3601);
  });

  test.each([
    ['in an interval', lunch - 1],
    ['at the end of one', lunch],
    ['in a gap', lunch + 1],
  ])('nothing is due at once, %s', (_, start) => {
    expect(tokyo.add(start, 0)).toBe(start);
  });

  test('from the end of one interval, a second is due one second into the next', () => {
    expect(tokyo.add(lunch, 1)).toBe(lunch + 3601);
  });

  test('no time lies between an instant and itself', () => {
    expect(tokyo.between(lunch - 1, lunch - 1)).toBe(0);
    expect(tokyo.splitIntoIntervals(lunch - 1, lunch - 1)).toEqual([]);
  });
});

describe('an interval until 24:00', () => {
  const nights = makeCalendar({
    zone: 'Asia/Tokyo',
    week: { fri: ['22:00-24:00'], sat: ['00:00-06:00'], sun: ['22:00-24:00'] },
  });

  test('is open in the last second of the day', () => {
    expect(nights.isOpen(inTokyo('2026-11-22T23:59:59'))).toBe(true);
    expect(nights.isOpen(inTokyo('2026-11-23T00:00:00'))).toBe(false);
  });

  test('goes on without a break where the next day begins open', () => {
    const stretches = expectNoFault(
      nights.splitIntoIntervals(inTokyo('2026-11-20T22:00'), inTokyo('2026-11-21T06:00')),
    );
    expect(stretches).toHaveLength(1);
    expect(nights.add(inTokyo('2026-11-20T23:00'), hoursInSeconds(2))).toBe(
      inTokyo('2026-11-21T01:00'),
    );
  });
});

describe('holidays', () => {
  /** What a Tokyo calendar opens at on a date, of the day's office hours. */
  const openHours = (date: string, holidays: object, overrides: object[] = []) =>
    expectNoFault(
      makeCalendar({ ...tokyoOffice, holidays, overrides: overrides as never }).between(
        inTokyo(`${date}T00:00`),
        inTokyo(`${date}T00:00`) + 86_400,
      ),
    ) / 3600;

  test.each(['2026-09-21', '2026-09-22', '2026-09-23', '2026-11-23', '2027-01-01'])(
    'the feed closes %s, and without it the day is as any other',
    (date) => {
      expect(openHours(date, { feed: 'jp' })).toBe(0);
      expect(openHours(date, {})).toBe(7);
    },
  );

  test('an addition closes a day that the feed does not know', () => {
    const add = [{ date: '2026-12-30', name: 'end of the year' }];
    expect(openHours('2026-12-30', { feed: 'jp' })).toBe(7);
    expect(openHours('2026-12-30', { feed: 'jp', add })).toBe(0);
    expect(openHours('2026-11-23', { feed: 'jp', add })).toBe(0);
  });

  test('an addition needs no feed', () => {
    expect(openHours('2026-12-30', { add: [{ date: '2026-12-30' }] })).toBe(0);
  });

  test('an exception opens a day of the feed, and that one alone', () => {
    const except = ['2026-09-22'];
    expect(openHours('2026-09-22', { feed: 'jp', except })).toBe(7);
    expect(openHours('2026-09-21', { feed: 'jp', except })).toBe(0);
  });

  test('an override stands above a holiday', () => {
    const overrides = [{ date: '2026-11-23', intervals: ['10:00-12:00'] }];
    expect(openHours('2026-11-23', { feed: 'jp' }, overrides)).toBe(2);
  });

  test('the feed closes days by the date in the zone, not in UTC', () => {
    const calendar = makeCalendar({ ...tokyoOffice, zone: 'America/New_York' });
    expect(calendar.isOpen(parseEpochSeconds('2026-11-23T14:00Z'))).toBe(false);
    expect(calendar.isOpen(parseEpochSeconds('2026-11-24T14:00Z'))).toBe(true);
  });

  test('the feed has the holidays of every year of the span that the package knows, in order', () => {
    const dates = Object.keys(holidayJp.holidays)
      .filter((date) => date >= '2020' && date < '2046')
      .sort();
    expect(new Set(dates.map((date) => date.slice(0, 4))).size).toBe(26);
    expect(japaneseHolidays).toEqual(dates);
  });
});

describe('overrides', () => {
  const overridden = makeCalendar({
    ...tokyoOffice,
    overrides: [
      { date: '2026-11-19', intervals: ['10:00-11:30'], note: 'fire drill' },
      { date: '2026-11-20', intervals: [] },
      { date: '2026-11-21', intervals: ['09:00-12:00'] },
    ],
  });

  test('shorten a day, close a day, and open a Saturday', () => {
    const days = ['2026-11-18', '2026-11-19', '2026-11-20', '2026-11-21', '2026-11-22'];
    const counted = days.map((day) => {
      const start = inTokyo(`${day}T00:00`);
      return expectNoFault(overridden.between(start, start + 86_400)) / 3600;
    });
    expect(counted).toEqual([7, 1.5, 0, 3, 0]);
  });

  test('replace the hours of the day outright', () => {
    expect(overridden.isOpen(inTokyo('2026-11-19T09:30'))).toBe(false);
    expect(overridden.isOpen(inTokyo('2026-11-19T14:00'))).toBe(false);
  });

  test('are stepped over by a deadline', () => {
    const due = overridden.add(inTokyo('2026-11-19T11:00'), hoursInSeconds(4));
    expect(formatWallClock('Asia/Tokyo', due)).toBe('2026-11-24 09:30:00');
  });
});
