import { DynamoJobLedger } from '../../adapters/dynamo/job/dynamo-job-ledger.ts';
import { DynamoJobNotes } from '../../adapters/dynamo/job/dynamo-job-notes.ts';
import { makeDynamoClient } from '../../adapters/sdk/aws-clients.ts';
import { wireHttp } from '../edge/edge.wiring.ts';
import { Env, makeHandler } from './read-job.ts';

const env = Env.parse(process.env);
const table = { client: makeDynamoClient(), name: env.TABLE_NAME };

export const handler = makeHandler({
  ...wireHttp('job', table),
  jobs: new DynamoJobLedger(table),
  notes: new DynamoJobNotes(table),
});
