import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DynamoOverflowStates } from '../../../../adapters/dynamo/routing/dynamo-overflow-states.ts';
import { DeskId, type Instant } from '../../../../core/inquiry/values/ids.ts';
import { DeskObserver } from '../../../../core/routing/observation/desk-observer.ts';
import { placeInquiry } from '../../../../core/routing/placement/place-inquiry.ts';
import { bpo } from '../../../core/help-desk.ts';
import {
  makePlacementInput,
  makeTermsWithSettings,
} from '../../../core/routing/placement/placement-fixture.ts';
import { type StartedDynamo, startDynamo } from '../../../support/start-dynamo.ts';
import { runs } from '../../../support/volumes.ts';

const at = '2026-11-24T01:00:00.000Z' as Instant;
let dynamo: StartedDynamo;
let states: DynamoOverflowStates;
beforeAll(async () => {
  dynamo = await startDynamo();
  states = new DynamoOverflowStates(dynamo.table);
});
afterAll(() => dynamo.stop());

const desk = (name: string) => DeskId.parse(name);

test('an overflow is inactive until it is changed, and then as it was changed', async () => {
  const bpo = desk('turned');
  expect(await states.read(bpo)).toEqual({ active: false, revision: 0 });
  expect(await states.change({ desk: bpo, active: true, measure: 'depth' }, 0, at)).toBe(true);
  expect(await states.read(bpo)).toEqual({ active: true, revision: 1 });
  expect(await states.change({ desk: bpo, active: false, measure: 'depth' }, 1, at)).toBe(true);
  expect(await states.read(bpo)).toEqual({ active: false, revision: 2 });
  expect(await states.read(desk('staff'))).toEqual({ active: false, revision: 0 });
});

test('of many who change it at once one succeeds, and nobody who read it before another change', async () => {
  const bpo = desk('contended');
  const change = (revision: number, active: boolean) =>
    states.change({ desk: bpo, active, measure: 'depth' }, revision, at);
  const changes = await Promise.all(Array.from({ length: 12 }, () => change(0, true)));
  expect(changes.filter(Boolean)).toHaveLength(1);
  expect(await change(0, true)).toBe(false);
  expect(await change(1, false)).toBe(true);
  expect(await change(1, true)).toBe(false);
  expect(await states.read(bpo)).toEqual({ active: false, revision: 2 });
});

test('routers that interleave in any way do not make it flap', async () => {
  const overflow = { to: 'staff', enter: { depth: 20 }, leave: { depth: 10 } };
  const terms = makeTermsWithSettings({ desks: { bpo: { overflow } } });
  // The load rises once and falls once, so the overflow may change twice at most.
  const loads = [4, 20, 31, 15, 10, 3];
  const histories: number[] = [];
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      // Each run has a desk item of its own, behind the one desk that is configured.
      const here = desk(`run-${histories.length}`);
      let minute = 0;
      let elapsed = 0;
      let changes = 0;
      const router = async () => {
        const observer = new DeskObserver({
          index: {
            depth: scheduler.scheduleFunction(async () => ({ depth: loads[minute] ?? 0 })),
            page: async () => ({ inquiries: [] }),
          },
          people: { byRole: async () => [] },
          overflows: {
            read: scheduler.scheduleFunction(() => states.read(here)),
            change: scheduler.scheduleFunction((change, revision) =>
              states.change({ ...change, desk: here }, revision, at),
            ),
          },
          volumes: { count: async () => 0 },
          // Ten seconds pass with each look, so nothing in the cache stays fresh.
          elapsed: () => (elapsed += 10_000),
        });
        for (let round = 0; round < 6; round += 1) {
          const seen = (await observer.observeDesks([bpo], terms, at)).get(bpo);
          if (seen === undefined) throw new TypeError('it is not seen');
          const observed = { desks: { [bpo]: seen.observed } };
          const placed = placeInquiry(makePlacementInput({ observed }), terms);
          for (const change of placed?.overflowChanges.filter((one) => one.desk === bpo) ?? []) {
            if (await observer.changeOverflow(change, seen, at)) changes += 1;
          }
        }
      };
      const time = async () => {
        for (; minute < loads.length - 1; minute += 1) await scheduler.schedule(Promise.resolve());
      };
      await scheduler.waitFor(Promise.all([router(), router(), router(), time()]));
      histories.push(changes);
      expect(changes).toBeLessThanOrEqual(2);
    }),
    runs(20),
  );
  expect(Math.max(...histories)).toBe(2);
});
