import { setTimeout } from 'node:timers/promises';
import { DynamoTerms } from '../../../adapters/dynamo/config/dynamo-terms.ts';
import { DynamoInquiryLedger } from '../../../adapters/dynamo/inquiry/dynamo-inquiry-ledger.ts';
import {
  DynamoIntakeLookup,
  DynamoReceiptLedger,
} from '../../../adapters/dynamo/intake/dynamo-intake-lookup.ts';
import { DynamoJobLedger } from '../../../adapters/dynamo/job/dynamo-job-ledger.ts';
import { DynamoJobNotes } from '../../../adapters/dynamo/job/dynamo-job-notes.ts';
import { DynamoPersonRegistry } from '../../../adapters/dynamo/people/dynamo-person-registry.ts';
import { DynamoAlarmIndex } from '../../../adapters/dynamo/sla/dynamo-alarm-index.ts';
import { DynamoOpenInquiries } from '../../../adapters/dynamo/sla/dynamo-open-inquiries.ts';
import { DynamoVerdictLedger } from '../../../adapters/dynamo/sla/dynamo-verdict-ledger.ts';
import { makeCallRowImporter } from '../../../adapters/job/call-row-importer.ts';
import { CsvImportWork } from '../../../adapters/job/csv-import-work.ts';
import { makePersonRowImporter } from '../../../adapters/job/person-row-importer.ts';
import { RecomputationWork } from '../../../adapters/job/recomputation-work.ts';
import { RestatementWork } from '../../../adapters/job/restatement-work.ts';
import { StoredImports } from '../../../adapters/job/stored-imports.ts';
import { nodeRandomness } from '../../../adapters/random/node-randomness.ts';
import { S3ContentStore } from '../../../adapters/s3/content-store.ts';
import { Person } from '../../../core/access/person.ts';
import { StageDesks } from '../../../core/inquiry/terms/desk.ts';
import { type Instant, instantOf, type Sub } from '../../../core/inquiry/values/ids.ts';
import type { JobId, JobKind } from '../../../core/job/job.ts';
import type { JobLedger, JobWork } from '../../../core/job/ports.ts';
import { makeHandler } from '../../../functions/job/run-job.ts';
import { bucketNames, type StartedEngines } from '../../support/start-engines.ts';
import { fakeLambdaContext } from '../edge/http/fake-gateway-event.ts';
import { makeRecordingTelemetry } from '../edge/telemetry/recording-telemetry.ts';

const name = { ja: '窓口', en: 'desk' };
const queueUrl = 'http://127.0.0.1/queue';
export const importDesks = StageDesks.parse([
  { id: 'staff', kind: 'internal', mode: 'push', name, queueUrl },
  { id: 'bpo', kind: 'outsourced', mode: 'pull', vendor: 'vendor-a', name, queueUrl },
]);

export const leadPerson = Person.parse({
  address: 'lead-1@toritsugi.example',
  sub: 'lead-1',
  name: 'Lead One',
  role: 'lead',
});
export const operatorPerson = Person.parse({
  address: 'operator-a1@vendor-a.example',
  sub: 'operator-a1',
  name: 'Operator A1',
  role: 'operator',
  vendor: 'vendor-a',
  desks: ['bpo'],
});
export const employeePerson = Person.parse({
  address: 'employee-1@toritsugi.example',
  sub: 'employee-1',
  name: '従業員 一',
  role: 'requester',
  department: '営業部',
});

/** Everything that imports need, wired as in the entries, with a clock that tests set. */
export async function startImportFixture(engines: StartedEngines) {
  const { table } = engines;
  const content = new S3ContentStore(engines.s3, bucketNames.content);
  const jobs = new DynamoJobLedger(table);
  const notes = new DynamoJobNotes(table);
  const people = new DynamoPersonRegistry(table);
  const ledger = new DynamoInquiryLedger(table, content);
  const clock = { at: Date.parse('2026-11-22T03:00:00.000Z') };
  const now = (): Instant => instantOf(clock.at);
  for (const person of [leadPerson, operatorPerson, employeePerson]) await people.put(person);
  const logging = {
    ledger,
    lookup: new DynamoIntakeLookup(table),
    receipts: new DynamoReceiptLedger(table),
    random: nodeRandomness,
    pause: (milliseconds: number) => setTimeout(milliseconds),
    terms: new DynamoTerms(table, importDesks),
    mailDomain: 'toritsugi.example',
  };
  const elsewhere: JobWork = { open: () => Promise.reject(new Error('has a world of its own')) };
  const work: Record<JobKind, JobWork> = {
    'people-import': new CsvImportWork(content, people, makePersonRowImporter(people, importDesks)),
    'phone-log-import': new CsvImportWork(content, people, makeCallRowImporter(logging, now)),
    'sla-recomputation': new RecomputationWork({
      ...logging,
      open: new DynamoOpenInquiries(table),
      now,
    }),
    'sla-restatement': new RestatementWork({
      ...{ people, ledger, notes, terms: logging.terms },
      records: new DynamoVerdictLedger(table),
      alarms: new DynamoAlarmIndex(table),
    }),
    offboarding: elsewhere,
    'person-erasure': elsewhere,
    'routing-simulation': elsewhere,
  };

  /** Delivers a job's message to a worker once, with some time left. */
  async function deliver(
    id: JobId,
    options: {
      readonly remainingMs?: number;
      readonly work?: typeof work;
      readonly jobs?: JobLedger;
    } = {},
  ) {
    const telemetry = makeRecordingTelemetry();
    const handler = makeHandler({
      ...telemetry,
      ...{ jobs: options.jobs ?? jobs, now },
      work: options.work ?? work,
      clock: () => clock.at,
    });
    const body = JSON.stringify({ jobId: id });
    const event = { Records: [{ ...record, body }] };
    const answer = await handler(event, fakeLambdaContext(options.remainingMs ?? 300_000));
    const steps = telemetry.lines.flatMap(({ fields: { step } }) =>
      step === undefined ? [] : [step],
    );
    return { ...answer, ...telemetry, steps };
  }

  /** Starts the import of a file, as the routes do. */
  async function start(kind: JobKind, file: string | Uint8Array, by: Person): Promise<JobId> {
    const imports = new StoredImports(jobs, content, nodeRandomness, kind);
    const bytes = typeof file === 'string' ? Buffer.from(file) : file;
    return (await imports.start(bytes, by.sub as Sub, now())).id as JobId;
  }

  return { ...logging, jobs, notes, people, content, clock, now, work, deliver, start };
}

const record = {
  messageId: '059f36b4-87a3-44ab-83d2-661975830a7d',
  receiptHandle: 'handle',
  attributes: {
    ApproximateReceiveCount: '1',
    SentTimestamp: '1795316400000',
    SenderId: 'AIDAIENQZJOLO23YVJ4VO',
    ApproximateFirstReceiveTimestamp: '1795316400100',
  },
  messageAttributes: {},
  md5OfBody: '',
  eventSource: 'aws:sqs',
  eventSourceARN: 'arn:aws:sqs:ap-northeast-1:111122223333:jobs',
  awsRegion: 'ap-northeast-1',
};
