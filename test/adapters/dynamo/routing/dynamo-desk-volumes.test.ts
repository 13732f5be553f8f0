import { afterAll, beforeAll, expect, test } from 'vitest';
import { DynamoDeskVolumes } from '../../../../adapters/dynamo/routing/dynamo-desk-volumes.ts';
import { tableKeys } from '../../../../adapters/dynamo/table.ts';
import { nodeRandomness } from '../../../../adapters/random/node-randomness.ts';
import type { InquiryEvent } from '../../../../core/inquiry/events/events.ts';
import { DeskId, type Instant } from '../../../../core/inquiry/values/ids.ts';
import { makeRoutedEvent } from '../../../core/work/command-scenario.ts';
import {
  type LedgerFixture,
  loadInquiry,
  makeOpening,
  planAppendOrThrow,
  startLedgerFixture,
} from '../inquiry/ledger-fixture.ts';

let fixture: LedgerFixture;
let volumes: DynamoDeskVolumes;
beforeAll(async () => {
  fixture = await startLedgerFixture();
  volumes = new DynamoDeskVolumes(fixture.engines.table);
});
afterAll(() => fixture.engines.stop());

const bpo = DeskId.parse('bpo');
const bpoB = DeskId.parse('bpo-b');
const staff = DeskId.parse('staff');
const november = '2026-11-24T01:00:00.000Z' as Instant;
/** Half past midnight of December in Tokyo, and still November in UTC. */
const december = '2026-11-30T15:30:00.000Z' as Instant;

/** An inquiry that comes to desks one after another, in as many appends. */
async function comesTo(...desks: (readonly [DeskId, Instant])[]) {
  const id = nodeRandomness.inquiryId(november);
  const first = planAppendOrThrow(
    id,
    undefined,
    { events: [{ ...makeOpening(), at: november }] },
    november,
  );
  expect(await fixture.ledger.append(first)).toEqual({ appended: true });
  for (const [index, [desk, at]] of desks.entries()) {
    const event = { ...(index === 0 ? makeRoutedEvent(desk) : transferredTo(desk)), at };
    const before = await loadInquiry(fixture.ledger, id);
    const pendingAppend = planAppendOrThrow(id, before, { events: [event] }, at);
    expect(await fixture.ledger.append(pendingAppend)).toEqual({ appended: true });
  }
  return id;
}

function transferredTo(desk: DeskId): InquiryEvent {
  const routed = makeRoutedEvent(desk);
  if (routed.type !== 'InquiryRouted') throw new TypeError('it is routed');
  const { v, at, by, announceAt, vendor } = routed;
  const head = { v, at, by, announceAt, type: 'InquiryTransferred' as const, desk };
  return vendor === undefined ? head : { ...head, vendor };
}

test('an inquiry counts once in a month at each vendor to whom it comes', async () => {
  expect(await volumes.count(bpo, '2026-11')).toBe(0);
  await comesTo([bpo, november]);
  await comesTo([bpo, november], [staff, november], [bpo, november]);
  await comesTo([staff, november], [bpo, november], [bpoB, november]);
  await comesTo([staff, november]);
  expect(await volumes.count(bpo, '2026-11')).toBe(3);
  expect(await volumes.count(bpoB, '2026-11')).toBe(1);
  expect(await volumes.count(staff, '2026-11')).toBe(0);
});

test('the month is that of the desk, and what comes again in another counts in both', async () => {
  const [before, after] = [
    await volumes.count(bpo, '2026-11'),
    await volumes.count(bpo, '2026-12'),
  ];
  await comesTo([bpo, november], [staff, december], [bpo, december]);
  await comesTo([bpo, december]);
  expect(await volumes.count(bpo, '2026-11')).toBe(before + 1);
  expect(await volumes.count(bpo, '2026-12')).toBe(after + 2);
});

test('a mark goes by itself after 400 days', async () => {
  const id = await comesTo([bpo, november]);
  const item = await fixture.readItem(tableKeys.volume('bpo', '2026-11', id));
  const days = (Number(item?.['expiresAt']?.N) - Date.parse(november) / 1000) / 86_400;
  expect([item?.['kind']?.S, days]).toEqual(['volume', 400]);
});

test('nothing is counted where the append itself is refused', async () => {
  const before = await volumes.count(bpo, '2026-11');
  const id = await comesTo();
  const seen = await loadInquiry(fixture.ledger, id);
  const pendingAppend = planAppendOrThrow(
    id,
    seen,
    { events: [{ ...makeRoutedEvent(staff), at: november }] },
    november,
  );
  expect(await fixture.ledger.append(pendingAppend)).toEqual({ appended: true });
  const late = planAppendOrThrow(
    id,
    seen,
    { events: [{ ...makeRoutedEvent(bpo), at: november }] },
    november,
  );
  expect(await fixture.ledger.append(late)).toMatchObject({ appended: false, conflict: 'version' });
  expect(await volumes.count(bpo, '2026-11')).toBe(before);
});
