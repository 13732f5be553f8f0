import { setTimeout } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoInquiryLedger } from '../../adapters/dynamo/dynamo-inquiry-ledger.ts';
import { DynamoNoticeLedger } from '../../adapters/dynamo/dynamo-notice-ledger.ts';
import { DynamoPersonRegistry } from '../../adapters/dynamo/dynamo-person-registry.ts';
import { nodeRandomness } from '../../adapters/random/node-randomness.ts';
import { S3ContentStore } from '../../adapters/s3/content-store.ts';
import { instantOf } from '../../core/inquiry/ids.ts';
import { makeLogger, makeMeter } from '../edge/telemetry.ts';
import { Env, makeHandler } from './record-bounce.ts';

const env = Env.parse(process.env);
const table = { client: new DynamoDBClient({}), name: env.TABLE_NAME };
const content = new S3ContentStore(new S3Client({}), env.CONTENT_BUCKET);

export const handler = makeHandler({
  env,
  ledger: new DynamoInquiryLedger(table, content),
  sentMail: new DynamoNoticeLedger(table, content),
  people: new DynamoPersonRegistry(table),
  random: nodeRandomness,
  pause: (milliseconds) => setTimeout(milliseconds),
  logger: makeLogger(),
  meter: makeMeter(),
  now: () => instantOf(Date.now()),
});
