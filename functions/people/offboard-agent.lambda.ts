import { DynamoInquiryIndex } from '../../adapters/dynamo/inquiry/dynamo-inquiry-index.ts';
import { DynamoJobLedger } from '../../adapters/dynamo/job/dynamo-job-ledger.ts';
import { DynamoOffboardings } from '../../adapters/dynamo/people/dynamo-offboardings.ts';
import { nodeRandomness } from '../../adapters/random/node-randomness.ts';
import { makeDynamoClient } from '../../adapters/sdk/aws-clients.ts';
import { wireHttp } from '../edge/edge.wiring.ts';
import { Env, makeHandler } from './offboard-agent.ts';

const env = Env.parse(process.env);
const table = { client: makeDynamoClient(), name: env.TABLE_NAME };
const http = wireHttp('people', table);
const jobs = new DynamoJobLedger(table);

export const handler = makeHandler({
  ...http,
  offboardings: new DynamoOffboardings(table, http.people, jobs, nodeRandomness),
  index: new DynamoInquiryIndex(table),
});
