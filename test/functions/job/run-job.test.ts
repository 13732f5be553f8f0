import { QueryCommand } from '@aws-sdk/client-dynamodb';
import encoding from 'encoding-japanese';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TransientError } from '../../../core/inquiry/transient-error.ts';
import type { EmailAddress } from '../../../core/inquiry/values/ids.ts';
import { type Job, type JobId, type JobKind, jobAlarmAt } from '../../../core/job/job.ts';
import type { JobLedger, JobWork } from '../../../core/job/ports.ts';
import { checkpointRows } from '../../../core/job/run-job.ts';
import { type StartedEngines, startEngines } from '../../support/start-engines.ts';
import {
  employeePerson,
  leadPerson,
  operatorPerson,
  startImportFixture,
} from './import-fixture.ts';

let engines: StartedEngines;
let imports: Awaited<ReturnType<typeof startImportFixture>>;

beforeAll(async () => {
  engines = await startEngines();
});
afterAll(() => engines.stop());
beforeEach(async () => {
  imports = await startImportFixture(engines);
});

const peopleHeading = 'address,sub,name,role,vendor,desks,department,vip,language,state';
let fileNumber = 0;

/** A file of people whose addresses no other file has. */
function peopleFile(count: number): {
  readonly csv: string;
  readonly addresses: readonly string[];
} {
  fileNumber += 1;
  const addresses = Array.from(
    { length: count },
    (_, index) => `p${index}.${fileNumber}@toritsugi.example`,
  );
  const rows = addresses.map((address) => `${address},,Name,requester,,,Sales,no,ja,active`);
  return { csv: [peopleHeading, ...rows, ''].join('\r\n'), addresses };
}

const callHeading =
  'started_at,ended_at,caller_name,caller_address,caller_phone,summary,outcome,answer';
function callsFile(count: number): string {
  fileNumber += 1;
  const rows = Array.from(
    { length: count },
    (_, index) =>
      `2026/11/22 10:15,2026/11/22 10:20,山田,,03-1234-5678,"件 ${fileNumber}-${index}",open,`,
  );
  return [callHeading, ...rows, ''].join('\n');
}

async function linesOf(id: JobId) {
  return imports.jobs.lines(id);
}

describe('an import of people', () => {
  it('tells line by line what became of it, and does not stop at a bad one', async () => {
    const csv = [
      peopleHeading,
      'lead-1@toritsugi.example,lead-1,Lead One,lead,,,,,,',
      '"new.one@toritsugi.example",,"One, New",requester,,,営業部,yes,en,',
      'lead-1@toritsugi.example,lead-1,Lead One,staff,,,,,,',
      'olga@vendor-a.example,,Olga,operator,vendor-a,staff,,,,',
      'short@toritsugi.example,,Short',
      'employee-1@toritsugi.example,employee-1,従業員 一,requester,,,人事部,,,',
    ].join('\n');
    const id = await imports.start('people-import', csv, leadPerson);
    expect((await imports.deliver(id)).steps).toEqual(['job.done']);
    const lines = await linesOf(id);
    expect(lines.map(({ line, outcome }) => [line, outcome])).toEqual([
      [2, 'unchanged'],
      [3, 'created'],
      [4, 'refused'],
      [5, 'refused'],
      [6, 'refused'],
      [7, 'updated'],
    ]);
    expect(lines[2]?.errors?.join()).toContain('lead');
    expect(lines[3]?.errors?.join()).toContain('staff');
    expect(lines[4]?.errors).toEqual(['has 3 columns, not 10']);
    expect(await imports.jobs.find(id)).toMatchObject({
      state: 'done',
      checkpoint: 6,
      total: 6,
      counts: { unchanged: 1, created: 1, refused: 3, updated: 1 },
    });
    expect(await imports.people.byAddress(employeePerson.address)).toMatchObject({
      department: '人事部',
    });
  });

  it('fails at once when the file cannot be read, and when its starter may not do it any more', async () => {
    const wrong = await imports.start('people-import', 'name\nx\n', leadPerson);
    const forbidden = await imports.start('people-import', peopleFile(1).csv, operatorPerson);
    expect((await imports.deliver(wrong)).steps).toEqual(['job.failed']);
    expect((await imports.deliver(forbidden)).steps).toEqual(['job.failed']);
    expect(await imports.jobs.find(wrong)).toMatchObject({
      state: 'failed',
      reason: 'The heading lacks address, role.',
    });
    expect(await imports.jobs.find(forbidden)).toMatchObject({
      reason: expect.stringContaining('may not'),
    });
  });
});

