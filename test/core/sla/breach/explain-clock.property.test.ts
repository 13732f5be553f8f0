import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ClockName } from '../../../../core/inquiry/clock/clock.ts';
import { decideDueAlarms } from '../../../../core/inquiry/decide-and-append.ts';
import {
  type ClockExplanation,
  explainCycle,
  gatherCycleHistory,
} from '../../../../core/sla/breach/explain-clock.ts';
import { runs } from '../../../support/volumes.ts';
import { type GeneratedCase, generatedCase } from './generated-case.ts';

/** The explanations of all cycles of all clocks of a life. */
function explainAllCycles({
  scenario,
  terms,
  now,
}: GeneratedCase): Omit<ClockExplanation, 'inquiryId' | 'number'>[] {
  const fired = decideDueAlarms(scenario.loaded, terms, now).events;
  const cycles = new Set(
    [...scenario.events, ...fired].flatMap(({ clocks }) =>
      (clocks ?? []).map(({ clock, cycle }) => `${clock} ${cycle}`),
    ),
  );
  return [...cycles].flatMap((cycleName) => {
    const [clock, cycle] = cycleName.split(' ');
    const history = gatherCycleHistory(
      ClockName.parse(clock),
      Number(cycle),
      scenario.events,
      fired,
    );
    return history === undefined ? [] : [explainCycle(history, terms.serviceLevels, now)];
  });
}

test('what the stretches of any cycle add up to is its elapsed time, to the second', () => {
  fc.assert(
    fc.property(generatedCase, (generated) => {
      for (const { clock, stretches, elapsed } of explainAllCycles(generated)) {
        const counted = stretches.reduce((sum, one) => sum + one.counted, 0);
        expect(clock.carried + counted).toBe(elapsed);
        if (clock.endedAt !== undefined) expect(elapsed).toBe(clock.elapsed);
      }
    }),
    runs(30),
  );
});

test('the generated lives contain the cases in which the sum could go wrong', () => {
  // A seed, since a few random lives may lack one of the cases.
  const cycles = fc.sample(generatedCase, { numRuns: 60, seed: 11 }).flatMap(explainAllCycles);
  expect(cycles.some(({ clock }) => clock.endedAt !== undefined)).toBe(true);
  expect(cycles.some(({ clock }) => clock.carried > 0)).toBe(true);
  expect(cycles.some(({ stretches }) => stretches.some(({ state }) => state === 'paused'))).toBe(
    true,
  );
});

test('the stretches of any cycle go from its start to its end or now, without gaps or repetition', () => {
  fc.assert(
    fc.property(generatedCase, (generated) => {
      for (const { clock, stretches, asOf } of explainAllCycles(generated)) {
        let behind: string = clock.startedAt;
        let state: string | undefined;
        for (const stretch of stretches) {
          expect(stretch.from).toBe(behind);
          expect(stretch.to > stretch.from).toBe(true);
          expect(stretch.state).not.toBe(state);
          const seconds = (Date.parse(stretch.to) - Date.parse(stretch.from)) / 1000;
          expect(stretch.counted).toBe(stretch.state === 'counting' ? seconds : 0);
          ({ to: behind, state } = stretch);
        }
        expect(behind).toBe(clock.endedAt ?? asOf);
      }
    }),
    runs(15),
  );
});
