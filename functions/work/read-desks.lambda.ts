import { wireHttp } from '../edge/edge.wiring.ts';
import { Env, makeHandler } from './read-desks.ts';
import { wireLedgerWithoutBodies, wireTable } from './work.wiring.ts';

const env = Env.parse(process.env);
const { table, index } = wireTable(env);
const ledger = wireLedgerWithoutBodies(table);

export const handler = makeHandler({ ...wireHttp(table), env, ledger, index });
