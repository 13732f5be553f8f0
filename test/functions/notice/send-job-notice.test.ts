import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DynamoJobLedger } from '../../../adapters/dynamo/job/dynamo-job-ledger.ts';
import { DynamoJobNotices } from '../../../adapters/dynamo/job/dynamo-job-notices.ts';
import { DynamoAlarmIndex } from '../../../adapters/dynamo/sla/dynamo-alarm-index.ts';
import { nodeRandomness } from '../../../adapters/random/node-randomness.ts';
import { SqsAlarmQueues } from '../../../adapters/sqs/sqs-alarm-queues.ts';
import { type JobNotice, jobNoticeKeyOf } from '../../../core/inquiry/outbox/job-notice.ts';
import { addSeconds, type Instant, type Sub } from '../../../core/inquiry/values/ids.ts';
import {
  createQueuedJob,
  endJob,
  failJobRun,
  type Job,
  type JobId,
} from '../../../core/job/job.ts';
import { computeJobNotices } from '../../../core/job/job-notices.ts';
import { sendingSeconds } from '../../../core/notice/sending/begin-notice-attempt.ts';
import type { DueAlarm } from '../../../core/sla/ports.ts';
import { startNoticeFixture } from './notice-fixture.ts';

let fixture: Awaited<ReturnType<typeof startNoticeFixture>>;
let jobs: DynamoJobLedger;
let ledger: DynamoJobNotices;
beforeAll(async () => {
  fixture = await startNoticeFixture();
  jobs = new DynamoJobLedger(fixture.engines.table);
  ledger = new DynamoJobNotices(fixture.engines.table);
  const lead = { role: 'lead', sub: 'sub-lead', address: 'lead@toritsugi.example' } as const;
  const other = { role: 'lead', sub: 'sub-lead-2', address: 'lead.2@toritsugi.example' } as const;
  const staff = { sub: 'sub-staff', address: 'staff@toritsugi.example', language: 'en' } as const;
  for (const person of [lead, other, staff]) await fixture.person(person);
  await fixture.person({ address: 'gone@toritsugi.example', sub: 'sub-gone', state: 'left' });
});
afterAll(() => fixture.stop());
beforeEach(() => {
  fixture.ses.sent.length = 0;
  fixture.ses.failures.length = 0;
});

/** A job that a person started, and that then changed. */
async function changeJob(startedBy: string, change: (job: Job, now: Instant) => Job) {
  const now = fixture.clock.now;
  const id = nodeRandomness.id(now) as JobId;
  const start = { id, jobKind: 'offboarding', startedBy: startedBy as Sub, input: '{}' } as const;
  const queued = createQueuedJob(start, now);
  await jobs.start(queued);
  const after = change(queued, now);
  const notices = computeJobNotices(queued, after);
  expect(await jobs.change(queued, after, { notices })).toBe(true);
  return { id, notices };
}
const getStuck = (job: Job, now: Instant) =>
  Array.from({ length: 5 }).reduce<Job>(
    (before) => failJobRun(before, 'A store did not do what it had to do.', now),
    job,
  );

/** The open notices of a job, as the alarms index has them an hour later. */
async function findOwed(id: JobId): Promise<Extract<DueAlarm, { kind: 'job-notice' }>[]> {
  const alarms = new DynamoAlarmIndex(fixture.engines.table);
  const owed: Extract<DueAlarm, { kind: 'job-notice' }>[] = [];
  const until = addSeconds(fixture.clock.now, 3_600);
  for await (const page of alarms.findDue('2026-01-01T00:00:00.000Z' as Instant, until)) {
    for (const alarm of page)
      if (alarm.kind === 'job-notice' && alarm.jobId === id) owed.push(alarm);
  }
  return owed;
}

async function deliverOwed(id: JobId): Promise<number> {
  const messages = (await findOwed(id)).map(({ jobId, notice }) => ({ jobId, notice }));
  return fixture.deliverMessages(messages);
}
async function deliverAll(id: JobId): Promise<void> {
  for (let round = 0; round < 3; round += 1) await deliverOwed(id);
}
const readNotice = (notice: JobNotice) => ledger.find(notice.jobId, jobNoticeKeyOf(notice));

