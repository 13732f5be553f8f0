import { DynamoRoutingConfigLedger } from '../../adapters/dynamo/config/dynamo-routing-config-ledger.ts';
import { compareDocuments } from '../../adapters/json/compare-documents.ts';
import { makeDynamoClient } from '../../adapters/sdk/aws-clients.ts';
import { checkWebhookUrl, collectOrigins } from '../../adapters/webhook/check-webhook-url.ts';
import { shippedForms } from '../../core/intake/form/shipped-forms.ts';
import { wireHttp, wireTerms } from '../edge/edge.wiring.ts';
import { Env, makeHandler } from './configure-routing.ts';

const env = Env.parse(process.env);
const table = { client: makeDynamoClient(), name: env.TABLE_NAME };
const exceptions = collectOrigins(env.WEBHOOK_EXCEPTIONS);

export const handler = makeHandler({
  ...wireHttp('routing', table),
  terms: wireTerms(table, env),
  versions: new DynamoRoutingConfigLedger(table),
  compare: compareDocuments,
  forms: shippedForms.map(({ form }) => form),
  refusedUrl: (url) => checkWebhookUrl(url, exceptions),
});
