import { DynamoRoutingConfigLedger } from '../../adapters/dynamo/config/dynamo-routing-config-ledger.ts';
import { DynamoJobLedger } from '../../adapters/dynamo/job/dynamo-job-ledger.ts';
import { StoredSimulations } from '../../adapters/job/simulation-store.ts';
import { nodeRandomness } from '../../adapters/random/node-randomness.ts';
import { S3OnDemand } from '../../adapters/s3/s3-on-demand.ts';
import { makeDynamoClient, makeSecretsClient } from '../../adapters/sdk/aws-clients.ts';
import { SecretsManagerKeys } from '../../adapters/secrets/secrets-manager-keys.ts';
import { checkWebhookUrl, collectOrigins } from '../../adapters/webhook/check-webhook-url.ts';
import { shippedForms } from '../../core/intake/form/shipped-forms.ts';
import { wireHttp, wireTerms } from '../edge/edge.wiring.ts';
import { makeSigningKeys } from '../edge/signing-keys.ts';
import { Env, makeHandler } from './simulate-routing.ts';

const env = Env.parse(process.env);
const table = { client: makeDynamoClient(), name: env.TABLE_NAME };
const content = new S3OnDemand().content(env.CONTENT_BUCKET);
const secret = new SecretsManagerKeys(makeSecretsClient(), env.SIGNING_SECRET_ARN);
const exceptions = collectOrigins(env.WEBHOOK_EXCEPTIONS);

export const handler = makeHandler({
  ...wireHttp('routing', table),
  terms: wireTerms(table, env),
  versions: new DynamoRoutingConfigLedger(table),
  forms: shippedForms.map(({ form }) => form),
  refusedUrl: (url) => checkWebhookUrl(url, exceptions),
  simulations: new StoredSimulations(new DynamoJobLedger(table), content, nodeRandomness),
  cursorKeys: makeSigningKeys(secret.read),
});
