import { describe, expect, test } from 'vitest';
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

describe("SLA.md's worked examples in tokyo-office", () => {
  test.each([
    ['Fri 2026-11-20 16:30, 1 h', '2026-11-20T16:30', 1, '2026-11-24 09:30:00'],
    ['Fri 2026-11-20 11:30, 4 h', '2026-11-20T11:30', 4, '2026-11-20 16:30:00'],
    ['Sat 2026-11-21 10:00, 1 h', '2026-11-21T10:00', 1, '2026-11-24 10:00:00'],
    ['Fri 2026-09-18 16:00, 8 h', '2026-09-18T16:00', 8, '2026-09-24 17:00:00'],
  ])('add(%s) steps over lunch, weekend and holidays', (_, start, amount, expected) => {
    expect(formatWallClock('Asia/Tokyo', tokyo.add(inTokyo(start), hoursInSeconds(amount)))).toBe(
      expected,
    );
  });

  test('between(Fri 2026-11-20 11:30, Tue 2026-11-24 09:30) is 5 h', () => {
    expect(tokyo.between(inTokyo('2026-11-20T11:30'), inTokyo('2026-11-24T09:30'))).toBe(
      hoursInSeconds(5),
    );
  });

  test('8 h from Thu 2026-11-19 16:00, waiting from Fri 10:00 to Tue 2026-11-24 14:00, end Wed 12:00', () => {
    const elapsed = tokyo.between(inTokyo('2026-11-19T16:00'), inTokyo('2026-11-20T10:00'));
    expect(elapsed).toBe(hoursInSeconds(2));
    const due = tokyo.add(inTokyo('2026-11-24T14:00'), hoursInSeconds(8) - expectNoFault(elapsed));
    expect(formatWallClock('Asia/Tokyo', due)).toBe('2026-11-25 12:00:00');
  });

  test('75 % of those 8 h, had they never paused, have passed on Fri 2026-11-20 15:00', () => {
    const warning = tokyo.add(inTokyo('2026-11-19T16:00'), hoursInSeconds(8) * 0.75);
    expect(formatWallClock('Asia/Tokyo', warning)).toBe('2026-11-20 15:00:00');
  });

  test('8 h from Fri 2026-11-20 09:10 end Tue 2026-11-24 10:10, and 2 h end Fri 11:10', () => {
    const start = inTokyo('2026-11-20T09:10');
    expect(formatWallClock('Asia/Tokyo', tokyo.add(start, hoursInSeconds(8)))).toBe(
      '2026-11-24 10:10:00',
    );
    expect(formatWallClock('Asia/Tokyo', tokyo.add(start, hoursInSeconds(2)))).toBe(
      '2026-11-20 11:10:00',
    );
  });

  test('by Fri 2026-11-20 14:00 more than 2 h have passed since Fri 09:10', () => {
    const elapsed = tokyo.between(inTokyo('2026-11-20T09:10'), inTokyo('2026-11-20T14:00'));
    expect(elapsed).toBe(hoursInSeconds(3) + 50 * 60);
  });
});

describe("SLA.md's worked examples in America/New_York, Sunday 00:00-24:00", () => {
  const sundays = makeCalendar({ zone: 'America/New_York', week: { sun: ['00:00-24:00'] } });

  test.each([
    ['2026-03-08', '2026-03-08T00:00-05:00', '2026-03-09T00:00-04:00', 23],
    ['2026-11-01', '2026-11-01T00:00-04:00', '2026-11-02T00:00-05:00', 25],
  ])('between over %s counts the hours that the day has', (_, start, end, expected) => {
    expect(sundays.between(parseEpochSeconds(start), parseEpochSeconds(end))).toBe(
      hoursInSeconds(expected),
    );
  });

  test('add(2026-03-08 01:30, 1 h) is 03:30, one hour later by any clock that was not changed', () => {
    const due = sundays.add(parseEpochSeconds('2026-03-08T01:30-05:00'), hoursInSeconds(1));
    expect(formatWallClock('America/New_York', due)).toBe('2026-03-08 03:30:00');
  });
});

test('a calendar open at all times counts as a clock does', () => {
  const always = makeDailyCalendar('America/New_York', '00:00-24:00');
  expect(always.add(parseEpochSeconds('2026-03-07T12:00Z'), 12_345_678)).toBe(
    parseEpochSeconds('2026-03-07T12:00Z') + 12_345_678,
  );
});
