import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  alarmSlotOf,
  lastDispatchedSlotOf,
  roundDownAlarmDelay,
  roundUpAlarmDelay,
  startOfSlot,
} from '../../../core/inquiry/alarm-slots.ts';
import { addSeconds, type Instant, instantOf } from '../../../core/inquiry/values/ids.ts';
import { generatedInstant } from '../../support/generated-values.ts';

describe('slots', () => {
  it('are minutes: an instant lies in its slot, and each begins where the last ended', () => {
    fc.assert(
      fc.property(generatedInstant, (instant) => {
        const slot = alarmSlotOf(instant);
        expect(startOfSlot(slot) <= instant).toBe(true);
        expect(startOfSlot(slot + 1) > instant).toBe(true);
        expect(Date.parse(startOfSlot(slot + 1)) - Date.parse(startOfSlot(slot))).toBe(60_000);
      }),
    );
  });

  it('begin on the minute to the millisecond', () => {
    const minute = '2026-11-24T01:00:00.000Z' as Instant;
    expect(startOfSlot(alarmSlotOf(minute))).toBe(minute);
    expect(alarmSlotOf(addSeconds(minute, -0.001))).toBe(alarmSlotOf(minute) - 1);
  });

  it('are on their way for three minutes beyond the present one', () => {
    fc.assert(
      fc.property(generatedInstant, (now) => {
        const seconds =
          (Date.parse(startOfSlot(lastDispatchedSlotOf(now) + 1)) - Date.parse(now)) / 1000;
        expect(seconds).toBeGreaterThan(180);
        expect(seconds).toBeLessThanOrEqual(240);
      }),
    );
  });
});

describe('the delay', () => {
  it('never lets an alarm fire early or a second late, and is never longer than SQS allows', () => {
    fc.assert(
      fc.property(
        generatedInstant,
        fc.integer({ min: -100_000, max: 1_200_000 }),
        (now, milliseconds) => {
          const alarmAt = instantOf(Date.parse(now) + milliseconds);
          const delay = roundUpAlarmDelay(alarmAt, now);
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
          const delay = roundDownAlarmDelay(instantOf(Date.parse(now) + milliseconds), now);
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
    expect(roundUpAlarmDelay(now, now)).toBe(0);
    expect(roundUpAlarmDelay(addSeconds(now, -5), now)).toBe(0);
  });
});
