import { makeSqsClient } from '../../adapters/sdk/aws-clients.ts';
import { SqsDeskQueue } from '../../adapters/sqs/sqs-desk-queue.ts';
import { wireHttp, wireTerms } from '../edge/edge.wiring.ts';
import { Env, makeHandler } from './claim-inquiry.ts';
import { systemPorts, wireLedger, wireTable } from './work.wiring.ts';

const env = Env.parse(process.env);
const { table, index } = wireTable(env);
const { ledger } = wireLedger(table, env);
const edge = wireHttp('work', table);

export const handler = makeHandler({
  ...edge,
  ...systemPorts,
  terms: wireTerms(table, env),
  ledger,
  index,
  pendingClaims: ledger,
  deskQueue: new SqsDeskQueue(makeSqsClient()),
  clock: edge.now,
});
