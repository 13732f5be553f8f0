import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AlarmSetting, playAlarms } from './breach/play-alarms.ts';

const minute = 60_000;
const minutes = 30;

const setting: fc.Arbitrary<AlarmSetting> = fc.record({
  at: fc.integer({ min: 0, max: (minutes - 10) * minute }),
  // Mostly around the edge of the look-ahead, where relay and sweep meet.
  dueIn: fc.oneof(
    fc.integer({ min: 0, max: 10 * minute }),
    fc.integer({ min: 2 * minute, max: 5 * minute }),
    fc.constantFrom(0, 1, 3 * minute, 3 * minute - 1, 4 * minute - 1, 4 * minute),
  ),
  lag: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 20_000 })),
});
const settings = fc.array(setting, { minLength: 1, maxLength: 40 });

/** One sweep at some instant of each minute. */
const everyMinute = fc
  .array(fc.integer({ min: 0, max: minute - 1 }), { minLength: minutes, maxLength: minutes })
  .map((within) => within.map((offset, at) => at * minute + offset));

describe('relay and sweep together', () => {
  it('have every alarm fire at its second, or at once when it reached them later', async () => {
    await fc.assert(
      fc.asyncProperty(settings, everyMinute, async (given, sweeps) => {
        for (const { at, lag, due, sent } of await playAlarms(given, sweeps)) {
          const first = Math.min(...sent.map(({ firesAt }) => firesAt));
          expect(first).toBeGreaterThanOrEqual(due);
          expect(first).toBeLessThan(Math.max(due, at + lag) + 1000);
        }
      }),
    );
  });

  it('send no alarm more than once each, and only those of one slot both', async () => {
    await fc.assert(
      fc.asyncProperty(settings, everyMinute, async (given, sweeps) => {
        for (const { sent, due } of await playAlarms(given, sweeps)) {
          const by = (who: string) => sent.filter((one) => one.by === who);
          expect(by('relay').length).toBeLessThanOrEqual(1);
          expect(by('sweep').length).toBeLessThanOrEqual(1);
          if (sent.length < 2) continue;
          // Both send it only where its slot was the last of the look-ahead.
          const [sweptAt] = by('sweep').map(({ at }) => Math.floor(at / minute));
          expect(sweptAt).toBe(Math.floor(due / minute) - 3);
        }
      }),
    );
  });

  it('lose nothing to an outage of the sweep: the first one after it sends all that is due', async () => {
    await fc.assert(
      fc.asyncProperty(
        settings,
        everyMinute,
        fc.integer({ min: 1, max: 10 }),
        fc.integer({ min: 2, max: 15 }),
        async (given, sweeps, from, length) => {
          const left = sweeps.filter((_, at) => at < from || at >= from + length);
          const back = left.find((at) => at >= (from + length) * minute) ?? 0;
          for (const { at, lag, due, sent } of await playAlarms(given, left)) {
            const first = Math.min(...sent.map(({ firesAt }) => firesAt));
            expect(first).toBeLessThan(Math.max(due, at + lag, due < back ? back : 0) + 1000);
          }
        },
      ),
    );
  });
});