describe('a run', () => {
  it('stops in time, announces the rest, and the next goes on where it stopped', async () => {
    const { csv } = peopleFile(checkpointRows * 2);
    const id = await imports.start('people-import', csv, leadPerson);
    // A batch needs ten seconds in reserve, so there is no time for one.
    const first = await imports.deliver(id, { remainingMs: 10_000 });
    expect(first.steps).toEqual(['job.continues']);
    expect(first.batchItemFailures).toEqual([]);
    expect(await imports.jobs.find(id)).toMatchObject({ state: 'queued', failures: 0 });
    expect((await imports.deliver(id)).steps).toEqual(['job.done']);
    expect((await linesOf(id)).every(({ outcome }) => outcome === 'created')).toBe(true);
  });

  it('does nothing for a job that is over or unknown', async () => {
    const { csv } = peopleFile(1);
    const id = await imports.start('people-import', csv, leadPerson);
    await imports.deliver(id);
    expect((await imports.deliver(id)).steps).toEqual(['job.idle']);
    const unknown = '0193a5c0-0000-7000-8000-000000000001' as JobId;
    expect((await imports.deliver(unknown)).steps).toEqual(['job.idle']);
  });

  it('is done by one of many workers that get the message at once', async () => {
    const { csv } = peopleFile(checkpointRows + 5);
    const id = await imports.start('people-import', csv, leadPerson);
    const runs = await Promise.all(Array.from({ length: 5 }, () => imports.deliver(id)));
    expect(runs.flatMap(({ steps }) => steps).sort()).toEqual([
      'job.done',
      'job.idle',
      'job.idle',
      'job.idle',
      'job.idle',
    ]);
    const lines = await linesOf(id);
    expect(lines.map(({ line }) => line)).toEqual(
      Array.from({ length: checkpointRows + 5 }, (_, index) => index + 2),
    );
    expect(lines.every(({ outcome }) => outcome === 'created')).toBe(true);
  });

  it('changes nothing any more once it was given up for dead', async () => {
    const { csv } = peopleFile(checkpointRows);
    const id = await imports.start('people-import', csv, leadPerson);
    const slow = makeGate();
    const first = imports.deliver(id, { work: makeHangingWork('people-import', 0, slow) });
    await slow.reached;
    expect((await imports.deliver(id)).steps).toEqual(['job.idle']);
    imports.clock.at += 61_000;
    expect((await imports.deliver(id)).steps).toEqual(['job.done']);
    slow.open();
    expect((await first).steps).toEqual(['job.idle']);
    expect(await linesOf(id)).toHaveLength(checkpointRows);
    expect(await imports.jobs.find(id)).toMatchObject({ state: 'done', failures: 0 });
  });

  it('that fails is repeated after a pause and counts as a failure, however often', async () => {
    const id = await imports.start('people-import', peopleFile(3).csv, leadPerson);
    const broken = {
      ...imports.work,
      'people-import': makeCrashingWork(imports.work['people-import'], [1], makeOutage),
    };
    for (let failures = 1; failures <= 8; failures += 1) {
      const run = await imports.deliver(id, { work: broken });
      expect(run.steps).toEqual(['job.failed-run']);
      expect(run.counts).toMatchObject({ JobRunFailed: 1 });
      expect(run.lines.some(({ level }) => level === 'error')).toBe(true);
      expect(await imports.jobs.find(id)).toMatchObject({
        ...{ state: 'queued', checkpoint: 1, failures },
        announceAt: expect.any(String),
      });
    }
    // Redelivered by hand, it goes on where it stopped.
    expect((await imports.deliver(id)).steps).toEqual(['job.done']);
    expect((await linesOf(id)).map(({ outcome }) => outcome)).toEqual(Array(3).fill('created'));
    const job = await imports.jobs.find(id);
    expect(job).toMatchObject({ state: 'done', failures: 0 });
    expect(job).not.toHaveProperty('reason');
  });

  it('whose end cannot be written is delivered again', async () => {
    const id = await imports.start('people-import', peopleFile(1).csv, leadPerson);
    const { jobs } = imports;
    const broken = {
      ...imports.work,
      'people-import': makeCrashingWork(imports.work['people-import'], [0], makeOutage),
    };
    let changes = 0;
    const failing: JobLedger = {
      start: (job) => jobs.start(job),
      find: (job) => jobs.find(job),
      lines: (job) => jobs.lines(job),
      change: async (...change) => {
        changes += 1;
        if (changes > 1) throw makeOutage();
        return jobs.change(...change);
      },
    };
    const run = await imports.deliver(id, { work: broken, jobs: failing });
    expect(run.batchItemFailures).toHaveLength(1);
    // Its message may be lost: the job has its own alarm.
    expect(jobAlarmAt((await jobs.find(id)) as Job)).toBeDefined();
  });

  it('sets aside single rows that fail again and again, lists them, and does the rest', async () => {
    const { csv, addresses } = peopleFile(6);
    const id = await imports.start('people-import', csv, leadPerson);
    const broken = {
      ...imports.work,
      'people-import': makeCrashingWork(imports.work['people-import'], [1, 4], makeDefect),
    };
    const steps: unknown[] = [];
    let setAside = 0;
    for (let run = 0; run < 10 && steps.at(-1) !== 'job.done'; run += 1) {
      const { steps: made, counts } = await imports.deliver(id, { work: broken });
      steps.push(...made);
      setAside += counts['JobRowSetAside'] ?? 0;
    }
    expect(steps).toEqual([...Array(6).fill('job.failed-run'), 'job.done']);
    expect(setAside).toBe(2);
    const lines = await linesOf(id);
    expect(lines.map(({ line, outcome }) => [line, outcome])).toEqual([
      [2, 'created'],
      [3, 'set-aside'],
      [4, 'created'],
      [5, 'created'],
      [6, 'set-aside'],
      [7, 'created'],
    ]);
    expect(lines[1]?.errors).toHaveLength(1);
    expect(await imports.people.byAddress(addresses[5] as EmailAddress)).toBeDefined();
  });

  it('sets no row aside for a store in trouble, and rows one after the other only run by run', async () => {
    const work = imports.work['people-import'];
    const outage = await imports.start('people-import', peopleFile(3).csv, leadPerson);
    const defect = await imports.start('people-import', peopleFile(3).csv, leadPerson);
    for (let run = 0; run < 4; run += 1) {
      const all = [0, 1, 2];
      await imports.deliver(outage, {
        work: { ...imports.work, 'people-import': makeCrashingWork(work, all, makeOutage) },
      });
      await imports.deliver(defect, {
        work: { ...imports.work, 'people-import': makeCrashingWork(work, all, makeDefect) },
      });
    }
    expect((await imports.jobs.find(outage))?.checkpoint).toBe(0);
    expect((await imports.jobs.find(defect))?.checkpoint).toBe(1);
  });
});

