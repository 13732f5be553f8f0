import { afterAll, beforeAll, expect, it } from 'vitest';
import { DynamoJobNotes } from '../../../../adapters/dynamo/job/dynamo-job-notes.ts';
import type { Instant } from '../../../../core/inquiry/values/ids.ts';
import type { JobId } from '../../../../core/job/job.ts';
import { type StartedDynamo, startDynamo } from '../../../support/start-dynamo.ts';

let dynamo: StartedDynamo;
let notes: DynamoJobNotes;
let jobs = 0;

beforeAll(async () => {
  dynamo = await startDynamo();
  notes = new DynamoJobNotes(dynamo.table);
});
afterAll(() => dynamo.stop());

function newJob() {
  jobs += 1;
  return {
    id: `019a0000-0000-7000-8000-00000000000${jobs}` as JobId,
    createdAt: '2026-11-22T00:00:00.000Z' as Instant,
  };
}

it('keeps notes by name, in the order of their names, each job its own', async () => {
  const [job, other] = [newJob(), newJob()];
  for (const name of ['row-000002', 'row-000001', 'result']) await notes.save(job, name, name);
  expect(await notes.find(job.id, 'row-')).toEqual(['row-000001', 'row-000002']);
  expect(await notes.find(job.id, 'result')).toEqual(['result']);
  expect(await notes.find(other.id, '')).toEqual([]);
});

it('keeps a note that is longer than an item can be, whatever its characters', async () => {
  const job = newJob();
  // The pieces split characters of three and four bytes.
  const long = '取次😀'.repeat(100_000);
  await notes.save(job, 'long', long);
  await notes.save(job, 'longer', 'x');
  expect(await notes.find(job.id, 'long')).toEqual([long, 'x']);
});

it('puts a shorter note in place of a longer one', async () => {
  const job = newJob();
  await notes.save(job, 'note', 'x'.repeat(700_000));
  await notes.save(job, 'note', 'short');
  await notes.save(job, 'note-2', '');
  expect(await notes.find(job.id, 'note')).toEqual(['short', '']);
});
