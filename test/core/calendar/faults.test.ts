import { describe, expect, test } from 'vitest';
import { type CalendarFault, isCalendarFault } from '../../../core/calendar/calendar.ts';
import { makeCalendar, makeDailyCalendar, parseEpochSeconds, tokyoOffice } from './calendars.ts';

const tokyo = makeCalendar(tokyoOffice);
const { from, until } = tokyo.span;
const now = parseEpochSeconds('2026-11-20T10:00+09:00');
const year = 366 * 86_400;
const faultOf = (answer: unknown) => (isCalendarFault(answer) ? answer.fault : answer);

const closed = makeCalendar({ zone: 'Asia/Tokyo', week: {} });
const opensOnce = makeCalendar({
  zone: 'UTC',
  week: {},
  overrides: [{ date: '2026-11-21', intervals: ['09:00-12:00'] }],
});

describe('a calendar refuses', () => {
  test.each<[string, unknown, CalendarFault['fault']]>([
    ['a negative amount', tokyo.add(now, -1), 'calendar.negative-input'],
    ['an end before its start', tokyo.between(now, now - 1), 'calendar.negative-input'],
    ['stretches that end first', tokyo.splitIntoIntervals(now, now - 1), 'calendar.negative-input'],
    ['half a second', tokyo.add(now, 0.5), 'calendar.not-whole-seconds'],
    ['an amount that is no number', tokyo.add(now, Number.NaN), 'calendar.not-whole-seconds'],
    ['an endless amount', tokyo.add(now, Infinity), 'calendar.not-whole-seconds'],
    ['a start that is no number', tokyo.add(Number.NaN, 1), 'calendar.not-whole-seconds'],
    ['an endless time', tokyo.between(now, Infinity), 'calendar.not-whole-seconds'],
    ['a time since ever', tokyo.between(-Infinity, now), 'calendar.not-whole-seconds'],
    [
      'stretches of half a second',
      tokyo.splitIntoIntervals(now, now + 0.5),
      'calendar.not-whole-seconds',
    ],
    ['the middle of a second', tokyo.isOpen(now + 0.5), 'calendar.not-whole-seconds'],
    ['an opening after no number', tokyo.nextOpening(Number.NaN), 'calendar.not-whole-seconds'],
    ['a start before the span', tokyo.add(from - 1, 1), 'calendar.beyond-span'],
    ['a start after the span', tokyo.add(until + 1, 0), 'calendar.beyond-span'],
    ['milliseconds taken for seconds', tokyo.add(now * 1000, 60), 'calendar.beyond-span'],
    ['a time from before the span', tokyo.between(from - 1, now), 'calendar.beyond-span'],
    ['a time to after the span', tokyo.between(now, until + 1), 'calendar.beyond-span'],
    [
      'stretches to after the span',
      tokyo.splitIntoIntervals(now, until + 1),
      'calendar.beyond-span',
    ],
    ['the second before the span', tokyo.isOpen(from - 1), 'calendar.beyond-span'],
    ['the second after the span', tokyo.isOpen(until), 'calendar.beyond-span'],
    ['an opening after the span', tokyo.nextOpening(until), 'calendar.beyond-span'],
    ['an amount that ends after the span', tokyo.add(now, 60 * year), 'calendar.beyond-span'],
    ['the next opening, past the span', tokyo.nextOpening(until - 1), 'calendar.beyond-span'],
    ['any amount, never open', closed.add(now, 1), 'calendar.never-open'],
    ['an opening, never open', closed.nextOpening(now), 'calendar.never-open'],
    ['more than it ever opens', opensOnce.add(now, 3 * 3600 + 1), 'calendar.never-open'],
    [
      'an opening after its last',
      opensOnce.nextOpening(parseEpochSeconds('2026-11-21T12:00Z')),
      'calendar.never-open',
    ],
  ])('%s', (_, answer, expected) => {
    expect(faultOf(answer)).toBe(expected);
  });

  test('an opening after the span that only an override will bring as beyond its knowledge', () => {
    const late = makeCalendar({
      zone: 'UTC',
      week: {},
      overrides: [{ date: '2046-01-01', intervals: ['09:00-12:00'] }],
    });
    expect(faultOf(late.add(now, 1))).toBe('calendar.beyond-span');
  });

  test('with a detail that says which number is at fault', () => {
    expect(tokyo.add(now, -5)).toMatchObject({ detail: expect.stringContaining('-5') });
    expect(tokyo.isOpen(until + 7)).toMatchObject({
      detail: expect.stringContaining(String(until + 7)),
    });
  });
});

describe('at the edges of what it can answer, a calendar', () => {
  const always = makeDailyCalendar('Asia/Tokyo', '00:00-24:00');

  test('knows 2020 to 2044', () => {
    expect(always.span).toEqual({
      from: parseEpochSeconds('2020-01-01T00:00Z'),
      until: parseEpochSeconds('2045-01-01T00:00Z'),
    });
  });

  test('counts the whole span, to its last second', () => {
    expect(always.between(from, until)).toBe(until - from);
    expect(always.add(from, until - from)).toBe(until);
    expect(faultOf(always.add(from, until - from + 1))).toBe('calendar.beyond-span');
    expect(always.isOpen(until - 1)).toBe(true);
  });

  test('adds nothing and spans nothing where the span ends', () => {
    expect(always.add(until, 0)).toBe(until);
    expect(always.between(until, until)).toBe(0);
  });

  test('supplies exactly what it ever opens', () => {
    expect(opensOnce.add(now, 3 * 3600)).toBe(parseEpochSeconds('2026-11-21T12:00Z'));
  });

  test('never open, still answers what needs no opening', () => {
    expect(closed.add(now, 0)).toBe(now);
    expect(closed.between(from, until)).toBe(0);
    expect(closed.isOpen(now)).toBe(false);
    expect(closed.splitIntoIntervals(from, until)).toEqual([{ from, to: until, open: false }]);
  });
});

test('an answer is no fault, whatever it is', () => {
  const answers = [0, false, [], undefined, null, { fault: 'work.not-waiting' }, {}];
  expect(answers.filter(isCalendarFault)).toEqual([]);
});
