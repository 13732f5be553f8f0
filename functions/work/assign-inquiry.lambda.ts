import { DynamoPersonRegistry } from '../../adapters/dynamo/people/dynamo-person-registry.ts';
import { DynamoRoundRobin } from '../../adapters/dynamo/work/dynamo-round-robin.ts';
import { wireEdge, wireTerms } from '../edge/edge.wiring.ts';
import { Env, makeHandler } from './assign-inquiry.ts';
import { systemPorts, wireLedgerWithoutBodies, wireTable } from './work.wiring.ts';

const env = Env.parse(process.env);
const { table, index } = wireTable(env);
const ledger = wireLedgerWithoutBodies(table);
const people = new DynamoPersonRegistry(table);
const reservations = new DynamoRoundRobin(table);
const terms = wireTerms(table, env);

export const handler = makeHandler({
  ...{ ...wireEdge('work'), ...systemPorts },
  ...{ terms, ledger, index, people, reservations },
});
