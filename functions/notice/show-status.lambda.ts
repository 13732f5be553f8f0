import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { DynamoInquiryLedger } from '../../adapters/dynamo/inquiry/dynamo-inquiry-ledger.ts';
import { nodeRandomness } from '../../adapters/random/node-randomness.ts';
import { S3OnDemand } from '../../adapters/s3/s3-on-demand.ts';
import { makeDynamoClient, makeSecretsClient } from '../../adapters/sdk/aws-clients.ts';
import { hmacSha256 } from '../../adapters/secrets/hmac-sha256.ts';
import { SecretsManagerKeys } from '../../adapters/secrets/secrets-manager-keys.ts';
import { wireEdge, wireTerms } from '../edge/edge.wiring.ts';
import { makeSigningKeys } from '../edge/signing-keys.ts';
import { Env, makeHandler } from './show-status.ts';

const env = Env.parse(process.env);
const table = { client: makeDynamoClient(), name: env.TABLE_NAME };
const s3 = new S3OnDemand();

export const handler = makeHandler({
  ...wireEdge('notice'),
  terms: wireTerms(table, env),
  ledger: new DynamoInquiryLedger(table, s3.content(env.CONTENT_BUCKET)),
  links: s3.downloads(env.CONTENT_BUCKET),
  keys: makeSigningKeys(new SecretsManagerKeys(makeSecretsClient(), env.SIGNING_SECRET_ARN).read),
  mac: hmacSha256,
  random: nodeRandomness,
  pause: (milliseconds) => setTimeout(milliseconds),
  newTraceId: randomUUID,
});
