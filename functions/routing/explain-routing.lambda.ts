import { DynamoRoutingConfigLedger } from '../../adapters/dynamo/config/dynamo-routing-config-ledger.ts';
import { wireHttp, wireTerms } from '../edge/edge.wiring.ts';
import { wireLedgerWithoutBodies, wireTable } from '../work/work.wiring.ts';
import { Env, makeHandler } from './explain-routing.ts';

const env = Env.parse(process.env);
const { table } = wireTable(env);

export const handler = makeHandler({
  ...wireHttp('routing', table),
  terms: wireTerms(table, env),
  ledger: wireLedgerWithoutBodies(table),
  versions: new DynamoRoutingConfigLedger(table),
});
