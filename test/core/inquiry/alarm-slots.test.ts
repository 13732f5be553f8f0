import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  delayBefore,
  delayUntil,
  horizonOf,
  slotOf,
  slotStart,
} from '../../../core/inquiry/alarm-slots.ts';
import { type Instant, instantOf, plusSeconds } from '../../../core/inquiry/values/ids.ts';
import { generatedInstant } from '../../support/generated-values.ts';

describe('slots', () => {
  it('are minutes: an instant lies in its slot, and each begins where the last ended', () => {
    fc.assert(
      fc.property(generatedInstant, (instant) => {
        const slot = slotOf(instant);
        expect(slotStart(slot) <= instant).toBe(true);
        expect(slotStart(slot + 1) > instant).toBe(true);
        expect(Date.parse(slotStart(slot + 1)) - Date.parse(slotStart(slot))).toBe(60_000);
      }),
    );
  });

  it('begin on the minute to the millisecond', () => {
    const minute = '2026-11-24T01:00:00.000Z' as Instant;
    expect(slotStart(slotOf(minute))).toBe(minute);
    expect(slotOf(plusSeconds(minute, -0.001))).toBe(slotOf(minute) - 1);
  });

  it('are on their way for three minutes beyond the present one', () => {
    fc.assert(
      fc.property(generatedInstant, (now) => {
        const seconds = (Date.parse(slotStart(horizonOf(now) + 1)) - Date.parse(now)) / 1000;
        expect(seconds).toBeGreaterThan(180);
        expect(seconds).toBeLessThanOrEqual(240);
      }),
    );
  });
});

describe('the delay', () => {
  it('never rings early, nor a second late, nor is it more than SQS takes', () => {
    fc.assert(
      fc.property(
        generatedInstant,
        fc.integer({ min: -100_000, max: 1_200_000 }),
        (now, milliseconds) => {
          const alarmAt = instantOf(Date.parse(now) + milliseconds);
          const delay = delayUntil(alarmAt, now);
          expect(Number.isInteger(delay) && delay >= 0 && delay <= 900).toBe(true);
          if (milliseconds > 0 && milliseconds <= 900_000) {
            expect(delay * 1000 - milliseconds).toBeGreaterThanOrEqual(0);
            expect(delay * 1000 - milliseconds).toBeLessThan(1000);
          }
        },
      ),
    );
  });

  it('before the ringer waits is less than a second short, and never too long', () => {
    fc.assert(
      fc.property(
        generatedInstant,
        fc.integer({ min: -100_000, max: 1_200_000 }),
        (now, milliseconds) => {
          const delay = delayBefore(instantOf(Date.parse(now) + milliseconds), now);
          expect(Number.isInteger(delay) && delay >= 0 && delay <= 900).toBe(true);
          if (milliseconds > 0 && milliseconds <= 900_000) {
            expect(milliseconds - delay * 1000).toBeGreaterThanOrEqual(0);
            expect(milliseconds - delay * 1000).toBeLessThan(1000);
          }
        },
      ),
    );
  });

  it('is none for what is due', () => {
    const now = '2026-11-24T01:00:00.000Z' as Instant;
    expect(delayUntil(now, now)).toBe(0);
    expect(delayUntil(plusSeconds(now, -5), now)).toBe(0);
  });
});
