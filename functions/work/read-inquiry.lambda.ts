import { makeSecretsClient } from '../../adapters/sdk/aws-clients.ts';
import { SecretsManagerKeys } from '../../adapters/secrets/secrets-manager-keys.ts';
import { wireHttp, wireTerms } from '../edge/edge.wiring.ts';
import { makeSigningKeys } from '../edge/signing-keys.ts';
import { Env, makeHandler } from './read-inquiry.ts';
import { wireLedger, wireTable } from './work.wiring.ts';

const env = Env.parse(process.env);
const { table, index } = wireTable(env);
const { ledger, s3 } = wireLedger(table, env);
const secret = new SecretsManagerKeys(makeSecretsClient(), env.SIGNING_SECRET_ARN);

export const handler = makeHandler({
  ...wireHttp('work', table),
  terms: wireTerms(table, env),
  ledger,
  index,
  downloads: s3.downloads(env.CONTENT_BUCKET),
  cursorKeys: makeSigningKeys(secret.read),
});
