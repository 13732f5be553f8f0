import { wireHttp, wireTerms } from '../edge/edge.wiring.ts';
import { Env, makeHandler } from './read-desks.ts';
import { wireLedgerWithoutBodies, wireTable } from './work.wiring.ts';

const env = Env.parse(process.env);
const { table, index } = wireTable(env);
const ledger = wireLedgerWithoutBodies(table);

const terms = wireTerms(table, env);

export const handler = makeHandler({ ...wireHttp('work', table), terms, ledger, index });
