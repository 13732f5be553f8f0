import { makeSecretsClient } from '../../adapters/sdk/aws-clients.ts';
import { hmacSha256 } from '../../adapters/secrets/hmac-sha256.ts';
import { SecretsManagerKeys } from '../../adapters/secrets/secrets-manager-keys.ts';
import { HttpWebhooks } from '../../adapters/webhook/http-webhooks.ts';
import { wireEdge, wireTerms } from '../edge/edge.wiring.ts';
import { makeSigningKeys } from '../edge/signing-keys.ts';
import { wireLedgerWithoutBodies, wireTable } from '../work/work.wiring.ts';
import { Env, makeHandler } from './notify-vendor.ts';

const env = Env.parse(process.env);
const { table } = wireTable(env);

export const handler = makeHandler({
  ...wireEdge('vendor'),
  ledger: wireLedgerWithoutBodies(table),
  terms: wireTerms(table, env),
  keys: makeSigningKeys(new SecretsManagerKeys(makeSecretsClient(), env.SIGNING_SECRET_ARN).read),
  mac: hmacSha256,
  webhooks: new HttpWebhooks(env.WEBHOOK_EXCEPTIONS),
});
