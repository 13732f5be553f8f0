import { DynamoVerdictLedger } from '../../adapters/dynamo/sla/dynamo-verdict-ledger.ts';
import { makeSecretsClient } from '../../adapters/sdk/aws-clients.ts';
import { SecretsManagerKeys } from '../../adapters/secrets/secrets-manager-keys.ts';
import { wireHttp, wireTerms } from '../edge/edge.wiring.ts';
import { makeSigningKeys } from '../edge/signing-keys.ts';
import { systemPorts, wireLedger, wireTable } from '../work/work.wiring.ts';
import { Env, makeHandler } from './review-breaches.ts';

const env = Env.parse(process.env);
const { table } = wireTable(env);
const { ledger } = wireLedger(table, env);
const secret = new SecretsManagerKeys(makeSecretsClient(), env.SIGNING_SECRET_ARN);

export const handler = makeHandler({
  ...wireHttp('sla', table),
  ...systemPorts,
  terms: wireTerms(table, env),
  ledger,
  verdicts: new DynamoVerdictLedger(table),
  cursorKeys: makeSigningKeys(secret.read),
});
