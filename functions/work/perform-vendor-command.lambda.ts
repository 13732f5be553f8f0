import { makeSecretsClient } from '../../adapters/sdk/aws-clients.ts';
import { hmacSha256 } from '../../adapters/secrets/hmac-sha256.ts';
import { SecretsManagerKeys } from '../../adapters/secrets/secrets-manager-keys.ts';
import { HttpWebhooks } from '../../adapters/webhook/http-webhooks.ts';
import { wireHttp, wireTerms } from '../edge/edge.wiring.ts';
import { makeSigningKeys } from '../edge/signing-keys.ts';
import { Env, makeHandler } from './perform-vendor-command.ts';
import { systemPorts, wireLedger, wireTable } from './work.wiring.ts';

const env = Env.parse(process.env);
const { table } = wireTable(env);

export const handler = makeHandler({
  ...{ ...wireHttp('work', table), ...systemPorts },
  env,
  terms: wireTerms(table, env),
  ledger: wireLedger(table, env).ledger,
  keys: makeSigningKeys(new SecretsManagerKeys(makeSecretsClient(), env.SIGNING_SECRET_ARN).read),
  mac: hmacSha256,
  webhooks: new HttpWebhooks(env.WEBHOOK_EXCEPTIONS),
});
