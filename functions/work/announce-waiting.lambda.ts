import { DynamoPersonRegistry } from '../../adapters/dynamo/people/dynamo-person-registry.ts';
import { makeSqsClient } from '../../adapters/sdk/aws-clients.ts';
import { SqsDeskQueue } from '../../adapters/sqs/sqs-desk-queue.ts';
import { wireEdge, wireTerms } from '../edge/edge.wiring.ts';
import { Env, makeHandler } from './announce-waiting.ts';
import { wireTable } from './work.wiring.ts';

const env = Env.parse(process.env);
const { table, index } = wireTable(env);

export const handler = makeHandler({
  ...wireEdge('work'),
  terms: wireTerms(table, env),
  index,
  people: new DynamoPersonRegistry(table),
  deskQueue: new SqsDeskQueue(makeSqsClient()),
});
