import { DynamoRoutingConfigLedger } from '../../adapters/dynamo/config/dynamo-routing-config-ledger.ts';
import { DynamoErasures } from '../../adapters/dynamo/erasure/dynamo-erasures.ts';
import { DynamoInquiryIndex } from '../../adapters/dynamo/inquiry/dynamo-inquiry-index.ts';
import { VersionedDeskSettings } from '../../adapters/dynamo/people/versioned-desk-settings.ts';
import { nodeRandomness } from '../../adapters/random/node-randomness.ts';
import { makeDynamoClient } from '../../adapters/sdk/aws-clients.ts';
import { wireHttp, wireTerms } from '../edge/edge.wiring.ts';
import { Env, makeHandler } from './erase-person.ts';

const env = Env.parse(process.env);
const table = { client: makeDynamoClient(), name: env.TABLE_NAME };

export const handler = makeHandler({
  ...wireHttp('people', table),
  terms: wireTerms(table, env),
  index: new DynamoInquiryIndex(table),
  settings: new VersionedDeskSettings(new DynamoRoutingConfigLedger(table)),
  erasures: new DynamoErasures(table, nodeRandomness),
});