describe('work that does not fail and yet comes to no end', () => {
  it('is told once, and goes on', async () => {
    const id = await imports.start('people-import', peopleFile(1).csv, leadPerson);
    let batch = 0;
    const endless: JobWork = {
      open: async () => ({
        runBatch: async () => {
          batch += 1;
          const notBefore = imports.now();
          const told = batch === 2 ? { needsPerson: 'It is begun again and again.' } : {};
          return { processed: 1, counts: {}, next: String(batch), notBefore, ...told };
        },
      }),
    };
    const work = { ...imports.work, 'people-import': endless };
    const reasons: unknown[] = [];
    for (let run = 0; run < 3; run += 1) {
      expect((await imports.deliver(id, { work })).steps).toEqual(['job.continues']);
      reasons.push((await imports.jobs.find(id))?.reason);
    }
    expect(reasons).toEqual([undefined, 'It is begun again and again.', undefined]);
    const { Items = [] } = await engines.client.send(
      new QueryCommand({
        TableName: engines.table.name,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :notice)',
        ExpressionAttributeValues: { ':pk': { S: `JOB#${id}` }, ':notice': { S: 'NOTICE#' } },
      }),
    );
    expect(Items).toHaveLength(2);
  });
});

describe('an import of phone logs', () => {
  it('opens an inquiry for each call, with its receipt', async () => {
    const csv = [
      callHeading,
      '2026/11/22 10:15,2026/11/22 10:20,山田,Employee-1@toritsugi.example,,VPN,open,',
      '2026-11-22T10:30:00+09:00,2026-11-22T10:31:00+09:00,鈴木,,03-1,印刷,resolved,用紙を補充',
      'いつか,2026/11/22 10:20,,,,,open,',
    ].join('\r\n');
    const sjis = Uint8Array.from(
      encoding.convert(encoding.stringToCode(csv), { from: 'UNICODE', to: 'SJIS' }),
    );
    const id = await imports.start('phone-log-import', sjis, operatorPerson);
    expect((await imports.deliver(id)).steps).toEqual(['job.done']);
    const [vpn, print, bad] = await linesOf(id);
    expect(bad).toMatchObject({ line: 4, outcome: 'refused' });
    if (vpn?.inquiryId === undefined || print?.inquiryId === undefined) throw new Error('lines');
    expect(await imports.ledger.load(vpn.inquiryId)).toMatchObject({
      inquiry: {
        number: vpn.number,
        status: 'new',
        channel: 'phone',
        receivedAt: '2026-11-22T01:15:00.000Z',
        requester: { sub: 'employee-1', name: '従業員 一', department: '営業部' },
      },
    });
    expect(await imports.ledger.load(print.inquiryId)).toMatchObject({
      inquiry: { status: 'resolved', requester: { name: '鈴木', phone: '03-1' }, messages: 2 },
    });
    const { receipts } = await imports.receipts.page('2026-11-22', 100);
    const ofJob = receipts.filter((receipt) => receipt.id.startsWith(id));
    expect(ofJob.map((receipt) => [receipt.id, receipt.fates[0]?.fate]).sort()).toEqual([
      [`${id}:2`, 'opened'],
      [`${id}:3`, 'opened'],
    ]);
  });

  it('opens nothing the second time, names the inquiries, and has a receipt for each line', async () => {
    const csv = callsFile(4);
    const first = await imports.start('phone-log-import', csv, operatorPerson);
    await imports.deliver(first);
    const second = await imports.start('phone-log-import', csv, leadPerson);
    await imports.deliver(second);
    const opened = await linesOf(first);
    const repeated = await linesOf(second);
    expect(repeated).toEqual(opened.map((line) => ({ ...line, outcome: 'duplicate' })));
    const { receipts } = await imports.receipts.page('2026-11-22', 100);
    const ofSecond = receipts.filter((receipt) => receipt.id.startsWith(second));
    expect(ofSecond.map((receipt) => receipt.fates[0]?.fate)).toEqual(Array(4).fill('duplicate'));
  });

  it('tells the second of two equal lines of one file a duplicate of the first', async () => {
    const [heading, row] = callsFile(1).split('\n');
    const csv = [heading, row, row].join('\n');
    const id = await imports.start('phone-log-import', csv, operatorPerson);
    await imports.deliver(id);
    const [one, other] = await linesOf(id);
    expect([one?.outcome, other?.outcome]).toEqual(['opened', 'duplicate']);
    expect(other?.inquiryId).toBe(one?.inquiryId);
  });

  it('goes on after a crash between two checkpoints without doubling or losing a call', async () => {
    const count = checkpointRows * 2 + 10;
    const csv = callsFile(count);
    const id = await imports.start('phone-log-import', csv, operatorPerson);
    const work = imports.work['phone-log-import'];
    const broken = {
      ...imports.work,
      'phone-log-import': makeCrashingWork(work, [checkpointRows + 7], makeDefect),
    };
    expect((await imports.deliver(id, { work: broken })).steps).toEqual(['job.failed-run']);
    expect(await imports.jobs.find(id)).toMatchObject({ checkpoint: checkpointRows + 7 });
    expect((await imports.deliver(id)).steps).toEqual(['job.done']);
    const lines = await linesOf(id);
    // What the dead run opened after its checkpoint counts as opened, not as a duplicate.
    expect(lines.map(({ outcome }) => outcome)).toEqual(Array(count).fill('opened'));
    expect(new Set(lines.map(({ inquiryId }) => inquiryId)).size).toBe(count);
    const { receipts } = await imports.receipts.page('2026-11-22', 200);
    expect(receipts.filter((receipt) => receipt.id.startsWith(id))).toHaveLength(count);
  });

  it('is finished by another worker when the first is gone without a word', async () => {
    const count = checkpointRows + 10;
    const id = await imports.start('phone-log-import', callsFile(count), operatorPerson);
    const gone = makeGate();
    const first = imports.deliver(id, {
      work: makeHangingWork('phone-log-import', checkpointRows + 7, gone),
    });
    await gone.reached;
    imports.clock.at += 61_000;
    expect((await imports.deliver(id)).steps).toEqual(['job.done']);
    gone.open();
    expect((await first).steps).toEqual(['job.idle']);
    const lines = await linesOf(id);
    expect(lines.map(({ outcome }) => outcome)).toEqual(Array(count).fill('opened'));
    expect(new Set(lines.map(({ inquiryId }) => inquiryId)).size).toBe(count);
  });

  it('opens each call once when the same file is imported twice at once', async () => {
    const csv = callsFile(12);
    const ids = await Promise.all([
      imports.start('phone-log-import', csv, operatorPerson),
      imports.start('phone-log-import', csv, leadPerson),
    ]);
    await Promise.all(ids.map((id) => imports.deliver(id)));
    const [one = [], other = []] = await Promise.all(ids.map(linesOf));
    const outcomes = one.map((line, index) => [line.outcome, other[index]?.outcome].sort());
    expect(outcomes).toEqual(Array(12).fill(['duplicate', 'opened']));
    expect(one.map(({ inquiryId }) => inquiryId)).toEqual(other.map(({ inquiryId }) => inquiryId));
  });
});

const makeOutage = () => new TransientError('transient.unavailable', 'throttled');
const makeDefect = () => new TypeError('this row is not as others');

/** Work that fails at some rows. */
function makeCrashingWork(work: JobWork, rows: readonly number[], makeError: () => Error): JobWork {
  return {
    open: async (job) => {
      const opened = await work.open(job);
      if (!('runLine' in opened)) return opened;
      return {
        ...opened,
        runLine: (index) => {
          if (rows.includes(index)) throw makeError();
          return opened.runLine(index);
        },
      };
    },
  };
}

function makeGate() {
  const { promise: opened, resolve: open } = Promise.withResolvers<void>();
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
  return { opened, open, reached, reach };
}

/** Work that hangs at a row, as when its machine is gone. */
function makeHangingWork(
  kind: JobKind,
  at: number,
  { opened, reach }: ReturnType<typeof makeGate>,
) {
  const work: JobWork = {
    open: async (job) => {
      const whole = await imports.work[kind].open(job);
      if (!('runLine' in whole)) return whole;
      return {
        ...whole,
        runLine: async (index) => {
          if (index === at) {
            reach();
            await opened;
          }
          return whole.runLine(index);
        },
      };
    },
  };
  return { ...imports.work, [kind]: work };
}
