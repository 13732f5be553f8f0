import { wireHttp, wireTerms } from '../edge/edge.wiring.ts';
import { wireLedger, wireTable } from '../work/work.wiring.ts';
import { Env, makeHandler } from './explain-clock.ts';

const env = Env.parse(process.env);
const { table } = wireTable(env);
const { ledger } = wireLedger(table, env);

export const handler = makeHandler({
  ...wireHttp('sla', table),
  terms: wireTerms(table, env),
  ledger,
});
