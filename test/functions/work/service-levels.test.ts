import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Instant, instantOf } from '../../../core/inquiry/values/ids.ts';
import { startWorkFixture, type WorkFixture, type WorkResponse } from './work-fixture.ts';

const hour = 3600;
/** Tuesday 10:30 in Tokyo. */
const forenoon = '2026-11-24T01:30:00.000Z' as Instant;
const evening = '2026-11-24T12:30:00.000Z' as Instant;
/** Wednesday 08:00. */
const opening = '2026-11-24T23:00:00.000Z' as Instant;

let work: WorkFixture;
const minutesAgo = (minutes: number) => instantOf(Date.parse(work.now()) - minutes * 60_000);
const clockIn = ({ body }: WorkResponse, name: string) =>
  body.clocks.find(({ clock }: { clock: string }) => clock === name);
const read = (as: string, id: string) =>
  work.ask({ as, route: 'GET /v1/inquiries/{id}', params: { id } });

async function claimed(id: string, as = 'a1'): Promise<number> {
  const { body } = await work.command(as, id, 'claim');
  await work.command(as, id, 'heartbeat', { fence: body.lease.fence });
  return body.lease.fence;
}

describe('service levels in office hours', () => {
  beforeAll(async () => {
    work = await startWorkFixture(forenoon);
  });
  afterAll(() => work.stop());

  it('order claims: priority, then the earliest unmet deadline, missed ones first', async () => {
    const soon = await work.open({ priority: 'high', receivedAt: minutesAgo(5) });
    work.later(60);
    // Answered already, so its next deadline is the desk's own clock, begun a minute later.
    const answered = await work.open({ priority: 'high', receivedAt: minutesAgo(80) });
    const fence = await claimed(answered.id);
    await work.command('a1', answered.id, 'messages', { kind: 'public', text: '確認中。', fence });
    await work.command('a1', answered.id, 'release', { fence });
    const missed = await work.open({ priority: 'high', receivedAt: minutesAgo(70) });
    const due = await work.open({ priority: 'high', receivedAt: minutesAgo(55) });
    const low = await work.open({ priority: 'low', receivedAt: minutesAgo(9 * 24 * 60) });
    const urgent = await work.open({ priority: 'critical', receivedAt: minutesAgo(1) });
    const order = [];
    for (;;) {
      const { status, body } = await work.claimNext('a1');
      if (status === 204) break;
      order.push(body.id);
      await work.command('a1', body.id, 'heartbeat', { fence: body.lease.fence });
    }
    expect(order).toEqual([urgent, missed, due, soon, answered, low].map(({ id }) => id));
  });

  it('are shown to each as far as they concern them', async () => {
    const { id } = await work.open({ priority: 'high' });
    const namesFor = async (as: string) =>
      (await read(as, id)).body.clocks.map(({ clock }: { clock: string }) => clock);
    const promises = ['first_response', 'resolution'];
    expect(await namesFor('requester')).toEqual(promises);
    expect(await namesFor('a1')).toEqual([...promises, 'pickup', 'ownership']);
    expect(await namesFor('lead')).toEqual([...promises, 'pickup', 'ownership']);
    expect(clockIn(await read('requester', id), 'first_response')).toMatchObject({
      state: 'running',
      target: 'PT1H',
      zone: 'Asia/Tokyo',
    });
    expect((await read('lead', id)).body.escalations).toEqual([]);
    expect((await read('a1', id)).body).not.toHaveProperty('escalations');
  });

  it('show the new deadlines in the answer that changes the priority', async () => {
    const { id } = await work.open({ priority: 'low' });
    const before = clockIn(await read('lead', id), 'resolution');
    const amended = await work.ask({
      as: 'lead',
      route: 'PATCH /v1/inquiries/{id}',
      params: { id },
      body: { priority: 'critical' },
    });
    expect(before).toMatchObject({ target: 'PT35H' });
    expect(clockIn(amended, 'resolution')).toMatchObject({
      target: 'PT4H',
      startedAt: before.startedAt,
    });
    expect(clockIn(amended, 'resolution').dueAt < before.dueAt).toBe(true);
    // Critical at a desk is an emergency, whose first step is due at once.
    expect(amended.body.escalations).toMatchObject([{ reason: 'emergency', steps: 0 }]);
  });

  it('are met, once, by saying that a word of thanks needs no reply', async () => {
    const { id } = await work.open();
    const fence = await claimed(id);
    const early = await work.command('a1', id, 'no-reply-needed', { fence });
    expect(early).toMatchObject({ status: 409, body: { code: 'work.nothing-unanswered' } });
    await work.command('a1', id, 'messages', { kind: 'public', text: '直しました。', fence });
    await work.command('requester', id, 'messages', { kind: 'public', text: 'どうも。' });
    const noReply = await work.command('a1', id, 'no-reply-needed', { fence });
    expect(noReply.status).toBe(200);
    expect(clockIn(noReply, 'next_response')).toMatchObject({ cycle: 1, state: 'met' });
    const requesters = await work.command('requester', id, 'no-reply-needed');
    expect(requesters).toMatchObject({ status: 403 });
  });

  it('are judged before a merge, which cancels what runs on', async () => {
    const source = await work.open({ priority: 'high' });
    const target = await work.open({ priority: 'high' });
    work.later(2 * hour);
    const merged = await work.command('lead', source.id, 'merge', { into: target.id });
    expect(merged).toMatchObject({ status: 200, body: { status: 'merged' } });
    expect(clockIn(merged, 'pickup')).toMatchObject({ state: 'missed' });
    expect(clockIn(merged, 'resolution')).toMatchObject({ state: 'cancelled' });
    const other = await read('lead', target.id);
    expect(clockIn(other, 'pickup')).toMatchObject({
      state: 'running-after-miss',
      detectedAt: expect.any(String),
    });
    expect(clockIn(other, 'resolution')).toMatchObject({ state: 'running' });
  });

  it('answer a transfer to an open desk without a warning', async () => {
    const { id } = await work.open({ desk: 'staff' });
    const transferred = await work.command('staff1', id, 'transfer', { desk: 'bpo' });
    expect(transferred.body).toMatchObject({ status: 'queued', desk: 'bpo', warnings: [] });
  });
});

