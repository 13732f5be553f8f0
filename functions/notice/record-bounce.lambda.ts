import { setTimeout } from 'node:timers/promises';
import { DynamoInquiryLedger } from '../../adapters/dynamo/inquiry/dynamo-inquiry-ledger.ts';
import { DynamoNoticeLedger } from '../../adapters/dynamo/notice/dynamo-notice-ledger.ts';
import { DynamoPersonRegistry } from '../../adapters/dynamo/people/dynamo-person-registry.ts';
import { nodeRandomness } from '../../adapters/random/node-randomness.ts';
import { S3OnDemand } from '../../adapters/s3/s3-on-demand.ts';
import { makeDynamoClient } from '../../adapters/sdk/aws-clients.ts';
import { now } from '../edge/clock.wiring.ts';
import { wireTerms } from '../edge/edge.wiring.ts';
import { makeLogger, makeMeter } from '../edge/telemetry/telemetry.ts';
import { Env, makeHandler } from './record-bounce.ts';

const env = Env.parse(process.env);
const table = { client: makeDynamoClient(), name: env.TABLE_NAME };
const content = new S3OnDemand().content(env.CONTENT_BUCKET);

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
