import { DynamoAlarmIndex, DynamoSweepMark } from '../../adapters/dynamo/sla/dynamo-alarm-index.ts';
import { makeDynamoClient, makeSqsClient } from '../../adapters/sdk/aws-clients.ts';
import { SqsAlarmQueues } from '../../adapters/sqs/sqs-alarm-queues.ts';
import { now } from '../edge/clock.wiring.ts';
import { makeLogger, makeMeter } from '../edge/telemetry/telemetry.ts';
import { Env, makeHandler } from './sweep-alarms.ts';

const env = Env.parse(process.env);
const table = { client: makeDynamoClient(), name: env.TABLE_NAME };

export const handler = makeHandler({
  index: new DynamoAlarmIndex(table),
  mark: new DynamoSweepMark(table),
  queues: new SqsAlarmQueues(makeSqsClient(), {
    inquiry: env.ALARM_QUEUE_URL,
    notice: env.NOTICE_QUEUE_URL,
    job: env.JOB_QUEUE_URL,
  }),
  logger: makeLogger(),
  meter: makeMeter('sla'),
  now,
});
