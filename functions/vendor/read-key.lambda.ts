import { makeDynamoClient, makeSecretsClient } from '../../adapters/sdk/aws-clients.ts';
import { hmacSha256 } from '../../adapters/secrets/hmac-sha256.ts';
import { SecretsManagerKeys } from '../../adapters/secrets/secrets-manager-keys.ts';
import { wireHttp, wireTerms } from '../edge/edge.wiring.ts';
import { makeSigningKeys } from '../edge/signing-keys.ts';
import { Env, makeHandler } from './read-key.ts';

const env = Env.parse(process.env);
const table = { client: makeDynamoClient(), name: env.TABLE_NAME };
const secret = new SecretsManagerKeys(makeSecretsClient(), env.SIGNING_SECRET_ARN);

export const handler = makeHandler({
  ...wireHttp('vendor', table),
  terms: wireTerms(table, env),
  keys: makeSigningKeys(secret.read),
  mac: hmacSha256,
});
