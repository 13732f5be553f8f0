import { afterAll, beforeAll, expect, it } from 'vitest';
import { DynamoRoundRobin } from '../../../../adapters/dynamo/work/dynamo-round-robin.ts';
import { DeskId, type InquiryId, Instant, Sub } from '../../../../core/inquiry/values/ids.ts';
import { type StartedDynamo, startDynamo } from '../../../support/start-dynamo.ts';

const staff = DeskId.parse('staff');
const anna = Sub.parse('anna');
const ben = Sub.parse('ben');
const now = Instant.parse('2026-11-24T00:00:00.000Z');
const id = '019a0000-0000-7000-8000-000000000001' as InquiryId;

let dynamo: StartedDynamo;
let roundRobin: DynamoRoundRobin;

beforeAll(async () => {
  dynamo = await startDynamo();
  roundRobin = new DynamoRoundRobin(dynamo.table);
});
afterAll(() => dynamo.stop());

it('remembers round-robin positions and capacity reservations, and has none at first', async () => {
  const first = await roundRobin.read(staff, [anna, ben]);
  expect(first.roundRobin).toEqual({ revision: 0, last: {} });
  expect(first.reservations.get(anna)).toEqual({ revision: 0, offers: [] });
  const request = {
    ...{ agent: anna, reservation: { revision: 0, offers: [{ id, at: now }] } },
    roundRobin: { desk: staff, revision: 0, last: { [anna]: 1 } },
  };
  expect(await roundRobin.reserve(request, now)).toBe(true);
  const second = await roundRobin.read(staff, [anna, ben]);
  expect(second.roundRobin).toEqual({ revision: 1, last: { anna: 1 } });
  expect(second.reservations.get(anna)).toEqual({ revision: 1, offers: [{ id, at: now }] });
  expect(second.reservations.get(ben)?.revision).toBe(0);
});

it('gives a round-robin position to only one of those who reserve at once', async () => {
  const desk = DeskId.parse('other');
  const outcomes = await Promise.all(
    [anna, ben].map(async (agent) => {
      const { reservations } = await roundRobin.read(desk, [agent]);
      const { revision = 0 } = reservations.get(agent) ?? {};
      const reservation = { revision, offers: [] };
      return roundRobin.reserve(
        {
          agent,
          reservation,
          roundRobin: { desk, revision: 0, last: { [agent]: 1 } },
        },
        now,
      );
    }),
  );
  expect(outcomes.toSorted()).toEqual([false, true]);
});

it('writes no round-robin position when the reservation is refused', async () => {
  const desk = DeskId.parse('third');
  const reservation = { revision: 0, offers: [] };
  const cleo = Sub.parse('cleo');
  expect(await roundRobin.reserve({ agent: cleo, reservation }, now)).toBe(true);
  const late = {
    agent: cleo,
    reservation,
    roundRobin: { desk, revision: 0, last: { [cleo]: 1 } },
  };
  expect(await roundRobin.reserve(late, now)).toBe(false);
  expect((await roundRobin.read(desk, [])).roundRobin.revision).toBe(0);
});
