import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DynamoJobLedger } from '../../../../adapters/dynamo/job/dynamo-job-ledger.ts';
import { DynamoAlarmIndex } from '../../../../adapters/dynamo/sla/dynamo-alarm-index.ts';
import { nodeRandomness } from '../../../../adapters/random/node-randomness.ts';
import { addSeconds, type Instant, type Sub } from '../../../../core/inquiry/values/ids.ts';
import {
  applyLineResults,
  beginJobRun,
  createQueuedJob,
  endJob,
  type Job,
  type JobId,
  requeueJob,
} from '../../../../core/job/job.ts';
import { buildRelayMessages, RelayedItem } from '../../../../core/relay/relay-messages.ts';
import type { DueAlarm } from '../../../../core/sla/ports.ts';
import { type StartedDynamo, startDynamo } from '../../../support/start-dynamo.ts';

const now = '2026-11-22T01:00:00.000Z' as Instant;
let dynamo: StartedDynamo;
let jobs: DynamoJobLedger;

beforeAll(async () => {
  dynamo = await startDynamo();
  jobs = new DynamoJobLedger(dynamo.table);
});
afterAll(() => dynamo.stop());

async function startJob(): Promise<Job> {
  const id = nodeRandomness.id(now) as JobId;
  const job = createQueuedJob(
    { id, jobKind: 'people-import', startedBy: 'lead-1' as Sub, input: 'job/x' },
    now,
  );
  await jobs.start(job);
  return job;
}

function beginRun(job: Job): Job {
  const running = beginJobRun(job, now);
  if (running === undefined) throw new Error('not taken');
  return running;
}

/** The messages that the relay sends for the items written about a job. */
async function readQueueMessages(id: JobId): Promise<string[]> {
  const { Items } = await dynamo.client.send(
    new QueryCommand({
      TableName: dynamo.table.name,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: `JOB#${id}` } },
    }),
  );
  return (Items ?? []).flatMap(({ kind, pk, sk }) => {
    const item = RelayedItem.safeParse({ kind: kind?.S, pk: pk?.S, sk: sk?.S });
    return item.success ? buildRelayMessages(item.data, now).map(({ body }) => body) : [];
  });
}

async function alarmsOf(id: JobId): Promise<DueAlarm[]> {
  const index = new DynamoAlarmIndex(dynamo.table);
  const alarms: DueAlarm[] = [];
  for await (const page of index.findDue(now, addSeconds(now, 3600))) alarms.push(...page);
  return alarms.filter((alarm) => alarm.kind === 'job' && alarm.jobId === id);
}

describe('the ledger of jobs', () => {
  it('announces a new job to its queue, and one that is put back again', async () => {
    const job = await startJob();
    const message = JSON.stringify({ jobId: job.id });
    expect(await readQueueMessages(job.id)).toEqual([message]);
    const running = beginRun(job);
    await jobs.change(job, running);
    expect(await readQueueMessages(job.id)).toEqual([message]);
    await jobs.change(running, requeueJob(running, now), { announce: now });
    expect(await readQueueMessages(job.id)).toEqual([message, message]);
  });

  it('keeps an alarm on a job until it is over', async () => {
    const job = await startJob();
    expect(await alarmsOf(job.id)).toMatchObject([{ alarmAt: addSeconds(now, 120) }]);
    const running = beginRun(job);
    await jobs.change(job, running);
    expect(await alarmsOf(job.id)).toMatchObject([{ alarmAt: addSeconds(now, 60) }]);
    await jobs.change(running, endJob(running, 'done', now));
    expect(await alarmsOf(job.id)).toEqual([]);
  });

  it('lets one of many changes from the same version through, with its lines alone', async () => {
    const job = await startJob();
    const running = beginRun(job);
    await jobs.change(job, running);
    const changed = await Promise.all(
      [2, 3, 4, 5].map((line) => {
        const lineResults = [{ line, outcome: 'created' as const }];
        return jobs.change(running, applyLineResults(running, 9, lineResults, now), {
          lineResults,
        });
      }),
    );
    expect(changed.filter(Boolean)).toHaveLength(1);
    expect(await jobs.lines(job.id)).toEqual([
      { line: [2, 3, 4, 5][changed.indexOf(true)], outcome: 'created' },
    ]);
  });

  it('gives back the lines of all checkpoints in their order', async () => {
    let job = beginRun(await startJob());
    await jobs.change({ ...job, version: 1 }, job);
    for (let at = 0; at < 30; at += 3) {
      const lineResults = [0, 1, 2].map((row) => ({
        line: at + row + 2,
        outcome: 'created' as const,
      }));
      const further = applyLineResults(job, 30, lineResults, now);
      expect(await jobs.change(job, further, { lineResults })).toBe(true);
      job = further;
    }
    const lines = (await jobs.lines(job.id)).map(({ line }) => line);
    expect(lines).toEqual(Array.from({ length: 30 }, (_, index) => index + 2));
    expect(await jobs.find(job.id)).toEqual(job);
  });
});
