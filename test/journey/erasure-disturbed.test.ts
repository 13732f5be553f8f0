import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  DynamoErasureSubjects,
  DynamoErasures,
} from '../../adapters/dynamo/erasure/dynamo-erasures.ts';
import { DynamoInquiryIndex } from '../../adapters/dynamo/inquiry/dynamo-inquiry-index.ts';
import { DynamoJobLedger } from '../../adapters/dynamo/job/dynamo-job-ledger.ts';
import { DynamoJobNotes } from '../../adapters/dynamo/job/dynamo-job-notes.ts';
import type { DynamoTable } from '../../adapters/dynamo/table.ts';
import { ErasureWork } from '../../adapters/job/erasure-work.ts';
import { PostalMimeReader } from '../../adapters/mime/postal-mime-reader.ts';
import { S3WholeBucket } from '../../adapters/s3/whole-bucket.ts';
import { EmailAddress, type Instant, instantOf, Sub } from '../../core/inquiry/values/ids.ts';
import type { JobId } from '../../core/job/job.ts';
import { runJob } from '../../core/job/run-job.ts';
import type { ErasureMode } from '../../core/people/erasure/erasure.ts';
import { startHelpDesk } from '../support/help-desk-host.ts';
import { bucketNames, type StartedEngines, startEngines } from '../support/start-engines.ts';
import { volume } from '../support/volumes.ts';
import {
  fillWholeStore,
  makeMortalClients,
  readWholeStore,
  type StoredItem,
  type WholeStore,
  WorkerDeath,
} from '../support/whole-store.ts';
import { findTraces, openHostStore, playHistory, taro } from './erasure-history.ts';

const jobId = '01a20b11-0000-7000-8000-00000000000e' as JobId;
const start = Date.parse('2026-11-24T03:00:00.000Z');
/** How many of the writes a worker dies at, spread over all of them. */
const deaths = volume({ small: 6, whole: 24 });

let before: WholeStore;
beforeAll(async () => {
  const desk = await startHelpDesk({ clock: { at: new Date('2026-11-24T01:00:00.000Z') } });
  const store = openHostStore();
  try {
    await playHistory(desk);
    before = await store.read();
  } finally {
    store.close();
    await desk.stop();
  }
});

const running: StartedEngines[] = [];
afterAll(() => Promise.all(running.map((engines) => engines.stop())));

/** The history in engines of its own, with the erasure ordered. */
async function orderErasure(mode: ErasureMode): Promise<StartedEngines> {
  const engines = await startEngines();
  running.push(engines);
  await fillWholeStore(engines, before);
  const random = { id: () => jobId, bytes: (count: number) => new Uint8Array(count).fill(7) };
  const person = {
    address: EmailAddress.parse(taro.address),
    ...{ subs: [Sub.parse(taro.sub)], names: [taro.name] },
  };
  const lead = Sub.parse('demo-lead-1');
  await new DynamoErasures(engines.table, random).start(
    { mode, dryRun: false },
    person,
    lead,
    instantOf(start),
  );
  return engines;
}

type Clients = { readonly table: DynamoTable; readonly s3: StartedEngines['s3'] };

/** Runs the job until it is over or the worker dies, minute by minute; undefined if it is not over. */
async function work(
  { table, s3 }: Clients,
  clock: { at: number },
  runs = 50,
): Promise<string | undefined> {
  const now = (): Instant => {
    clock.at += 1;
    return instantOf(clock.at);
  };
  const jobs = new DynamoJobLedger(table);
  const erasure = new ErasureWork({
    ...{ table, jobs, now },
    buckets: {
      content: new S3WholeBucket(s3, bucketNames.content),
      mails: new S3WholeBucket(s3, bucketNames.mail),
    },
    subjects: new DynamoErasureSubjects(table),
    index: new DynamoInquiryIndex(table),
    notes: new DynamoJobNotes(table),
    reader: new PostalMimeReader(),
  });
  for (let run = 0; run < runs; run += 1) {
    await runJob(
      {
        ...{ ledger: jobs, work: { 'person-erasure': erasure }, now },
        ...{ hasTime: () => true, reportCrash: () => {}, reportSetAside: () => {} },
      },
      jobId,
    );
    const state = (await jobs.find(jobId))?.state;
    if (state === 'done' || state === 'failed') return state;
    clock.at += 61_000;
  }
  return undefined;
}

