import { describe, expect, test } from 'vitest';
import {
  compileCalendar,
  type EffectiveCalendarDefinition,
} from '../../../core/calendar/compile-calendar.ts';
import {
  expectNoFault,
  hoursInSeconds,
  makeCalendarVersion,
  makeWeek,
  parseEpochSeconds,
  tokyoOffice,
} from './calendars.ts';

const always = { zone: 'UTC', week: makeWeek(['00:00-24:00']) };
const never = { zone: 'UTC', week: {} };
const mornings = { zone: 'UTC', week: makeWeek(['00:00-12:00']) };
const day = (date: number) => parseEpochSeconds(`2026-11-${date}T00:00Z`);

/** The openings in November of a calendar of several versions. */
function openingsOf(...versions: [EffectiveCalendarDefinition, ...EffectiveCalendarDefinition[]]) {
  return expectNoFault(compileCalendar(versions).splitIntoIntervals(day(10), day(20)))
    .filter(({ open }) => open)
    .map(({ from, to }) => [
      new Date(from * 1000).toISOString().slice(8, 19),
      new Date(to * 1000).toISOString().slice(8, 19),
    ]);
}

describe('versions of a calendar', () => {
  test('the first is in force since ever, whatever it says', () => {
    const calendar = compileCalendar([makeCalendarVersion('2026-11-15T00:00Z', always)]);
    expect(calendar.isOpen(calendar.span.from)).toBe(true);
  });

  test('each is in force from its instant until that of the next', () => {
    const openings = openingsOf(
      makeCalendarVersion('2026-01-01T00:00Z', never),
      makeCalendarVersion('2026-11-12T00:00Z', always),
      makeCalendarVersion('2026-11-14T00:00Z', never),
    );
    expect(openings).toEqual([['12T00:00:00', '14T00:00:00']]);
  });

  test('one that was put for an earlier time replaces what had been put for later', () => {
    const openings = openingsOf(
      makeCalendarVersion('2026-01-01T00:00Z', never),
      makeCalendarVersion('2026-11-14T00:00Z', mornings),
      makeCalendarVersion('2026-11-12T00:00Z', always),
    );
    expect(openings).toEqual([['12T00:00:00', '20T00:00:00']]);
  });

  test('of two for one instant the later put holds', () => {
    const openings = openingsOf(
      makeCalendarVersion('2026-01-01T00:00Z', never),
      makeCalendarVersion('2026-11-12T00:00Z', mornings),
      makeCalendarVersion('2026-11-12T00:00Z', always),
    );
    expect(openings).toEqual([['12T00:00:00', '20T00:00:00']]);
  });

  test('one that is put for a time before the first cuts it there', () => {
    const openings = openingsOf(
      makeCalendarVersion('2026-11-15T00:00Z', always),
      makeCalendarVersion('2026-11-12T00:00Z', never),
    );
    expect(openings).toEqual([['10T00:00:00', '12T00:00:00']]);
  });

  test('a closure decided at noon ends the open interval to the second', () => {
    const calendar = compileCalendar([
      makeCalendarVersion('2026-01-01T00:00Z', tokyoOffice),
      makeCalendarVersion('2026-11-19T14:07:31+09:00', {
        ...tokyoOffice,
        overrides: [{ date: '2026-11-19', intervals: ['09:00-12:00'], note: 'typhoon' }],
      }),
    ]);
    const [opened, next] = [
      parseEpochSeconds('2026-11-19T13:00+09:00'),
      parseEpochSeconds('2026-11-20T09:00+09:00'),
    ];
    expect(calendar.between(opened, next)).toBe(hoursInSeconds(1) + 7 * 60 + 31);
    // Time that had passed that day still counts: the closure is not applied to it.
    expect(calendar.isOpen(opened)).toBe(true);
    expect(calendar.add(opened, hoursInSeconds(2))).toBe(next + hoursInSeconds(1) - 7 * 60 - 31);
  });

  test('an opening decided during the day begins at that second', () => {
    const openings = openingsOf(
      makeCalendarVersion('2026-01-01T00:00Z', never),
      makeCalendarVersion('2026-11-12T09:30:15Z', mornings),
      makeCalendarVersion('2026-11-13T00:00Z', never),
    );
    expect(openings).toEqual([['12T09:30:15', '12T12:00:00']]);
  });

  test('an interval that both versions have goes on without a break', () => {
    const openings = openingsOf(
      makeCalendarVersion('2026-01-01T00:00Z', mornings),
      makeCalendarVersion('2026-11-12T06:00Z', {
        ...mornings,
        holidays: { add: [{ date: '2026-11-13' }] },
      }),
      makeCalendarVersion('2026-11-12T20:00Z', never),
    );
    expect(openings.at(-1)).toEqual(['12T00:00:00', '12T12:00:00']);
  });

  test('the zone may change: each reads the wall of its own', () => {
    const nine = { week: makeWeek(['09:00-17:00']) };
    const calendar = compileCalendar([
      makeCalendarVersion('2026-01-01T00:00Z', { ...nine, zone: 'Asia/Tokyo' }),
      makeCalendarVersion('2026-11-12T12:00Z', { ...nine, zone: 'America/New_York' }),
    ]);
    expect(calendar.nextOpening(day(12))).toBe(day(12));
    // Closed in Tokyo at 08:00Z; opens in New York at 14:00Z on the same day.
    expect(calendar.nextOpening(parseEpochSeconds('2026-11-12T08:00Z'))).toBe(
      parseEpochSeconds('2026-11-12T14:00Z'),
    );
    expect(calendar.between(day(12), day(13))).toBe(hoursInSeconds(8 + 8));
    expect(calendar.zoneAt(parseEpochSeconds('2026-11-12T11:59:59Z'))).toBe('Asia/Tokyo');
    expect(calendar.zoneAt(parseEpochSeconds('2026-11-12T12:00Z'))).toBe('America/New_York');
  });

  test('the zone in force is known beyond the span too', () => {
    const calendar = compileCalendar([
      makeCalendarVersion('2026-01-01T00:00Z', always),
      makeCalendarVersion('2026-11-12T12:00Z', tokyoOffice),
    ]);
    expect(calendar.zoneAt(parseEpochSeconds('1970-01-01T00:00Z'))).toBe('UTC');
    expect(calendar.zoneAt(parseEpochSeconds('2100-01-01T00:00Z'))).toBe('Asia/Tokyo');
  });

  test('from a fraction of a second on, none can be in force', () => {
    const broken = { ...makeCalendarVersion('2026-11-12T00:00Z', always), from: 0.5 };
    expect(() =>
      compileCalendar([makeCalendarVersion('2026-01-01T00:00Z', always), broken]),
    ).toThrow(RangeError);
  });
});
