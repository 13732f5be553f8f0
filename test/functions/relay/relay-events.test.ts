import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { PurgeQueueCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DynamoInquiryLedger } from '../../../adapters/dynamo/inquiry/dynamo-inquiry-ledger.ts';
import { nodeRandomness } from '../../../adapters/random/node-randomness.ts';
import { S3ContentStore } from '../../../adapters/s3/content-store.ts';
import { SqsOutbox } from '../../../adapters/sqs/sqs-outbox.ts';
import { planAppend } from '../../../core/inquiry/decide-and-append.ts';
import type { InquiryEvent } from '../../../core/inquiry/events/events.ts';
import { isRefusal } from '../../../core/inquiry/refusal.ts';
import { StageDesks } from '../../../core/inquiry/terms/desk.ts';
import { shippedServiceLevels } from '../../../core/inquiry/terms/shipped-service-levels.ts';
import { addSeconds, type InquiryId, type Instant } from '../../../core/inquiry/values/ids.ts';
import { makeInquiryNumber } from '../../../core/inquiry/values/inquiry-number.ts';
import type { Outbox } from '../../../core/relay/ports.ts';
import { makeHandler } from '../../../functions/relay/relay-events.ts';
import { deskList } from '../../core/help-desk.ts';
import { readSpecimen, readSpecimenWith } from '../../support/specimens.ts';
import {
  bucketNames,
  type QueueName,
  type StartedEngines,
  startEngines,
} from '../../support/start-engines.ts';
import { fakeLambdaContext } from '../edge/http/fake-gateway-event.ts';
import { makeRecordingTelemetry } from '../edge/telemetry/recording-telemetry.ts';

const now = '2026-11-24T01:00:30.000Z' as Instant;
const used = ['routing', 'notices', 'alarms', 'jobs', 'desk-staff', 'desk-bpo'] as const;
let engines: StartedEngines;

beforeAll(async () => {
  engines = await startEngines();
});
afterAll(() => engines.stop());
beforeEach(async () => {
  const { sqs, queueUrls } = engines;
  for (const name of used) await sqs.send(new PurgeQueueCommand({ QueueUrl: queueUrls[name] }));
});

type Records = DynamoDBStreamEvent['Records'];
type Image = NonNullable<NonNullable<Records[number]['dynamodb']>['NewImage']>;

function relay(images: readonly Image[], given: { outbox?: Outbox; staffUrl?: string } = {}) {
  const { sqs, queueUrls } = engines;
  const telemetry = makeRecordingTelemetry();
  const desks = deskList.slice(0, 2).map((desk) => ({
    ...desk,
    queueUrl:
      desk.id === 'staff' ? (given.staffUrl ?? queueUrls['desk-staff']) : queueUrls['desk-bpo'],
  }));
  const handler = makeHandler({
    ...telemetry,
    env: {
      ROUTING_QUEUE_URL: queueUrls.routing,
      NOTICE_QUEUE_URL: queueUrls.notices,
      ALARM_QUEUE_URL: queueUrls.alarms,
      JOB_QUEUE_URL: queueUrls.jobs,
      DESKS: StageDesks.parse(desks),
    },
    outbox: given.outbox ?? new SqsOutbox(sqs),
    now: () => now,
  });
  const Records: Records = images.map((NewImage, at) => ({
    eventID: `e${at}`,
    eventName: 'INSERT',
    eventSource: 'aws:dynamodb',
    dynamodb: { NewImage, SequenceNumber: String(1000 + at), StreamViewType: 'NEW_IMAGE' },
  }));
  return { telemetry, answer: handler({ Records }, fakeLambdaContext()) };
}

/** The messages that can be received from a queue now. */
async function receiveBodies(name: QueueName): Promise<unknown[]> {
  const { Messages } = await engines.sqs.send(
    new ReceiveMessageCommand({ QueueUrl: engines.queueUrls[name], MaxNumberOfMessages: 10 }),
  );
  return (Messages ?? []).map(({ Body = '' }) => JSON.parse(Body));
}

/** Appends events to a new inquiry; returns the images that the stream shows of it. */
async function appendEvents(
  ...events: InquiryEvent[]
): Promise<{ id: InquiryId; images: Image[] }> {
  const { table, s3, client } = engines;
  const ledger = new DynamoInquiryLedger(table, new S3ContentStore(s3, bucketNames.content));
  const id = nodeRandomness.inquiryId(now);
  const pendingAppend = planAppend(
    id,
    undefined,
    { events },
    { serviceLevels: shippedServiceLevels },
    now,
  );
  if (isRefusal(pendingAppend)) throw new TypeError(pendingAppend.detail);
  expect(await ledger.append(pendingAppend)).toEqual({ appended: true });
  const { Items } = await client.send(
    new QueryCommand({
      TableName: table.name,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: `INQ#${id}` } },
    }),
  );
  const images = (Items ?? []) as Image[];
  return { id, images: images.filter(({ kind }) => ['event', 'notice'].includes(kind?.S ?? '')) };
}

