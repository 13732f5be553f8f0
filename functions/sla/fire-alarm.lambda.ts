import { GatheringInquiryLedger } from '../../adapters/dynamo/inquiry/batching-inquiry-ledger.ts';
import { nodeRandomness } from '../../adapters/random/node-randomness.ts';
import { S3ContentStore } from '../../adapters/s3/content-store.ts';
import { dynamoClient, s3Client, sqsClient } from '../../adapters/sdk/aws-clients.ts';
import { SqsAlarmQueues } from '../../adapters/sqs/sqs-alarm-queues.ts';
import { now, pause } from '../edge/clock.wiring.ts';
import { wireTerms } from '../edge/edge.wiring.ts';
import { makeLogger, makeMeter } from '../edge/telemetry/telemetry.ts';
import { Env, makeHandler } from './fire-alarm.ts';

const env = Env.parse(process.env);
const table = { client: dynamoClient(), name: env.TABLE_NAME };

export const handler = makeHandler({
  terms: wireTerms(table, env),
  ledger: new GatheringInquiryLedger(table, new S3ContentStore(s3Client(), env.CONTENT_BUCKET)),
  random: nodeRandomness,
  pause,
  queues: new SqsAlarmQueues(sqsClient(), { inquiry: env.ALARM_QUEUE_URL }),
  logger: makeLogger(),
  meter: makeMeter(),
  now,
});
