import { DynamoJobLedger } from '../../adapters/dynamo/job/dynamo-job-ledger.ts';
import { DynamoVerdictLedger } from '../../adapters/dynamo/sla/dynamo-verdict-ledger.ts';
import { StoredRestatements } from '../../adapters/job/stored-restatements.ts';
import { nodeRandomness } from '../../adapters/random/node-randomness.ts';
import { makeDynamoClient } from '../../adapters/sdk/aws-clients.ts';
import { wireHttp, wireTerms } from '../edge/edge.wiring.ts';
import { Env, makeHandler } from './report-service-levels.ts';

const env = Env.parse(process.env);
const table = { client: makeDynamoClient(), name: env.TABLE_NAME };

export const handler = makeHandler({
  ...wireHttp('sla', table),
  terms: wireTerms(table, env),
  records: new DynamoVerdictLedger(table),
  restatements: new StoredRestatements(new DynamoJobLedger(table), nodeRandomness),
});
