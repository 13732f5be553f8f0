import { setTimeout } from 'node:timers/promises';
import { DynamoInquiryLedger } from '../../adapters/dynamo/inquiry/dynamo-inquiry-ledger.ts';
import { DynamoNoticeLedger } from '../../adapters/dynamo/notice/dynamo-notice-ledger.ts';
import { DynamoPersonRegistry } from '../../adapters/dynamo/people/dynamo-person-registry.ts';
import { nodeRandomness } from '../../adapters/random/node-randomness.ts';
import { S3ContentStore } from '../../adapters/s3/content-store.ts';
import { makeDynamoClient, makeS3Client } from '../../adapters/sdk/aws-clients.ts';
import { now } from '../edge/clock.wiring.ts';
import { wireTerms } from '../edge/edge.wiring.ts';
import { makeLogger, makeMeter } from '../edge/telemetry/telemetry.ts';
import { Env, makeHandler } from './record-bounce.ts';

const env = Env.parse(process.env);
const table = { client: makeDynamoClient(), name: env.TABLE_NAME };
const content = new S3ContentStore(makeS3Client(), env.CONTENT_BUCKET);

export const handler = makeHandler({
  env,
  terms: wireTerms(table, env),
  ledger: new DynamoInquiryLedger(table, content),
  sentMail: new DynamoNoticeLedger(table, content),
  people: new DynamoPersonRegistry(table),
  random: nodeRandomness,
  pause: (milliseconds) => setTimeout(milliseconds),
  logger: makeLogger(),
  meter: makeMeter('notice'),
  now,
});