describe('a job that needs a person', () => {
  it('is told to its starter and every lead, each once and in their language', async () => {
    const { id } = await changeJob('sub-staff', getStuck);
    await deliverAll(id);
    const mails = await fixture.mails();
    expect(mails.map(({ destinations }) => destinations.join()).sort()).toEqual([
      'lead.2@toritsugi.example',
      'lead@toritsugi.example',
      'staff@toritsugi.example',
    ]);
    const english = mails.find(({ destinations }) => destinations[0] === 'staff@toritsugi.example');
    expect(english?.parsed.subject).toBe('A job does not get on: offboarding');
    expect(english?.parsed.text).toContain(id);
    expect(english?.parsed.text).toContain('Next try');
    const japanese = mails.find(({ destinations }) => destinations[0] === 'lead@toritsugi.example');
    expect(japanese?.parsed.subject).toBe('処理が進んでいません: 担当者の退任処理');
    expect(japanese?.parsed.replyTo?.[0]?.address).toBe('help@toritsugi.example');
    expect(await findOwed(id)).toEqual([]);
  });

  it('is told to a lead who started it once', async () => {
    const { id } = await changeJob('sub-lead', getStuck);
    await deliverAll(id);
    expect(fixture.ses.sent.map(({ destinations }) => destinations.join()).sort()).toEqual([
      'lead.2@toritsugi.example',
      'lead@toritsugi.example',
    ]);
  });

  it('is told to the leads where its starter has left', async () => {
    const { id } = await changeJob('sub-gone', (job, now) =>
      endJob(job, 'failed', now, 'The heading lacks address.'),
    );
    await deliverAll(id);
    expect(fixture.ses.sent.map(({ destinations }) => destinations.join()).sort()).toEqual([
      'lead.2@toritsugi.example',
      'lead@toritsugi.example',
    ]);
    const { parsed } = await fixture.lastMail();
    expect(parsed.text).toContain('The heading lacks address.');
  });
});

describe('a mail about a job', () => {
  const refuse = (job: Job, now: Instant) => endJob(job, 'failed', now, 'Not readable.');

  it('stays owed while SES is throttled, and is sent then', async () => {
    const { id, notices } = await changeJob('sub-staff', refuse);
    fixture.ses.failures.push({ status: 400, code: 'Throttling', message: 'Rate exceeded' });
    expect(await deliverOwed(id)).toBe(1);
    expect(await readNotice(notices[0] as JobNotice)).toMatchObject({ state: 'pending' });
    expect(await deliverOwed(id)).toBe(0);
    expect(await readNotice(notices[0] as JobNotice)).toMatchObject({ state: 'sent' });
    expect(fixture.ses.sent).toHaveLength(1);
  });

  it('is sent twice at most when nobody knows whether it was sent', async () => {
    const { id, notices } = await changeJob('sub-staff', refuse);
    fixture.ses.failures.push('lost', 'lost');
    for (let senders = 0; senders < 4; senders += 1) {
      await deliverOwed(id);
      fixture.later(sendingSeconds);
    }
    expect(fixture.ses.sent).toHaveLength(2);
    expect(await readNotice(notices[0] as JobNotice)).toMatchObject({ state: 'failed' });
  });

  it('has an alarm that leads to the queue of notices', async () => {
    const { id } = await changeJob('sub-staff', refuse);
    const [alarm] = await findOwed(id);
    const { sqs, queueUrls } = fixture.engines;
    const queues = new SqsAlarmQueues(sqs, {
      inquiry: queueUrls.alarms,
      notice: queueUrls.notices,
    });
    await queues.send([alarm as DueAlarm], fixture.clock.now);
    const receive = new ReceiveMessageCommand({ QueueUrl: queueUrls.notices, WaitTimeSeconds: 1 });
    // Delayed to the alarm's second, by the engines' own clock.
    fixture.engines.clock.shift(300);
    const { Messages } = await sqs.send(receive);
    expect(Messages?.map(({ Body }) => JSON.parse(Body ?? ''))).toEqual([
      { jobId: id, notice: alarm?.notice },
    ]);
  });
});
