import { makeSecretsClient } from '../../adapters/sdk/aws-clients.ts';
import { hmacSha256 } from '../../adapters/secrets/hmac-sha256.ts';
import { SecretsManagerKeys } from '../../adapters/secrets/secrets-manager-keys.ts';
import { wireHttp, wireTerms } from '../edge/edge.wiring.ts';
import { makeSigningKeys } from '../edge/signing-keys.ts';
import { systemPorts, wireLedger, wireTable } from '../work/work.wiring.ts';
import { Env, makeHandler } from './acknowledge-escalation.ts';

const env = Env.parse(process.env);
const { table } = wireTable(env);

export const handler = makeHandler({
  ...wireHttp('sla', table),
  ...systemPorts,
  terms: wireTerms(table, env),
  ledger: wireLedger(table, env).ledger,
  keys: makeSigningKeys(new SecretsManagerKeys(makeSecretsClient(), env.SIGNING_SECRET_ARN).read),
  mac: hmacSha256,
});
