import { randomUUID } from 'node:crypto';
import { DynamoJobLedger } from '../../adapters/dynamo/dynamo-job-ledger.ts';
import { DynamoJobNotes } from '../../adapters/dynamo/dynamo-job-notes.ts';
import { DynamoPersonRegistry } from '../../adapters/dynamo/dynamo-person-registry.ts';
import { dynamoClient } from '../../adapters/sdk/aws-clients.ts';
import { now } from '../edge/clock.wiring.ts';
import { makeLogger, makeMeter } from '../edge/telemetry.ts';
import { Env, makeHandler } from './read-job.ts';

const env = Env.parse(process.env);
const table = { client: dynamoClient(), name: env.TABLE_NAME };

export const handler = makeHandler({
  jobs: new DynamoJobLedger(table),
  notes: new DynamoJobNotes(table),
  people: new DynamoPersonRegistry(table),
  logger: makeLogger(),
  meter: makeMeter(),
  now,
  newTraceId: randomUUID,
});
