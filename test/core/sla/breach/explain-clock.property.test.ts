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
  let ended = 0;
  let paused = 0;
  let carried = 0;
  fc.assert(
    fc.property(generatedCase, (generated) => {
      for (const { clock, stretches, elapsed } of explainAllCycles(generated)) {
        const counted = stretches.reduce((sum, one) => sum + one.counted, 0);
        expect(clock.carried + counted).toBe(elapsed);
        if (clock.endedAt !== undefined) expect(elapsed).toBe(clock.elapsed);
        ended += clock.endedAt === undefined ? 0 : 1;
        paused += stretches.some(({ state }) => state === 'paused') ? 1 : 0;
        carried += clock.carried > 0 ? 1 : 0;
      }
    }),
    runs(30),
  );
  // The generated lives contain the cases in which the sum could go wrong.
  expect([ended, paused, carried].filter((count) => count === 0)).toEqual([]);
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
