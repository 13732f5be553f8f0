import { DynamoServiceLevelConfigLedger } from '../../adapters/dynamo/config/dynamo-service-level-config-ledger.ts';
import { DynamoTerms } from '../../adapters/dynamo/config/dynamo-terms.ts';
import { DynamoOpenInquiries } from '../../adapters/dynamo/sla/dynamo-open-inquiries.ts';
import { nodeRandomness } from '../../adapters/random/node-randomness.ts';
import { makeDynamoClient, makeSecretsClient } from '../../adapters/sdk/aws-clients.ts';
import { hmacSha256 } from '../../adapters/secrets/hmac-sha256.ts';
import { SecretsManagerKeys } from '../../adapters/secrets/secrets-manager-keys.ts';
import { checkWebhookUrl, collectOrigins } from '../../adapters/webhook/check-webhook-url.ts';
import { wireHttp } from '../edge/edge.wiring.ts';
import { makeSigningKeys } from '../edge/signing-keys.ts';
import { Env, makeHandler } from './configure-service-levels.ts';

const env = Env.parse(process.env);
const table = { client: makeDynamoClient(), name: env.TABLE_NAME };
const terms = new DynamoTerms(table, env.DESKS);
const exceptions = collectOrigins(env.WEBHOOK_EXCEPTIONS);

export const handler = makeHandler({
  ...wireHttp('sla', table),
  ...{ terms, history: terms },
  ledger: new DynamoServiceLevelConfigLedger(table),
  open: new DynamoOpenInquiries(table),
  random: nodeRandomness,
  refusedUrl: (url) => checkWebhookUrl(url, exceptions),
  keys: makeSigningKeys(new SecretsManagerKeys(makeSecretsClient(), env.SIGNING_SECRET_ARN).read),
  mac: hmacSha256,
  clock: () => performance.now(),
});
