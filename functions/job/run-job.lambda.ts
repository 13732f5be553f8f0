import { setTimeout } from 'node:timers/promises';
import { DynamoInquiryLedger } from '../../adapters/dynamo/dynamo-inquiry-ledger.ts';
import { DynamoIntakeLookup, DynamoReceiptLedger } from '../../adapters/dynamo/dynamo-intake.ts';
import { DynamoJobLedger } from '../../adapters/dynamo/dynamo-job-ledger.ts';
import { DynamoPersonRegistry } from '../../adapters/dynamo/dynamo-person-registry.ts';
import { callRows } from '../../adapters/job/call-rows.ts';
import { CsvWork } from '../../adapters/job/csv-work.ts';
import { peopleRows } from '../../adapters/job/people-rows.ts';
import { nodeRandomness } from '../../adapters/random/node-randomness.ts';
import { S3ContentStore } from '../../adapters/s3/content-store.ts';
import { dynamoClient, s3Client } from '../../adapters/sdk/aws-clients.ts';
import { instantOf } from '../../core/inquiry/ids.ts';
import { shippedTerms } from '../../core/inquiry/terms.ts';
import { makeLogger, makeMeter } from '../edge/telemetry.ts';
import { Env, makeHandler } from './run-job.ts';

const env = Env.parse(process.env);
const table = { client: dynamoClient(), name: env.TABLE_NAME };
const content = new S3ContentStore(s3Client(), env.CONTENT_BUCKET);
const people = new DynamoPersonRegistry(table);
const now = () => instantOf(Date.now());

const logging = {
  ledger: new DynamoInquiryLedger(table, content),
  lookup: new DynamoIntakeLookup(table),
  receipts: new DynamoReceiptLedger(table),
  random: nodeRandomness,
  pause: (milliseconds: number) => setTimeout(milliseconds),
  terms: shippedTerms(env.DESKS),
  mailDomain: env.MAIL_DOMAIN,
};

export const handler = makeHandler({
  jobs: new DynamoJobLedger(table),
  work: {
    'people-import': new CsvWork(content, people, peopleRows(people, env.DESKS)),
    'phone-log-import': new CsvWork(content, people, callRows(logging, now)),
  },
  logger: makeLogger(),
  meter: makeMeter(),
  now,
  clock: () => performance.now(),
});
