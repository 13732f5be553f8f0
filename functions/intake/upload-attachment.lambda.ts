import { randomUUID } from 'node:crypto';
import { DynamoAnswerStore } from '../../adapters/dynamo/dynamo-answer-store.ts';
import { DynamoPersonRegistry } from '../../adapters/dynamo/dynamo-person-registry.ts';
import { nodeRandomness } from '../../adapters/random/node-randomness.ts';
import { S3Uploads } from '../../adapters/s3/s3-uploads.ts';
import { dynamoClient, s3Client } from '../../adapters/sdk/aws-clients.ts';
import { instantOf } from '../../core/inquiry/ids.ts';
import { makeLogger, makeMeter } from '../edge/telemetry.ts';
import { Env, makeHandler } from './upload-attachment.ts';

const env = Env.parse(process.env);
const table = { client: dynamoClient(), name: env.TABLE_NAME };

export const handler = makeHandler({
  files: new S3Uploads(s3Client(), env.CONTENT_BUCKET),
  random: nodeRandomness,
  people: new DynamoPersonRegistry(table),
  answers: new DynamoAnswerStore(table, Date.now),
  logger: makeLogger(),
  meter: makeMeter(),
  now: () => instantOf(Date.now()),
  newTraceId: randomUUID,
});
