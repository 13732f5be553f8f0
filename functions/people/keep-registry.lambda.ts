import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DynamoAnswerStore } from '../../adapters/dynamo/dynamo-answer-store.ts';
import { DynamoInquiryIndex } from '../../adapters/dynamo/dynamo-inquiry-index.ts';
import { DynamoJobLedger } from '../../adapters/dynamo/dynamo-job-ledger.ts';
import { DynamoPersonRegistry } from '../../adapters/dynamo/dynamo-person-registry.ts';
import { StoredImports } from '../../adapters/job/stored-imports.ts';
import { nodeRandomness } from '../../adapters/random/node-randomness.ts';
import { S3ContentStore } from '../../adapters/s3/content-store.ts';
import { SecretsManagerKeys } from '../../adapters/secrets/secrets-manager-keys.ts';
import { instantOf } from '../../core/inquiry/ids.ts';
import { makeSigningKeys } from '../edge/signing-keys.ts';
import { makeLogger, makeMeter } from '../edge/telemetry.ts';
import { Env, makeHandler } from './keep-registry.ts';

const env = Env.parse(process.env);
const table = { client: new DynamoDBClient({}), name: env.TABLE_NAME };
const content = new S3ContentStore(new S3Client({}), env.CONTENT_BUCKET);
const secret = new SecretsManagerKeys(new SecretsManagerClient({}), env.SIGNING_SECRET_ARN);
const jobs = new DynamoJobLedger(table);

export const handler = makeHandler({
  env,
  people: new DynamoPersonRegistry(table),
  index: new DynamoInquiryIndex(table),
  imports: new StoredImports(jobs, content, nodeRandomness, 'people-import'),
  cursorKeys: makeSigningKeys(secret.read),
  answers: new DynamoAnswerStore(table, Date.now),
  logger: makeLogger(),
  meter: makeMeter(),
  now: () => instantOf(Date.now()),
  newTraceId: randomUUID,
});
