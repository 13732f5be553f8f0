import { setTimeout } from 'node:timers/promises';
import { DynamoInquiryLedger } from '../../adapters/dynamo/inquiry/dynamo-inquiry-ledger.ts';
import {
  DynamoIntakeLookup,
  DynamoReceiptLedger,
} from '../../adapters/dynamo/intake/dynamo-intake-lookup.ts';
import { DynamoJobLedger } from '../../adapters/dynamo/job/dynamo-job-ledger.ts';
import { StoredImports } from '../../adapters/job/stored-imports.ts';
import { nodeRandomness } from '../../adapters/random/node-randomness.ts';
import { S3OnDemand } from '../../adapters/s3/s3-on-demand.ts';
import { makeDynamoClient } from '../../adapters/sdk/aws-clients.ts';
import { wireHttp, wireTerms } from '../edge/edge.wiring.ts';
import { Env, makeHandler } from './log-call.ts';

const env = Env.parse(process.env);
const table = { client: makeDynamoClient(), name: env.TABLE_NAME };
const content = new S3OnDemand().content(env.CONTENT_BUCKET);
const jobs = new DynamoJobLedger(table);

export const handler = makeHandler({
  ...wireHttp('intake', table),
  env,
  terms: wireTerms(table, env),
  ledger: new DynamoInquiryLedger(table, content),
  lookup: new DynamoIntakeLookup(table),
  receipts: new DynamoReceiptLedger(table),
  imports: new StoredImports(jobs, content, nodeRandomness, 'phone-log-import'),
  random: nodeRandomness,
  pause: (milliseconds) => setTimeout(milliseconds),
});