describe('service levels after hours', () => {
  beforeAll(async () => {
    work = await startWorkFixture(evening);
  });
  afterAll(() => work.stop());

  it('warn of a transfer to a closed desk, which is obeyed; repeated, it is answered the same', async () => {
    const { id } = await work.open({ desk: 'staff' });
    const key = { 'idempotency-key': 'transfer-once' };
    const transferred = await work.command('staff1', id, 'transfer', { desk: 'bpo' }, key);
    expect(transferred.body).toMatchObject({
      status: 'queued',
      desk: 'bpo',
      warnings: [{ code: 'desk-closed', opensAt: opening, zone: 'Asia/Tokyo' }],
    });
    expect(transferred.body).not.toHaveProperty('availableAt');
    const again = await work.command('staff1', id, 'transfer', { desk: 'bpo' }, key);
    expect(again.body).toEqual(transferred.body);
    // A vendor outside its hours gets its full time from the opening on.
    expect(clockIn(transferred, 'pickup')).toMatchObject({ dueAt: '2026-11-25T01:00:00.000Z' });
    expect(await work.claimNext('a1')).toMatchObject({ status: 200, body: { id } });
  });

  it('hold back what was routed to a desk that holds, until it opens', async () => {
    const { id } = await work.open({ availableAt: opening });
    expect((await read('lead', id)).body).toMatchObject({
      status: 'queued',
      availableAt: opening,
      commands: expect.not.arrayContaining(['claim']),
    });
    expect(await work.command('a1', id, 'claim')).toMatchObject({
      status: 409,
      body: { code: 'work.not-available', detail: expect.stringContaining(opening) },
    });
    expect(await work.claimNext('a2')).toMatchObject({ status: 204 });
    work.later(11 * hour);
    expect(await work.command('a2', id, 'claim')).toMatchObject({ status: 200, body: { id } });
  });

  it('leave alone what is held back at a push desk', async () => {
    const availableAt = instantOf(Date.parse(work.now()) + hour * 1000);
    const { id } = await work.open({ desk: 'staff', availableAt });
    expect(await work.assign(id)).toEqual({ batchItemFailures: [] });
    expect((await work.ledger.load(id))?.inquiry).toMatchObject({ status: 'queued' });
    work.later(hour);
    await work.assign(id);
    expect((await work.ledger.load(id))?.inquiry).toMatchObject({ status: 'in_progress' });
  });
});
