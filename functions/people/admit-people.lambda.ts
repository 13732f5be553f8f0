import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoPersonRegistry } from '../../adapters/dynamo/dynamo-person-registry.ts';
import { makeLogger } from '../edge/telemetry.ts';
import { Env, makeHandler } from './admit-people.ts';

const env = Env.parse(process.env);

export const handler = makeHandler({
  people: new DynamoPersonRegistry({ client: new DynamoDBClient({}), name: env.TABLE_NAME }),
  logger: makeLogger(),
});
