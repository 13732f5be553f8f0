import { afterAll, beforeAll, expect, test } from 'vitest';
import { DynamoDeskVolumes } from '../../../../adapters/dynamo/routing/dynamo-desk-volumes.ts';
import { tableKeys } from '../../../../adapters/dynamo/table.ts';
import { nodeRandomness } from '../../../../adapters/random/node-randomness.ts';
import type { InquiryEvent } from '../../../../core/inquiry/events/events.ts';
import { DeskId, type Instant } from '../../../../core/inquiry/values/ids.ts';
import { makeRoutedEvent } from '../../../core/help-desk.ts';
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
/** 00:30 on 1 December in Tokyo, still November in UTC. */
const december = '2026-11-30T15:30:00.000Z' as Instant;

/** Opens an inquiry and moves it from desk to desk, each in an append of its own. */
async function openAtDesks(...desks: (readonly [DeskId, Instant])[]) {
  const id = nodeRandomness.inquiryId(november);
  const first = planAppendOrThrow(
    id,
    undefined,
    { events: [{ ...makeOpening(), at: november }] },
    november,
  );
  expect(await fixture.ledger.append(first)).toEqual({ appended: true });
  for (const [index, [desk, at]] of desks.entries()) {
    const event = { ...(index === 0 ? makeRoutedEvent(desk) : makeTransferredEvent(desk)), at };
    const before = await loadInquiry(fixture.ledger, id);
    const pendingAppend = planAppendOrThrow(id, before, { events: [event] }, at);
    expect(await fixture.ledger.append(pendingAppend)).toEqual({ appended: true });
  }
  return id;
}

function makeTransferredEvent(desk: DeskId): InquiryEvent {
  const routed = makeRoutedEvent(desk);
  if (routed.type !== 'InquiryRouted') throw new TypeError('it is routed');
  const { v, at, by, announceAt, vendor } = routed;
  const head = { v, at, by, announceAt, type: 'InquiryTransferred' as const, desk };
  return vendor === undefined ? head : { ...head, vendor };
}

test('an inquiry counts once in a month at each vendor to whom it comes', async () => {
  expect(await volumes.count(bpo, '2026-11')).toBe(0);
  await openAtDesks([bpo, november]);
  await openAtDesks([bpo, november], [staff, november], [bpo, november]);
  await openAtDesks([staff, november], [bpo, november], [bpoB, november]);
  await openAtDesks([staff, november]);
  expect(await volumes.count(bpo, '2026-11')).toBe(3);
  expect(await volumes.count(bpoB, '2026-11')).toBe(1);
  expect(await volumes.count(staff, '2026-11')).toBe(0);
});

test('the month is that of the desk, and what comes again in another counts in both', async () => {
  const [before, after] = [
    await volumes.count(bpo, '2026-11'),
    await volumes.count(bpo, '2026-12'),
  ];
  await openAtDesks([bpo, november], [staff, december], [bpo, december]);
  await openAtDesks([bpo, december]);
  expect(await volumes.count(bpo, '2026-11')).toBe(before + 1);
  expect(await volumes.count(bpo, '2026-12')).toBe(after + 2);
});

test('an entry expires after 400 days', async () => {
  const id = await openAtDesks([bpo, november]);
  const item = await fixture.readItem(tableKeys.volume('bpo', '2026-11', id));
  const days = (Number(item?.['expiresAt']?.N) - Date.parse(november) / 1000) / 86_400;
  expect([item?.['kind']?.S, days]).toEqual(['volume', 400]);
});

test('nothing is counted where the append itself is refused', async () => {
  const before = await volumes.count(bpo, '2026-11');
  const id = await openAtDesks();
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
