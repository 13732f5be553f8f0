import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  GetQueueAttributesCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeAlarmKey } from '../../../adapters/dynamo/inquiry/inquiry-items.ts';
import {
  DynamoAlarmIndex,
  DynamoSweepMark,
} from '../../../adapters/dynamo/sla/dynamo-alarm-index.ts';
import { tableKeys } from '../../../adapters/dynamo/table.ts';
import { nodeRandomness } from '../../../adapters/random/node-randomness.ts';
import { SqsAlarmQueues } from '../../../adapters/sqs/sqs-alarm-queues.ts';
import { alarmSlotOf } from '../../../core/inquiry/alarm-slots.ts';
import { addSeconds, type InquiryId, type Instant } from '../../../core/inquiry/values/ids.ts';
import { makeHandler } from '../../../functions/sla/sweep-alarms.ts';
import { type StartedEngines, startEngines } from '../../support/start-engines.ts';
import { fakeLambdaContext } from '../edge/http/fake-gateway-event.ts';
import { makeRecordingTelemetry } from '../edge/telemetry/recording-telemetry.ts';

const start = '2026-11-24T01:00:30.000Z' as Instant;
const queues = ['alarms', 'notices', 'jobs'] as const;
let engines: StartedEngines;
let mark: DynamoSweepMark;
let now = start;

beforeAll(async () => {
  engines = await startEngines();
  mark = new DynamoSweepMark(engines.table);
  await mark.advance(undefined, alarmSlotOf(start) + 2);
});
afterAll(() => engines.stop());
beforeEach(emptyQueues);

async function emptyQueues() {
  const { sqs, queueUrls } = engines;
  for (const name of queues) await sqs.send(new PurgeQueueCommand({ QueueUrl: queueUrls[name] }));
}

/** Runs a sweep some seconds after the start; returns the figures that it logs. */
async function sweepAt(seconds: number) {
  const { table, sqs, queueUrls } = engines;
  now = addSeconds(start, seconds);
  const telemetry = makeRecordingTelemetry();
  const handler = makeHandler({
    ...telemetry,
    ...{ index: new DynamoAlarmIndex(table), mark, now: () => now },
    queues: new SqsAlarmQueues(sqs, {
      inquiry: queueUrls.alarms,
      notice: queueUrls.notices,
      job: queueUrls.jobs,
    }),
  });
  await handler({ time: String(now) } as Parameters<typeof handler>[0], fakeLambdaContext());
  return telemetry.lines.at(-1)?.fields;
}

async function put(key: object, at: Instant, shardId: string, suffix = '') {
  const { alPk, alSk } = makeAlarmKey(shardId, at);
  const Item = { ...key, alPk, alSk: { S: `${alSk?.S}${suffix}` } } as never;
  await engines.client.send(new PutItemCommand({ TableName: engines.table.name, Item }));
}

async function alarmOf(at: Instant): Promise<InquiryId> {
  const id = nodeRandomness.inquiryId(start);
  await put(tableKeys.snapshot(id), at, id);
  return id;
}

async function counts(name: (typeof queues)[number]) {
  const { Attributes } = await engines.sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: engines.queueUrls[name],
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesDelayed'],
    }),
  );
  return [
    Number(Attributes?.['ApproximateNumberOfMessages']),
    Number(Attributes?.['ApproximateNumberOfMessagesDelayed']),
  ];
}

async function receiveBodies(name: (typeof queues)[number]) {
  const { Messages } = await engines.sqs.send(
    new ReceiveMessageCommand({ QueueUrl: engines.queueUrls[name], MaxNumberOfMessages: 10 }),
  );
  return (Messages ?? []).map(({ Body = '' }) => JSON.parse(Body));
}

describe('the sweep', () => {
  it('sends each alarm once, in the minute that is three before its own, delayed to its second', async () => {
    await alarmOf(addSeconds(start, 205));
    await alarmOf(addSeconds(start, 215));
    expect(await sweepAt(0)).toMatchObject({ sent: 1, repeated: 0 });
    expect(await counts('alarms')).toEqual([0, 1]);
    expect(await sweepAt(20)).toMatchObject({ sent: 0 });
    expect(await sweepAt(60)).toMatchObject({ sent: 1 });
    expect(await counts('alarms')).toEqual([0, 2]);
  });

  it('gives notices and jobs back to their own queues', async () => {
    const at = addSeconds(start, 270);
    const id = nodeRandomness.inquiryId(start);
    const notice = '00000001#acknowledgement#hanako@toritsugi.example';
    const jobId = '0193a5c0-0000-7000-8000-000000000001';
    await put(tableKeys.notice(id, notice), at, id, `#${notice}`);
    await put(tableKeys.job(jobId), at, jobId);
    expect(await sweepAt(120)).toMatchObject({ sent: 2 });
    expect([await counts('alarms'), await counts('notices'), await counts('jobs')]).toEqual([
      [0, 0],
      [0, 1],
      [0, 1],
    ]);
    await emptyQueues();
    // Both are lost with their queues, but the ledger still has them.
    expect(await sweepAt(600)).toMatchObject({ sent: 0, repeated: expect.any(Number) });
    expect(await receiveBodies('notices')).toEqual([{ inquiryId: id, notice }]);
    expect(await receiveBodies('jobs')).toEqual([{ jobId }]);
  });

  it('sends after an outage all that has fallen due meanwhile, at once', async () => {
    const fallen = [900, 1500, 3600].map((seconds) => addSeconds(start, seconds));
    for (const at of fallen) await alarmOf(at);
    await alarmOf(addSeconds(start, 90_000));
    expect(await sweepAt(4000)).toMatchObject({ sent: fallen.length });
    const fired: { alarmAt: string }[] = await receiveBodies('alarms');
    expect(fired.map(({ alarmAt }) => alarmAt)).toEqual(expect.arrayContaining(fallen));
  });

  it('sends again what is overdue, a minute and a half after it should have fired', async () => {
    const at = addSeconds(start, 4060);
    const inquiryId = await alarmOf(at);
    const isSent = async () =>
      (await receiveBodies('alarms')).some((body) => body.inquiryId === inquiryId);
    await emptyQueues();
    await sweepAt(4100);
    expect(await isSent()).toBe(false);
    await sweepAt(4160);
    expect(await isSent()).toBe(true);
  });
});
