import { makeSecretsClient } from '../../adapters/sdk/aws-clients.ts';
import { SecretsManagerKeys } from '../../adapters/secrets/secrets-manager-keys.ts';
import { wireHttp } from '../edge/edge.wiring.ts';
import { makeSigningKeys } from '../edge/signing-keys.ts';
import { wireLedgerWithoutBodies, wireTable } from '../work/work.wiring.ts';
import { Env, makeHandler } from './read-audit.ts';

const env = Env.parse(process.env);
const { table } = wireTable(env);
const edge = wireHttp('audit', table);
const secret = new SecretsManagerKeys(makeSecretsClient(), env.SIGNING_SECRET_ARN);

export const handler = makeHandler({
  ...edge,
  archive: edge.audit,
  ledger: wireLedgerWithoutBodies(table),
  cursorKeys: makeSigningKeys(secret.read),
});
