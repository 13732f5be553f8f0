import { randomUUID } from 'node:crypto';
import { DynamoInquiryLedger } from '../../adapters/dynamo/dynamo-inquiry-ledger.ts';
import { S3ContentStore } from '../../adapters/s3/content-store.ts';
import { PresignedDownloads } from '../../adapters/s3/presigned-downloads.ts';
import { dynamoClient, s3Client, secretsClient } from '../../adapters/sdk/aws-clients.ts';
import { hmacSha256 } from '../../adapters/secrets/hmac-sha256.ts';
import { SecretsManagerKeys } from '../../adapters/secrets/secrets-manager-keys.ts';
import { instantOf } from '../../core/inquiry/ids.ts';
import { makeSigningKeys } from '../edge/signing-keys.ts';
import { makeLogger, makeMeter } from '../edge/telemetry.ts';
import { Env, makeHandler } from './show-status.ts';

const env = Env.parse(process.env);
const s3 = s3Client();

export const handler = makeHandler({
  ledger: new DynamoInquiryLedger(
    { client: dynamoClient(), name: env.TABLE_NAME },
    new S3ContentStore(s3, env.CONTENT_BUCKET),
  ),
  links: new PresignedDownloads(s3, env.CONTENT_BUCKET),
  keys: makeSigningKeys(new SecretsManagerKeys(secretsClient(), env.SIGNING_SECRET_ARN).read),
  mac: hmacSha256,
  logger: makeLogger(),
  meter: makeMeter(),
  now: () => instantOf(Date.now()),
  newTraceId: randomUUID,
});
