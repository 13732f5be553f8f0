import { DynamoConfigVersions } from '../../adapters/dynamo/config/dynamo-routing-config-ledger.ts';
import { compareDocuments } from '../../adapters/json/compare-documents.ts';
import { dynamoClient } from '../../adapters/sdk/aws-clients.ts';
import { originsOf, refusedUrl } from '../../adapters/webhook/check-webhook-url.ts';
import { shippedForms } from '../../core/intake/form/shipped-forms.ts';
import { wireHttp, wireTerms } from '../edge/edge.wiring.ts';
import { Env, makeHandler } from './configure-routing.ts';

const env = Env.parse(process.env);
const table = { client: dynamoClient(), name: env.TABLE_NAME };
const exceptions = originsOf(env.WEBHOOK_EXCEPTIONS);

export const handler = makeHandler({
  ...wireHttp(table),
  terms: wireTerms(table, env),
  versions: new DynamoConfigVersions(table),
  compare: compareDocuments,
  forms: shippedForms.map(({ form }) => form),
  refusedUrl: (url) => refusedUrl(url, exceptions),
});
