import { DynamoPersonRegistry } from '../../adapters/dynamo/people/dynamo-person-registry.ts';
import { makeDynamoClient } from '../../adapters/sdk/aws-clients.ts';
import { makeLogger } from '../edge/telemetry/telemetry.ts';
import { Env, makeHandler } from './admit-people.ts';

const env = Env.parse(process.env);

export const handler = makeHandler({
  people: new DynamoPersonRegistry({ client: makeDynamoClient(), name: env.TABLE_NAME }),
  logger: makeLogger(),
});
