import { randomUUID } from 'node:crypto';
import { DynamoPersonRegistry } from '../../adapters/dynamo/people/dynamo-person-registry.ts';
import { DynamoSignIns } from '../../adapters/dynamo/people/dynamo-sign-ins.ts';
import { nodeRandomness } from '../../adapters/random/node-randomness.ts';
import { makeDynamoClient } from '../../adapters/sdk/aws-clients.ts';
import { wireEdge } from '../edge/edge.wiring.ts';
import { Env, makeHandler } from './accept-sign-in.ts';

const env = Env.parse(process.env);
const table = { client: makeDynamoClient(), name: env.TABLE_NAME };

export const handler = makeHandler({
  ...wireEdge('people'),
  env,
  registry: new DynamoSignIns(table, new DynamoPersonRegistry(table), nodeRandomness),
  newTraceId: randomUUID,
});
