import { BatchingInquiryLedger } from '../../adapters/dynamo/inquiry/batching-inquiry-ledger.ts';
import { nodeRandomness } from '../../adapters/random/node-randomness.ts';
import { S3OnDemand } from '../../adapters/s3/s3-on-demand.ts';
import { makeDynamoClient, makeSqsClient } from '../../adapters/sdk/aws-clients.ts';
import { SqsAlarmQueues } from '../../adapters/sqs/sqs-alarm-queues.ts';
import { now, pause } from '../edge/clock.wiring.ts';
import { wireTerms } from '../edge/edge.wiring.ts';
import { makeLogger, makeMeter } from '../edge/telemetry/telemetry.ts';
import { Env, makeHandler } from './fire-alarm.ts';

const env = Env.parse(process.env);
const table = { client: makeDynamoClient(), name: env.TABLE_NAME };

export const handler = makeHandler({
  terms: wireTerms(table, env),
  ledger: new BatchingInquiryLedger(table, new S3OnDemand().content(env.CONTENT_BUCKET)),
  random: nodeRandomness,
  pause,
  queues: new SqsAlarmQueues(makeSqsClient(), { inquiry: env.ALARM_QUEUE_URL }),
  logger: makeLogger(),
  meter: makeMeter('sla'),
  now,
});