/** All but the job's own items, which tell of its runs. */
async function readResult(engines: StartedEngines) {
  const { items, objects, names } = await readWholeStore(engines.table, engines.s3);
  return {
    names: Object.fromEntries([...names].sort()),
    items: Object.fromEntries([...items].filter(([key]) => !key.startsWith(`JOB#${jobId}`)).sort()),
    objects: Object.fromEntries(
      [...objects].map(([key, bytes]) => [key, Buffer.from(bytes).toString('base64')]).sort(),
    ),
  };
}

it.each(['erase', 'anonymize'] as const)(
  'comes to the same end, whichever write of a worker was its last: %s',
  async (mode) => {
    const undisturbed = await orderErasure(mode);
    const counted = makeMortalClients(undisturbed, Number.POSITIVE_INFINITY);
    expect(await work(counted, { at: start })).toBe('done');
    counted.stop();
    const expected = await readResult(undisturbed);
    const { writes } = counted.seen;
    expect(writes).toBeGreaterThan(50);
    const end = await readWholeStore(undisturbed.table, undisturbed.s3);
    expect(await findTraces(end)).toEqual([]);

    for (let death = 0; death < deaths; death += 1) {
      const dieAt = 1 + Math.floor((death * (writes - 1)) / Math.max(1, deaths - 1));
      const engines = await orderErasure(mode);
      const clock = { at: start };
      const mortal = makeMortalClients(engines, dieAt, death % 2 === 0 ? 'before' : 'after');
      await expect(work(mortal, clock)).rejects.toBeInstanceOf(WorkerDeath);
      mortal.stop();
      // The worker counts as dead after a minute.
      clock.at += 61_000;
      expect(await work(engines, clock)).toBe('done');
      expect(await readResult(engines)).toEqual(expected);
      running.splice(running.indexOf(engines), 1);
      await engines.stop();
    }
  },
);

/** The items of an inquiry that the person brought, as they were. */
function snapshotsOfOwn() {
  return [...before.items.values()].filter(
    (item) => item['sk']?.S === 'SNAPSHOT' && item['rqPk']?.S === `REQUESTER#${taro.address}`,
  );
}

it('finds what a request that began before it brings back', async () => {
  const engines = await orderErasure('erase');
  const clock = { at: start };
  expect(await work(engines, clock, 1)).toBeUndefined();
  expect(await findTraces(await readWholeStore(engines.table, engines.s3))).toHaveLength(
    // What says whom the job is about: by address, sub, name and number.
    4,
  );
  await fillWholeStore(engines, {
    items: new Map(snapshotsOfOwn().map((item) => [String(item['pk']?.S), item])),
    ...{ objects: new Map(), names: new Map() },
  });
  expect(await work(engines, clock)).toBe('done');
  expect(await findTraces(await readWholeStore(engines.table, engines.s3))).toEqual([]);
});

it('waits for an inquiry that was opened meanwhile, and says so', async () => {
  const engines = await orderErasure('erase');
  const [closed] = snapshotsOfOwn();
  if (closed === undefined) throw new Error('the person brought nothing');
  const inquiry = JSON.parse(closed['data']?.S ?? 'null');
  const put = (item: StoredItem) =>
    fillWholeStore(engines, { items: new Map([['', item]]), objects: new Map(), names: new Map() });
  await put({ ...closed, data: { S: JSON.stringify({ ...inquiry, status: 'queued' }) } });
  const clock = { at: start };
  expect(await work(engines, clock, 30)).toBeUndefined();
  const [result] = await new DynamoJobNotes(engines.table).find(jobId, 'result');
  expect(JSON.parse(result ?? 'null')).toMatchObject({ waiting: [inquiry.number] });
  await put(closed);
  expect(await work(engines, clock, 200)).toBe('done');
  expect(await findTraces(await readWholeStore(engines.table, engines.s3))).toEqual([]);
});
