import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Json } from '../support/help-desk-host.ts';
import {
  findClockView,
  ordinaryText,
  type ServiceLevelDesk,
  startHelpDeskAt,
  tokyoDate,
} from './service-level-steps.ts';

const employee = 'employee-1@toritsugi.example';
let desk: ServiceLevelDesk;

beforeAll(async () => {
  // A Friday evening after the vendor's desk has closed at 20:00; it opens on Monday at 8:00.
  desk = await startHelpDeskAt(tokyoDate('2026-11-13 21:00'));
});
afterAll(() => desk?.stop());

async function configure(document: object): Promise<void> {
  const { headers } = await desk.call('lead-1', 'GET /v1/config/desks');
  const put = await desk.call(
    'lead-1',
    'PUT /v1/config/desks',
    { document },
    {
      headers: { 'if-match': String(headers.get('etag')) },
    },
  );
  expect([put.status, put.body.errors]).toEqual([201, undefined]);
}

const claim = (operator: string) => desk.call(operator, 'POST /v1/desks/bpo/claims', {});

async function routedOf({ id }: Json): Promise<Json> {
  const { body } = await desk.call('lead-1', `GET /v1/inquiries/${id}/events?limit=100`);
  return (body.items as Json[]).findLast(({ type }) => type === 'InquiryRouted').data;
}

describe('mail that comes while the vendor is outside of its coverage', () => {
  let held: Json;

  test('is held for the vendor until it opens, and cannot be claimed before', async () => {
    await configure({ desks: { bpo: { contract: { otherwise: 'staff' } } } });
    held = await desk.open(employee, ordinaryText);
    const opening = tokyoDate('2026-11-16 08:00').toISOString();
    expect(held).toMatchObject({ status: 'queued', desk: 'bpo', availableAt: opening });
    expect((await claim('operator-a1')).status).toBe(204);
    await desk.passTo(tokyoDate('2026-11-16 07:59'));
    expect((await claim('operator-a1')).status).toBe(204);
  });

  test('waits from the opening on for whoever claims, the time before it not counted', async () => {
    await desk.passTo(tokyoDate('2026-11-16 08:10'));
    const { status, body } = await claim('operator-a1');
    expect([status, body.id]).toEqual([200, held.id]);
    const pickup = findClockView(await desk.read(held.id), 'pickup');
    expect(pickup.state).toBe('met');
    const account = await desk.explain(held.id, 'pickup');
    expect(account.elapsed).toMatch(/^PT1\dM/);
  });
});

describe('mail beyond the volume of a contract', () => {
  test('goes where the contract says, and the count goes on from month to month', async () => {
    const monthlyVolume = { inquiries: 2 };
    await configure({ desks: { bpo: { contract: { otherwise: 'bpo-b', monthlyVolume } } } });
    const within = await desk.open(employee, ordinaryText);
    const beyond = await desk.open(employee, ordinaryText);
    expect([within.desk, beyond.desk]).toEqual(['bpo', 'bpo-b']);
    const { trace, observed } = await routedOf(beyond);
    expect(trace.at(-1)).toMatchObject({
      rule: 'contract-volume',
      because: ['contract.volumeLeft: bpo false', 'contract.volume: bpo 2 of 2'],
    });
    expect(observed.desks.bpo).toMatchObject({ open: true, volume: { used: 2, limit: 2 } });
    await desk.passTo(tokyoDate('2026-12-01 09:00'));
    expect((await desk.open(employee, ordinaryText)).desk).toBe('bpo');
  });
});
