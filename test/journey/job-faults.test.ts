import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startDynamoEngine } from '../../local/engines/dynamo-engine.ts';
import { type HelpDesk, type Json, startHelpDesk } from '../support/help-desk-host.ts';
import {
  type DynamoProxy,
  type DynamoWrite,
  startDynamoProxy,
} from '../support/start-dynamo-proxy.ts';

let engine: Awaited<ReturnType<typeof startDynamoEngine>>;
let proxy: DynamoProxy;
let desk: HelpDesk;
let refusedWrites = 0;

beforeAll(async () => {
  engine = await startDynamoEngine({ file: undefined, endpoint: undefined });
  proxy = await startDynamoProxy(engine.endpoint);
  // Tuesday 10:00 in Tokyo, when every desk is open.
  desk = await startHelpDesk({
    clock: { at: new Date('2026-11-24T01:00:00.000Z') },
    dynamoEndpoint: proxy.endpoint,
  });
  for (const other of ['staff-2', 'lead-1']) await setPresence(other, 'away');
  await setPresence('staff-1', 'present');
});
afterAll(async () => {
  await desk?.stop();
  await proxy?.stop();
  await engine?.stop();
});
beforeEach(() => {
  refusedWrites = 0;
});
afterEach(() => mendEventWrites());

const setPresence = (who: string, presence: string) =>
  desk.call(who, 'PUT /v1/agents/me/presence', { presence });

const isOfEvent = ({ kinds }: DynamoWrite) => kinds.some((kind) => kind.endsWith(' event'));

/** From now on DynamoDB fails each write of an event, whichever client asks for it. */
function breakEventWrites(): void {
  proxy.fail((write) => {
    if (!isOfEvent(write)) return undefined;
    refusedWrites += 1;
    return { applied: false, answer: { status: 500, type: 'InternalServerError' } };
  });
}
const mendEventWrites = () => proxy.fail(() => undefined);

async function open(): Promise<string> {
  const fields = { subject: '件名', description: '印刷できません。' };
  const { body } = await desk.call('employee-1', 'POST /v1/inquiries', { form: 'general', fields });
  await desk.idle();
  return body.id;
}
const inquiry = async (id: string): Promise<Json> =>
  (await desk.call('lead-1', `GET /v1/inquiries/${id}`)).body;
const readJob = async (id: string): Promise<Json> =>
  (await desk.call('lead-1', `GET /v1/jobs/${id}`)).body;

async function passUntilDone(id: string, minutes: number): Promise<Json> {
  for (let minute = 0; minute < minutes; minute += 1) {
    const job = await readJob(id);
    if (job.state === 'done' || job.state === 'failed') return job;
    await desk.pass(60);
  }
  return readJob(id);
}

async function mailsAboutJobs(to: string): Promise<string[]> {
  const mails = await desk.mailbox(to);
  return mails.map(({ text }) => text).filter((text) => text.includes('/v1/jobs/'));
}

describe('event writes that fail for three minutes', () => {
  test('during a calendar change leave no stored deadline as it was', async () => {
    const id = await open();
    const before = await inquiry(id);
    const { body } = await desk.call('lead-1', 'GET /v1/config/calendars');
    const { document } = body;
    document.calendars['tokyo-office'].overrides = [{ date: '2026-11-24', intervals: [] }];
    breakEventWrites();
    const version = { document, from: '2026-11-24T10:00:00+09:00', note: '台風' };
    const headers = { 'if-match': '"0"' };
    const put = await desk.call('lead-1', 'PUT /v1/config/calendars', version, { headers });
    expect([put.status, put.body]).toEqual([201, expect.anything()]);
    const jobId = String(put.body.job).replace('/v1/jobs/', '');
    for (let minute = 0; minute < 3; minute += 1) await desk.pass(60);
    expect(refusedWrites).toBeGreaterThan(0);
    expect(await readJob(jobId)).toMatchObject({
      state: 'queued',
      nextRunAt: expect.any(String),
      errors: [{ detail: expect.stringContaining('store') }],
    });
    mendEventWrites();
    const job = await passUntilDone(jobId, 10);
    expect(job).toMatchObject({ state: 'done', errors: [] });
    expect(job.result.counts.moved).toBeGreaterThan(0);
    const after = await inquiry(id);
    expect(after.clocks).not.toEqual(before.clocks);
  });

  test('during an offboarding leave nothing with who has left', async () => {
    const claimed: string[] = [];
    for (let count = 0; count < 3; count += 1) {
      const id = await open();
      if ((await inquiry(id)).desk !== 'bpo') {
        await desk.call('lead-1', `POST /v1/inquiries/${id}/transfer`, { desk: 'bpo' });
        await desk.idle();
      }
      const claim = await desk.call('operator-a1', `POST /v1/inquiries/${id}/claim`, {});
      expect([claim.status, claim.body]).toEqual([200, expect.anything()]);
      const beat = { fence: claim.body.lease?.fence ?? claim.body.fence };
      await desk.call('operator-a1', `POST /v1/inquiries/${id}/heartbeat`, beat);
      claimed.push(id);
    }
    breakEventWrites();
    const started = await desk.call(
      'lead-1',
      'POST /v1/agents/demo-operator-a1/offboard',
      {},
      { headers: { 'idempotency-key': 'offboard-under-faults' } },
    );
    expect(started.status).toBe(202);
    for (let minute = 0; minute < 3; minute += 1) await desk.pass(60);
    expect(refusedWrites).toBeGreaterThan(0);
    expect((await readJob(started.body.id)).state).toBe('queued');
    mendEventWrites();
    const job = await passUntilDone(started.body.id, 15);
    expect(job).toMatchObject({ state: 'done', errors: [] });
    expect(job.result.released.count).toBe(claimed.length);
    for (const id of claimed) expect((await inquiry(id)).agent).toBeUndefined();
  });
});

describe('event writes that fail for an hour', () => {
  test('are told to the starter and the leads, once, and the job is done when they are over', async () => {
    const raw = [
      'started_at,ended_at,caller_name,caller_address,caller_phone,summary,outcome,answer',
      '2026/11/24 09:15,2026/11/24 09:20,山田,,03-1234-5678,件 1,open,',
      '2026/11/24 09:25,2026/11/24 09:30,山田,,03-1234-5678,件 2,open,',
    ].join('\n');
    breakEventWrites();
    const started = await desk.call('staff-1', 'POST /v1/phone-logs/import', undefined, {
      raw,
      headers: { 'content-type': 'text/csv' },
    });
    expect([started.status, started.body]).toEqual([202, expect.anything()]);
    for (let minute = 0; minute < 60; minute += 2) await desk.pass(120);
    const stuck = await readJob(started.body.id);
    expect(stuck).toMatchObject({ state: 'queued', needsPersonAt: expect.any(String) });
    for (const who of ['staff-1', 'lead-1']) {
      const mails = await mailsAboutJobs(`${who}@toritsugi.example`);
      expect(mails).toHaveLength(1);
      expect(mails[0]).toContain(started.body.id);
    }
    mendEventWrites();
    const job = await passUntilDone(started.body.id, 300);
    expect(job).toMatchObject({ state: 'done', result: { counts: { opened: 2 } }, errors: [] });
    expect(job).not.toHaveProperty('needsPersonAt');
  });
});
