import { describe, expect, test } from 'vitest';
import { CalendarDefinition, CalendarId } from '../../../core/calendar/calendar-definition.ts';
import { tokyoOffice } from './calendars.ts';

/** The pointers and messages with which a definition is refused; none when it is accepted. */
function complaints(change: object): string[] {
  const { error } = CalendarDefinition.safeParse({ ...tokyoOffice, ...change });
  return (error?.issues ?? []).map(({ path, message }) => `/${path.join('/')} ${message}`);
}

describe('a definition of a calendar', () => {
  test('is accepted as it is written, with what it leaves out', () => {
    expect(CalendarDefinition.parse(tokyoOffice)).toEqual({
      ...tokyoOffice,
      holidays: { feed: 'jp', add: [], except: [] },
      overrides: [],
    });
    expect(CalendarDefinition.parse({ zone: 'UTC', week: {} })).toEqual({
      zone: 'UTC',
      week: {},
      holidays: { add: [], except: [] },
      overrides: [],
    });
  });

  test('is the same when it is read again', () => {
    const parsed = CalendarDefinition.parse(tokyoOffice);
    expect(CalendarDefinition.parse(parsed)).toEqual(parsed);
  });

  test.each([
    ['asia/tokyo', 'Asia/Tokyo'],
    ['utc', 'UTC'],
    ['Asia/Kolkata', 'Asia/Kolkata'],
    ['EUROPE/LONDON', 'Europe/London'],
    ['etc/gmt+9', 'Etc/GMT+9'],
  ])('spells the zone %s as %s', (written, zone) => {
    expect(CalendarDefinition.parse({ ...tokyoOffice, zone: written }).zone).toBe(zone);
  });

  test.each(['Asia/Tokio', 'JST', '', '+09:00', 'Asia/Tokyo ', 'Mars/Base', '9'])(
    'refuses %j, which is no zone',
    (zone) => {
      expect(complaints({ zone })).toEqual(['/zone is no IANA time zone']);
    },
  );

  test.each([
    '9:00-12:00',
    '09:00',
    '09:00–12:00',
    '24:00-24:00',
    '09:00-24:01',
    '09:60-10:00',
    '09:00-12:00:00',
    ' 09:00-12:00',
  ])('refuses %j, which is no interval', (text) => {
    expect(complaints({ week: { mon: ['08:00-09:00', text] } })).toEqual([
      '/week/mon/1 is not HH:MM-HH:MM',
    ]);
  });

  test.each(['12:00-09:00', '09:00-09:00', '22:00-06:00', '22:00-00:00'])(
    'refuses %s, which closes before it has opened',
    (text) => {
      expect(complaints({ week: { fri: [text] } })).toEqual([
        expect.stringMatching(/^\/week\/fri\/0 closes before it has opened/),
      ]);
    },
  );

  test.each([
    [['09:00-12:00', '11:59-13:00'], '/week/tue/1 overlaps 09:00-12:00'],
    [['11:59-13:00', '09:00-12:00'], '/week/tue/1 overlaps 09:00-12:00'],
    [['09:00-17:00', '08:00-09:00', '10:00-11:00'], '/week/tue/2 overlaps 09:00-17:00'],
    [['09:00-12:00', '09:00-12:00'], '/week/tue/1 overlaps 09:00-12:00'],
  ])('refuses %j, which overlap', (tue, complaint) => {
    expect(complaints({ week: { tue } })).toEqual([complaint]);
  });

  test('accepts intervals that touch, that close at 24:00, and in any order', () => {
    const mon = ['20:00-24:00', '00:00-09:00', '09:00-12:00'];
    expect(
      complaints({ week: { mon }, overrides: [{ date: '2026-11-21', intervals: mon }] }),
    ).toEqual([]);
  });

  test('refuses overlapping intervals of an override too', () => {
    const overrides = [
      { date: '2026-11-20', intervals: [] },
      { date: '2026-11-21', intervals: ['09:00-12:00', '10:00-11:00'] },
    ];
    expect(complaints({ overrides })).toEqual(['/overrides/1/intervals/1 overlaps 09:00-12:00']);
  });

  test('refuses two overrides of a day', () => {
    const overrides = ['2026-11-20', '2026-11-21', '2026-11-20'].map((date) => ({
      date,
      intervals: [],
    }));
    expect(complaints({ overrides })).toEqual([
      '/overrides/2/date 2026-11-20 has an override already',
    ]);
  });

  test('refuses a day that is added to the holidays and excepted from them', () => {
    const holidays = { add: [{ date: '2026-11-20' }], except: ['2026-11-23', '2026-11-20'] };
    expect(complaints({ holidays })).toEqual([
      '/holidays/except/1 2026-11-20 is added and excepted',
    ]);
  });

  test.each([
    [{ holidays: { except: ['2026-02-29'] } }, '/holidays/except/0'],
    [{ holidays: { add: [{ date: '20261120' }] } }, '/holidays/add/0/date'],
    [{ overrides: [{ date: '2026-11-31', intervals: [] }] }, '/overrides/0/date'],
    [{ holidays: { feed: 'us' } }, '/holidays/feed'],
    [{ week: { monday: [] } }, '/week'],
    [{ week: undefined }, '/week'],
    [{ closed: true }, '/'],
  ])('refuses %j and points there', (change, pointer) => {
    expect(complaints(change).map((complaint) => complaint.split(' ')[0])).toEqual([pointer]);
  });

  test('holds no more than a thousand overrides', () => {
    const overrides = Array.from({ length: 1001 }, (_, index) => ({
      date: new Date(Date.UTC(2026, 0, 1 + index)).toISOString().slice(0, 10),
      intervals: [],
    }));
    expect(complaints({ overrides: overrides.slice(0, 1000) })).toEqual([]);
    expect(complaints({ overrides })).toHaveLength(1);
  });
});

describe('the id of a calendar', () => {
  test.each(['tokyo-office', 'a', 'x'.repeat(32)])('may be %s', (id) => {
    expect(CalendarId.safeParse(id).success).toBe(true);
  });

  test.each(['', 'Tokyo', '1st', '-x', 'a_b', 'x'.repeat(33), 'a b'])('may not be %j', (id) => {
    expect(CalendarId.safeParse(id).success).toBe(false);
  });
});
