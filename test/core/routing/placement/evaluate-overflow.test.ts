import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OverflowSettings } from '../../../../core/inquiry/terms/desk-settings.ts';
import {
  evaluateOverflow,
  type OverflowLoad,
} from '../../../../core/routing/placement/evaluate-overflow.ts';

const overflow = (enter: object, leave: object) =>
  OverflowSettings.parse({ to: 'staff', enter, leave });
const quiet: OverflowLoad = { depth: 0, oldestMinutes: 0, waitMinutes: 0 };

/** The states after each of a series of loads, beginning without overflow. */
function states(settings: OverflowSettings, series: readonly OverflowLoad[]): boolean[] {
  let active = false;
  return series.map((load) => {
    active = evaluateOverflow(active, settings, load).active;
    return active;
  });
}

describe('an overflow', () => {
  const settings = overflow(
    { depth: 20, oldestMinutes: 60, waitMinutes: 90 },
    { depth: 10, oldestMinutes: 30, waitMinutes: 45 },
  );

  it.each<[string, boolean, Partial<OverflowLoad>, boolean, readonly string[]]>([
    ['begins when one measure reaches its level', false, { depth: 20 }, true, ['depth']],
    ['does not begin just below', false, { depth: 19, oldestMinutes: 59 }, false, []],
    [
      'names each measure that is reached',
      false,
      { depth: 20, waitMinutes: 90 },
      true,
      ['depth', 'waitMinutes'],
    ],
    [
      'does not end while one is above its lower level',
      true,
      { oldestMinutes: 31 },
      true,
      ['oldestMinutes'],
    ],
    [
      'ends when all have fallen',
      true,
      { depth: 10, oldestMinutes: 30, waitMinutes: 45 },
      false,
      [],
    ],
    ['does not begin by a wait that cannot be told', false, { waitMinutes: undefined }, false, []],
    ['does not end by one either', true, { waitMinutes: undefined }, true, ['waitMinutes']],
  ])('%s', (_, before, load, active, by) => {
    expect(evaluateOverflow(before, settings, { ...quiet, ...load } as OverflowLoad)).toEqual({
      active,
      by,
    });
  });

  it('goes by no measure that it does not name', () => {
    const byDepth = overflow({ depth: 5 }, { depth: 2 });
    expect(evaluateOverflow(false, byDepth, { ...quiet, waitMinutes: 9999 }).active).toBe(false);
    expect(evaluateOverflow(true, byDepth, { depth: 2, oldestMinutes: 9999 }).active).toBe(false);
  });

  const twoLevels = fc
    .record({ leave: fc.integer({ min: 0, max: 50 }), gap: fc.integer({ min: 2, max: 50 }) })
    .map(({ leave, gap }) => ({ leave, enter: leave + gap }));

  it('never changes while loads stay between its thresholds', () => {
    fc.assert(
      fc.property(
        twoLevels,
        twoLevels,
        fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 50 }),
        fc.boolean(),
        (depth, oldest, series, active) => {
          const both = overflow(
            { depth: depth.enter, oldestMinutes: oldest.enter },
            { depth: depth.leave, oldestMinutes: oldest.leave },
          );
          const within = ({ enter, leave }: typeof depth, at: number) =>
            leave + 1 + (at % (enter - leave - 1));
          for (const [one, other] of series) {
            const load = { depth: within(depth, one), oldestMinutes: within(oldest, other) };
            expect(evaluateOverflow(active, both, load).active).toBe(active);
          }
        },
      ),
    );
  });

  it('changes no more often than a load goes all the way between its thresholds', () => {
    fc.assert(
      fc.property(
        twoLevels,
        fc.array(fc.integer({ min: -8, max: 8 }), { minLength: 1, maxLength: 400 }),
        ({ enter, leave }, steps) => {
          let depth = leave;
          const walk = steps.map((step) => {
            depth = Math.max(0, depth + step);
            return depth;
          });
          const after = states(
            overflow({ depth: enter }, { depth: leave }),
            walk.map((one) => ({ ...quiet, depth: one })),
          );
          let changes = 0;
          for (const [at, state] of after.entries()) {
            if (state !== (after[at - 1] ?? false)) changes += 1;
          }
          type Side = 'high' | 'low';
          let side: Side = 'low';
          let crossings = 0;
          for (const one of walk) {
            const now: Side = one >= enter ? 'high' : one <= leave ? 'low' : side;
            if (now !== side) crossings += 1;
            side = now;
          }
          expect(changes).toBe(crossings);
        },
      ),
    );
  });
});
