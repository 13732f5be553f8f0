import { GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { GetQueueAttributesCommand, PurgeQueueCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BatchingInquiryLedger } from '../../../adapters/dynamo/inquiry/batching-inquiry-ledger.ts';
import { tableKeys } from '../../../adapters/dynamo/table.ts';
import { nodeRandomness } from '../../../adapters/random/node-randomness.ts';
import { S3ContentStore } from '../../../adapters/s3/content-store.ts';
import { SqsAlarmQueues } from '../../../adapters/sqs/sqs-alarm-queues.ts';
import { computeAlarmAt } from '../../../core/inquiry/fire-alarm.ts';
import { addSeconds, type InquiryId, type Instant } from '../../../core/inquiry/values/ids.ts';
import { makeHandler } from '../../../functions/sla/fire-alarm.ts';
import { bucketNames } from '../../support/start-engines.ts';
import { fakeLambdaContext } from '../edge/http/fake-gateway-event.ts';
import { makeRecordingTelemetry } from '../edge/telemetry/recording-telemetry.ts';
import { makeMailBatch } from '../intake/mail-fixture.ts';
import { startWorkFixture, type WorkFixture } from '../work/work-fixture.ts';

let work: WorkFixture;
let handler: ReturnType<typeof makeHandler>;
let pause: (milliseconds: number) => Promise<void>;

beforeAll(async () => {
  work = await startWorkFixture();
  const { sqs, queueUrls, s3, table } = work.engines;
  const ledger = new BatchingInquiryLedger(table, new S3ContentStore(s3, bucketNames.content));
  handler = makeHandler({
    ...makeRecordingTelemetry(),
    terms: work.terms,
    ...{ ledger, random: nodeRandomness, now: work.now },
    pause: (milliseconds) => pause(milliseconds),
    queues: new SqsAlarmQueues(sqs, { inquiry: queueUrls.alarms }),
  });
});
afterAll(() => work.stop());
beforeEach(async () => {
  pause = async () => {};
  const { sqs, queueUrls } = work.engines;
  await sqs.send(new PurgeQueueCommand({ QueueUrl: queueUrls.alarms }));
});

async function loadInquiry(id: InquiryId) {
  const found = await work.ledger.load(id);
  if (found === undefined) throw new Error('there is no such inquiry');
  return found;
}

/** When an inquiry's alarm is due now. */
async function alarmOf(id: InquiryId): Promise<Instant> {
  const { inquiry, lease } = await loadInquiry(id);
  const at = computeAlarmAt(inquiry, lease);
  if (at === undefined) throw new Error('it has no alarm');
  return at;
}

/** The alarm under which the index has it. */
async function indexedAlarmOf(id: InquiryId): Promise<string | undefined> {
  const { client, table } = work.engines;
  const { Item } = await client.send(
    new GetItemCommand({
      TableName: table.name,
      Key: tableKeys.snapshot(id),
      ConsistentRead: true,
    }),
  );
  // What is closed is in the same index for its retention.
  if (Item?.['alPk']?.S?.startsWith('ALARM#') !== true) return undefined;
  return Item['alSk']?.S?.split('#')[0];
}

async function fireAlarm(id: InquiryId, at: Instant, times = 1) {
  const queueMessage = { id: 'm', body: JSON.stringify({ inquiryId: id, alarmAt: at }) };
  // Each in a worker of its own.
  const answers = await Promise.all(
    Array.from({ length: times }, () =>
      handler(makeMailBatch([queueMessage]), fakeLambdaContext()),
    ),
  );
  for (const answer of answers) expect(answer).toEqual({ batchItemFailures: [] });
}

const typesOf = async (id: InquiryId) =>
  (await work.ledger.events(id, 0, 100)).map(({ event }) => event.type);
/** The events apart from those of service levels, which depend on the time of day. */
const lifeOf = async (id: InquiryId) =>
  (await work.ledger.events(id, 0, 100))
    .map(({ event }) => event)
    .filter(({ type }) => !/^Clock|^Escalation/.test(type));
const countOf = async (id: InquiryId, type: string) =>
  (await typesOf(id)).filter((one) => one === type).length;

async function countQueued() {
  const { Attributes } = await work.engines.sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: work.engines.queueUrls.alarms,
      AttributeNames: ['All'],
    }),
  );
  return {
    now: Number(Attributes?.['ApproximateNumberOfMessages']),
    delayed: Number(Attributes?.['ApproximateNumberOfMessagesDelayed']),
  };
}

