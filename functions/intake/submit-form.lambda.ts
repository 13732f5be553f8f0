import { setTimeout } from 'node:timers/promises';
import { DynamoInquiryLedger } from '../../adapters/dynamo/inquiry/dynamo-inquiry-ledger.ts';
import { nodeRandomness } from '../../adapters/random/node-randomness.ts';
import { S3ContentStore } from '../../adapters/s3/content-store.ts';
import { S3Uploads } from '../../adapters/s3/s3-uploads.ts';
import {
  makeDynamoClient,
  makeS3Client,
  makeSecretsClient,
} from '../../adapters/sdk/aws-clients.ts';
import { hmacSha256 } from '../../adapters/secrets/hmac-sha256.ts';
import { SecretsManagerKeys } from '../../adapters/secrets/secrets-manager-keys.ts';
import { makeStatusLink } from '../../core/inquiry/tokens/status-token.ts';
import { wireHttp, wireTerms } from '../edge/edge.wiring.ts';
import { makeSigningKeys } from '../edge/signing-keys.ts';
import { Env, makeHandler } from './submit-form.ts';

const env = Env.parse(process.env);
const table = { client: makeDynamoClient(), name: env.TABLE_NAME };
const s3 = makeS3Client();
const secret = new SecretsManagerKeys(makeSecretsClient(), env.SIGNING_SECRET_ARN);
const signing = makeSigningKeys(secret.read);

export const handler = makeHandler({
  ...wireHttp('intake', table),
  env,
  terms: wireTerms(table, env),
  ledger: new DynamoInquiryLedger(table, new S3ContentStore(s3, env.CONTENT_BUCKET)),
  random: nodeRandomness,
  pause: (milliseconds) => setTimeout(milliseconds),
  uploads: new S3Uploads(s3, env.CONTENT_BUCKET),
  statusUrl: async (inquiryId, now) => {
    const keys = await signing.of('status');
    return makeStatusLink({ keys, mac: hmacSha256 }, env.PUBLIC_URL, inquiryId, now);
  },
});