const received = () =>
  readSpecimenWith('InquiryReceived', {
    at: now,
    number: makeInquiryNumber(nodeRandomness.bytes(7)),
    received: {
      ...readSpecimen('InquiryReceived').received,
      receivedAt: now,
      acknowledge: true,
      announceAt: addSeconds(now, 60),
    },
  });
const routedTo = (desk: string, announceAt = addSeconds(now, 86_400)) =>
  readSpecimenWith('InquiryRouted', { at: now, desk: desk as never, announceAt });

const broken: Image = { kind: { S: 'event' }, pk: { S: 'INQ#nothing' }, data: { S: '{"type":' } };

describe('the relay', () => {
  it('sends what an append owes: queue message, notice, and an alarm that comes out at its second', async () => {
    const { id, images } = await appendEvents(received());
    const { answer } = relay(images);
    expect(await answer).toEqual({ batchItemFailures: [] });
    expect(await receiveBodies('routing')).toEqual([{ inquiryId: id }]);
    const [notice] = await receiveBodies('notices');
    expect(notice).toMatchObject({
      inquiryId: id,
      notice: expect.stringMatching(/^00000001#acknowledgement#/),
    });
    expect(await receiveBodies('alarms')).toEqual([]);
    engines.clock.shift(60);
    expect(await receiveBodies('alarms')).toEqual([
      { inquiryId: id, alarmAt: addSeconds(now, 60) },
    ]);
  });

  it('sends each event of one append, the alarm with the last alone', async () => {
    const soon = addSeconds(now, -1);
    const { id, images } = await appendEvents(received(), routedTo('bpo', soon));
    await relay(images).answer;
    expect(await receiveBodies('routing')).toEqual([{ inquiryId: id }]);
    expect(await receiveBodies('desk-bpo')).toEqual([{ inquiryId: id }]);
    expect(await receiveBodies('alarms')).toEqual([{ inquiryId: id, alarmAt: soon }]);
  });

  it('sends a job to its queue, and more than ten messages in batches', async () => {
    const jobs: Image[] = Array.from({ length: 23 }, (_, at) => ({
      kind: { S: 'job' },
      pk: { S: `JOB#0193a5c0-0000-7000-8000-0000000000${10 + at}` },
    }));
    expect(await relay(jobs).answer).toEqual({ batchItemFailures: [] });
    const all = [
      ...(await receiveBodies('jobs')),
      ...(await receiveBodies('jobs')),
      ...(await receiveBodies('jobs')),
    ];
    expect(new Set(all.map((one) => JSON.stringify(one))).size).toBe(23);
  });

  it('goes on past a desk that the stage no longer has, and says so', async () => {
    const gone = await appendEvents(received(), routedTo('closed-desk'));
    const { id, images } = await appendEvents(received(), routedTo('staff'));
    const { answer, telemetry } = relay([...gone.images, ...images]);
    expect(await answer).toEqual({ batchItemFailures: [] });
    expect(await receiveBodies('desk-staff')).toEqual([{ inquiryId: id }]);
    expect(telemetry.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
  });

  it('fails from the first record on that a queue did not take, and no earlier one', async () => {
    const first = await appendEvents(received());
    const second = await appendEvents(received());
    const images = [...first.images, ...second.images];
    const outbox: Outbox = {
      // The second message to routing, which is that of the second inquiry.
      send: async (url) => new Set(url === engines.queueUrls.routing ? [1] : []),
    };
    const at = images.findIndex(
      ({ pk, kind }) => pk?.S === `INQ#${second.id}` && kind?.S === 'event',
    );
    expect(await relay(images, { outbox }).answer).toEqual({
      batchItemFailures: [{ itemIdentifier: String(1000 + at) }],
    });
  });

  it('sends what goes elsewhere while one queue fails as a whole', async () => {
    const ill = await appendEvents(received(), routedTo('staff'));
    const { id, images } = await appendEvents(received(), routedTo('bpo'));
    const staffUrl = `${engines.messageEndpoint}/000000000000/no-such-queue`;
    const all = [...images, ...ill.images];
    const { batchItemFailures } = await relay(all, { staffUrl }).answer;
    const [failed] = batchItemFailures;
    const sk = all[Number(failed?.itemIdentifier) - 1000];
    expect([sk?.['pk']?.S, sk?.['type']?.S]).toEqual([`INQ#${ill.id}`, 'InquiryRouted']);
    expect(await receiveBodies('desk-bpo')).toEqual([{ inquiryId: id }]);
    expect(await receiveBodies('routing')).toHaveLength(2);
  });

  it('fails an item that cannot be read by itself, once all before and after it are sent', async () => {
    const first = await appendEvents(received());
    const second = await appendEvents(received());
    const { answer, telemetry } = relay([...first.images, broken, ...second.images]);
    expect(await answer).toEqual({
      batchItemFailures: [{ itemIdentifier: String(1000 + first.images.length) }],
    });
    expect(await receiveBodies('routing')).toHaveLength(2);
    expect(telemetry.counts.RecordCrashed).toBe(1);
  });
});