async function openClaimed() {
  const { id } = await work.open();
  const { body } = await work.command('a1', id, 'claim');
  return { id, fence: body.lease.fence as number };
}

describe('a lease that nobody has confirmed', () => {
  it('is lost once, at its end, though its alarm fires twice in two workers each', async () => {
    const { id } = await openClaimed();
    const at = await alarmOf(id);
    work.later(65);
    await fireAlarm(id, at, 2);
    await fireAlarm(id, at, 2);
    expect(await typesOf(id)).toEqual([
      'InquiryReceived',
      'InquiryRouted',
      'InquiryClaimed',
      'LeaseLost',
    ]);
    const [lost] = (await work.ledger.events(id, 3, 1)).map(({ event }) => event);
    expect(lost).toMatchObject({ at, agent: 'a1', desk: 'bpo' });
    const { inquiry, lease } = await loadInquiry(id);
    expect(inquiry).toMatchObject({ status: 'queued', desk: 'bpo' });
    expect([inquiry.holder, lease]).toEqual([undefined, undefined]);
    expect(await noticesOf(id)).toEqual(['00000004#lease-lost#sub:a1']);
  });

  it('stands when its alarm fires early, and the alarm is still on its way', async () => {
    const { id } = await openClaimed();
    await fireAlarm(id, await alarmOf(id));
    expect(await countOf(id, 'LeaseLost')).toBe(0);
    expect(await countQueued()).toEqual({ now: 0, delayed: 1 });
  });

  it('is lost on time, to the millisecond, though its alarm comes less than a second early', async () => {
    const { id } = await openClaimed();
    const at = await alarmOf(id);
    work.later((Date.parse(at) - Date.parse(work.now()) - 400) / 1000);
    const waited: number[] = [];
    pause = async (milliseconds) => {
      waited.push(milliseconds);
      work.later(milliseconds / 1000);
    };
    await fireAlarm(id, at);
    expect(await countOf(id, 'LeaseLost')).toBe(1);
    expect(waited).toHaveLength(1);
    expect(waited[0]).toBeLessThanOrEqual(400);
  });
});

async function noticesOf(id: InquiryId) {
  const { client, table } = work.engines;
  const { Items } = await client.send(
    new QueryCommand({
      TableName: table.name,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :notice)',
      ExpressionAttributeValues: { ':pk': { S: `INQ#${id}` }, ':notice': { S: 'NOTICE#' } },
    }),
  );
  return (Items ?? []).map(({ sk }) => sk?.S?.slice('NOTICE#'.length));
}

describe('a lease that heartbeats prolong', () => {
  it('is not lost, and its alarm moves to its new end for the sweep to find', async () => {
    const { id, fence } = await openClaimed();
    const first = await alarmOf(id);
    work.later(50);
    expect((await work.command('a1', id, 'heartbeat', { fence })).status).toBe(200);
    expect(await indexedAlarmOf(id)).toBe(first);
    work.later(15);
    await fireAlarm(id, first, 2);
    const until = (await loadInquiry(id)).lease?.until;
    expect(await countOf(id, 'LeaseLost')).toBe(0);
    expect(await indexedAlarmOf(id)).toBe(until);
    expect(await countQueued()).toEqual({ now: 0, delayed: 0 });
    work.later(900);
    await fireAlarm(id, until as Instant);
    expect(await countOf(id, 'LeaseLost')).toBe(1);
  });

  it('has its alarm sent where the sweep is already past its slot', async () => {
    const { id } = await openClaimed();
    const first = await alarmOf(id);
    const { lease } = await loadInquiry(id);
    if (lease === undefined) throw new Error('there is no lease');
    work.later(50);
    const until = addSeconds(work.now(), 100);
    expect(await work.ledger.prolong(id, lease, work.now(), until)).toBe(true);
    work.later(15);
    await fireAlarm(id, first);
    expect(await indexedAlarmOf(id)).toBe(until);
    expect(await countQueued()).toEqual({ now: 0, delayed: 1 });
  });
});

