import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isCalendarFault } from '../../../core/calendar/calendar.ts';
import { compileCalendar } from '../../../core/calendar/compile-calendar.ts';
import { SlowCalendar } from '../../support/slow-calendar.ts';
import { runs } from '../../support/volumes.ts';
import { expectNoFault } from './calendars.ts';
import { generatedCalendarQuestion } from './generated-calendars.ts';

const amount = fc.oneof(fc.integer({ min: 0, max: 200_000 }), fc.integer({ min: 0, max: 20 }));
const slowly = runs(40);

describe('a calendar, over generated versions around days that are not as others', () => {
  test('counts between two instants what the slow reference counts second by second', () => {
    fc.assert(
      fc.property(generatedCalendarQuestion, ({ versions, instants: [start, , end] }) => {
        const slow = new SlowCalendar(versions);
        expect(compileCalendar(versions).between(start, end)).toBe(slow.between(start, end));
      }),
      slowly,
    );
  });

  test('adds as the slow reference does, second by second', () => {
    fc.assert(
      fc.property(
        generatedCalendarQuestion,
        amount,
        ({ versions, instants: [start, , end] }, seconds) => {
          const answer = compileCalendar(versions).add(start, seconds);
          const expected = new SlowCalendar(versions).add(start, seconds, end);
          if (expected === undefined) expect(isCalendarFault(answer) || answer > end).toBe(true);
          else expect(answer).toBe(expected);
        },
      ),
      slowly,
    );
  });

  test('opens next when the slow reference does, and is open when it is', () => {
    fc.assert(
      fc.property(generatedCalendarQuestion, ({ versions, instants: [start, middle, end] }) => {
        const calendar = compileCalendar(versions);
        const slow = new SlowCalendar(versions);
        for (const instant of [start, middle, end]) {
          expect(calendar.isOpen(instant)).toBe(slow.isOpen(instant));
        }
        const answer = calendar.nextOpening(start);
        const expected = slow.nextOpening(start, end);
        if (expected === undefined) expect(isCalendarFault(answer) || answer >= end).toBe(true);
        else expect(answer).toBe(expected);
      }),
      slowly,
    );
  });

  test('parts time into alternating stretches whose open ones are open and whose sum is between', () => {
    fc.assert(
      fc.property(generatedCalendarQuestion, ({ versions, instants: [start, , end] }) => {
        const calendar = compileCalendar(versions);
        const slow = new SlowCalendar(versions);
        const stretches = expectNoFault(calendar.splitIntoIntervals(start, end));
        let [until, counted] = [start, 0];
        let before: boolean | undefined;
        for (const { from, to, open } of stretches) {
          expect(from).toBe(until);
          expect(to).toBeGreaterThan(from);
          expect(open).not.toBe(before);
          expect([slow.isOpen(from), slow.isOpen(to - 1)]).toEqual([open, open]);
          [until, before] = [to, open];
          if (open) counted += to - from;
        }
        expect(until).toBe(end);
        expect(counted).toBe(calendar.between(start, end));
      }),
    );
  });

  test('has passed exactly what was added, wherever it started', () => {
    fc.assert(
      fc.property(generatedCalendarQuestion, amount, ({ versions, instants: [start] }, seconds) => {
        const calendar = compileCalendar(versions);
        const due = calendar.add(start, seconds);
        fc.pre(!isCalendarFault(due));
        expect(calendar.between(start, due)).toBe(seconds);
        // It is the earliest such instant: the second before it was business time.
        if (seconds > 0) expect(calendar.isOpen(due - 1)).toBe(true);
      }),
    );
  });

  test('is never due earlier for a later start or a larger amount', () => {
    fc.assert(
      fc.property(
        generatedCalendarQuestion,
        amount,
        amount,
        ({ versions, instants: [start, later] }, one, other) => {
          const calendar = compileCalendar(versions);
          const dueAt = (instant: number, seconds: number) => {
            const due = calendar.add(instant, seconds);
            return isCalendarFault(due) ? Number.POSITIVE_INFINITY : due;
          };
          expect(dueAt(start, one)).toBeLessThanOrEqual(dueAt(later, one));
          expect(dueAt(start, one)).toBeLessThanOrEqual(dueAt(start, one + other));
          expect(dueAt(start, one)).toBeGreaterThanOrEqual(start + one);
        },
      ),
    );
  });

  test('counts a time as the sum of its parts, and adds amounts one after the other', () => {
    fc.assert(
      fc.property(
        generatedCalendarQuestion,
        amount,
        amount,
        ({ versions, instants }, one, other) => {
          const calendar = compileCalendar(versions);
          const [start, middle, end] = instants;
          const between = (from: number, to: number) => expectNoFault(calendar.between(from, to));
          expect(between(start, middle) + between(middle, end)).toBe(between(start, end));
          expect(between(start, end)).toBeLessThanOrEqual(end - start);
          const first = calendar.add(start, one);
          fc.pre(!isCalendarFault(first));
          // What remains after a part is due when the whole is.
          const [inTwo, atOnce] = [calendar.add(first, other), calendar.add(start, one + other)];
          if (isCalendarFault(inTwo)) expect(atOnce).toMatchObject({ fault: inTwo.fault });
          else expect(inTwo).toBe(other === 0 ? first : atOnce);
        },
      ),
    );
  });

  test('answers any numbers at all, by a whole number or a fault', () => {
    const any = fc.oneof(fc.double(), fc.integer(), fc.maxSafeInteger());
    fc.assert(
      fc.property(generatedCalendarQuestion, any, any, ({ versions }, one, other) => {
        const calendar = compileCalendar(versions);
        const answers = [
          calendar.add(one, other),
          calendar.between(one, other),
          calendar.nextOpening(one),
        ];
        for (const answer of answers) {
          expect(isCalendarFault(answer) || Number.isSafeInteger(answer)).toBe(true);
        }
        const open = calendar.isOpen(one);
        expect(isCalendarFault(open) || typeof open === 'boolean').toBe(true);
        expect(calendar.zoneAt(one)).toMatch(/^[A-Z]/);
      }),
    );
  });
});
