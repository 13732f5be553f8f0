import { setTimeout } from 'node:timers/promises';
import { DynamoInquiryLedger } from '../../adapters/dynamo/inquiry/dynamo-inquiry-ledger.ts';
import { nodeRandomness } from '../../adapters/random/node-randomness.ts';
import { S3OnDemand } from '../../adapters/s3/s3-on-demand.ts';
import { makeDynamoClient, makeSecretsClient } from '../../adapters/sdk/aws-clients.ts';
import { hmacSha256 } from '../../adapters/secrets/hmac-sha256.ts';
import { SecretsManagerKeys } from '../../adapters/secrets/secrets-manager-keys.ts';
import { makeStatusLink } from '../../core/inquiry/tokens/status-token.ts';
import { wireHttp, wireTerms } from '../edge/edge.wiring.ts';
import { makeSigningKeys } from '../edge/signing-keys.ts';
import { Env, makeHandler } from './submit-form.ts';

const env = Env.parse(process.env);
const table = { client: makeDynamoClient(), name: env.TABLE_NAME };
const s3 = new S3OnDemand();
const secret = new SecretsManagerKeys(makeSecretsClient(), env.SIGNING_SECRET_ARN);
const signing = makeSigningKeys(secret.read);

export const handler = makeHandler({
  ...wireHttp('intake', table),
  env,
  terms: wireTerms(table, env),
  ledger: new DynamoInquiryLedger(table, s3.content(env.CONTENT_BUCKET)),
  random: nodeRandomness,
  pause: (milliseconds) => setTimeout(milliseconds),
  uploads: s3.uploads(env.CONTENT_BUCKET),
  statusUrl: async (inquiryId, now) => {
    const keys = await signing.of('status');
    return makeStatusLink({ keys, mac: hmacSha256 }, env.PUBLIC_URL, inquiryId, now);
  },
});