describe('an alarm that is out of date', () => {
  it('changes nothing and sends nothing, since whoever moved it has told the relay', async () => {
    const { id, fence } = await openClaimed();
    const stale = await alarmOf(id);
    await work.command('a1', id, 'release', { fence });
    work.later(30);
    // The new alarm lies within the look-ahead, so the sweep would send it again.
    expect((await work.command('a2', id, 'claim')).status).toBe(200);
    const before = await loadInquiry(id);
    work.later(35);
    await fireAlarm(id, stale, 2);
    expect(await loadInquiry(id)).toEqual(before);
    expect(await indexedAlarmOf(id)).toBe(before.lease?.until);
    expect(await countQueued()).toEqual({ now: 0, delayed: 0 });
  });

  it('of an inquiry that is closed, or that does not exist, is acknowledged', async () => {
    const { id } = await work.open();
    const at = await alarmOf(id);
    await work.command('staff1', id, 'withdraw');
    await fireAlarm(id, at);
    await fireAlarm('019a0000-0000-7000-8000-00000000dead' as InquiryId, at);
    expect((await typesOf(id)).at(-1)).toBe('InquiryWithdrawn');
  });
});

async function reminder(id: InquiryId): Promise<Instant> {
  const { remindAt } = (await loadInquiry(id)).inquiry;
  if (remindAt === undefined) throw new Error('nobody is to be reminded');
  return remindAt;
}

describe('what time alone does', () => {
  it('reminds the requester, and after the last reminder has the inquiry wait at its desk', async () => {
    const { id, fence } = await openClaimed();
    expect((await work.command('a1', id, 'wait', { fence })).status).toBe(200);
    for (const count of [1, 2]) {
      const at = await reminder(id);
      work.later((Date.parse(at) - Date.parse(work.now())) / 1000 + 1);
      await fireAlarm(id, at, 2);
      expect(await countOf(id, 'RequesterReminded')).toBe(count);
    }
    const at = await reminder(id);
    work.later((Date.parse(at) - Date.parse(work.now())) / 1000 + 1);
    await fireAlarm(id, at, 2);
    expect((await lifeOf(id)).map(({ type }) => type).slice(-3)).toEqual([
      'RequesterReminded',
      'RequesterReminded',
      'InquiryResumed',
    ]);
    expect((await loadInquiry(id)).inquiry.status).toBe('queued');
  });

  it('fires in order what an outage has left behind, each with its own instant', async () => {
    const { id, fence } = await openClaimed();
    await work.command('a1', id, 'wait', { fence });
    const at = await reminder(id);
    work.later(30 * 86_400);
    await fireAlarm(id, at);
    const events = (await lifeOf(id)).slice(4);
    expect(events.map(({ type }) => type).slice(0, 3)).toEqual([
      'RequesterReminded',
      'RequesterReminded',
      'InquiryResumed',
    ]);
    expect(events[0]?.at).toBe(at);
    expect(events.map((event) => event.at)).toEqual(events.map((event) => event.at).sort());
  });

  it('closes what is resolved, once', async () => {
    const { id, fence } = await openClaimed();
    const resolve = { fence, message: '直しました' };
    expect((await work.command('a1', id, 'resolve', resolve)).status).toBe(200);
    const at = await alarmOf(id);
    work.later(7 * 86_400 + 1);
    await fireAlarm(id, at, 3);
    await fireAlarm(id, at);
    expect(await countOf(id, 'InquiryClosed')).toBe(1);
    expect((await loadInquiry(id)).inquiry).toMatchObject({ status: 'closed', closedAt: at });
    expect(await indexedAlarmOf(id)).toBeUndefined();
  });
});
