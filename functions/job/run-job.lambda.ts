import { setTimeout } from 'node:timers/promises';
import { DynamoRoutingConfigLedger } from '../../adapters/dynamo/config/dynamo-routing-config-ledger.ts';
import { DynamoInquiryIndex } from '../../adapters/dynamo/inquiry/dynamo-inquiry-index.ts';
import { DynamoInquiryLedger } from '../../adapters/dynamo/inquiry/dynamo-inquiry-ledger.ts';
import {
  DynamoIntakeLookup,
  DynamoReceiptLedger,
} from '../../adapters/dynamo/intake/dynamo-intake-lookup.ts';
import { DynamoJobLedger } from '../../adapters/dynamo/job/dynamo-job-ledger.ts';
import { DynamoJobNotes } from '../../adapters/dynamo/job/dynamo-job-notes.ts';
import { DynamoHeldWork } from '../../adapters/dynamo/people/dynamo-held-work.ts';
import { DynamoPersonRegistry } from '../../adapters/dynamo/people/dynamo-person-registry.ts';
import { VersionedDeskSettings } from '../../adapters/dynamo/people/versioned-desk-settings.ts';
import { DynamoPastInquiries } from '../../adapters/dynamo/routing/dynamo-past-inquiries.ts';
import { DynamoAlarmIndex } from '../../adapters/dynamo/sla/dynamo-alarm-index.ts';
import { DynamoOpenInquiries } from '../../adapters/dynamo/sla/dynamo-open-inquiries.ts';
import { DynamoVerdictLedger } from '../../adapters/dynamo/sla/dynamo-verdict-ledger.ts';
import { makeCallRowImporter } from '../../adapters/job/call-row-importer.ts';
import { CsvImportWork } from '../../adapters/job/csv-import-work.ts';
import { OffboardingWork } from '../../adapters/job/offboarding-work.ts';
import { makePersonRowImporter } from '../../adapters/job/person-row-importer.ts';
import { RecomputationWork } from '../../adapters/job/recomputation-work.ts';
import { RestatementWork } from '../../adapters/job/restatement-work.ts';
import { SimulationWork } from '../../adapters/job/simulation-work.ts';
import { nodeRandomness } from '../../adapters/random/node-randomness.ts';
import { S3OnDemand } from '../../adapters/s3/s3-on-demand.ts';
import { makeDynamoClient, makeSqsClient } from '../../adapters/sdk/aws-clients.ts';
import { SqsOutbox } from '../../adapters/sqs/sqs-outbox.ts';
import { now } from '../edge/clock.wiring.ts';
import { wireTerms } from '../edge/edge.wiring.ts';
import { makeLogger, makeMeter } from '../edge/telemetry/telemetry.ts';
import { Env, makeHandler } from './run-job.ts';

const env = Env.parse(process.env);
const table = { client: makeDynamoClient(), name: env.TABLE_NAME };
const content = new S3OnDemand().content(env.CONTENT_BUCKET);
const people = new DynamoPersonRegistry(table);
const index = new DynamoInquiryIndex(table);
const outbox = new SqsOutbox(makeSqsClient());

const shared = {
  ledger: new DynamoInquiryLedger(table, content),
  lookup: new DynamoIntakeLookup(table),
  receipts: new DynamoReceiptLedger(table),
  random: nodeRandomness,
  pause: (milliseconds: number) => setTimeout(milliseconds),
  terms: wireTerms(table, env),
  mailDomain: env.MAIL_DOMAIN,
};

export const handler = makeHandler({
  jobs: new DynamoJobLedger(table),
  work: {
    'people-import': new CsvImportWork(content, people, makePersonRowImporter(people, env.DESKS)),
    'phone-log-import': new CsvImportWork(content, people, makeCallRowImporter(shared, now)),
    'sla-recomputation': new RecomputationWork({
      ...shared,
      open: new DynamoOpenInquiries(table),
      now,
    }),
    'sla-restatement': new RestatementWork({
      ...{ people, ledger: shared.ledger, terms: shared.terms },
      notes: new DynamoJobNotes(table),
      records: new DynamoVerdictLedger(table),
      alarms: new DynamoAlarmIndex(table),
    }),
    offboarding: new OffboardingWork({
      ...{ ...shared, people, index, now },
      heldWork: new DynamoHeldWork(table, index),
      settings: new VersionedDeskSettings(new DynamoRoutingConfigLedger(table)),
      notes: new DynamoJobNotes(table),
    }),
    'routing-simulation': new SimulationWork({
      ...{ people, content, terms: shared.terms, desks: env.DESKS },
      notes: new DynamoJobNotes(table),
      past: new DynamoPastInquiries(table, shared.ledger),
    }),
  },
  // The right to read everything is another function's.
  handOver: async (jobId) => {
    const message = { body: JSON.stringify({ jobId }), delaySeconds: 0 };
    const failed = await outbox.send(env.ERASURE_QUEUE_URL, [message]);
    if (failed.size > 0) throw new Error('the queue did not accept the job');
  },
  logger: makeLogger(),
  meter: makeMeter('job'),
  now,
  clock: () => performance.now(),
});
