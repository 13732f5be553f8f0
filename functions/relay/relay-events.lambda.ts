import { makeSqsClient } from '../../adapters/sdk/aws-clients.ts';
import { SqsOutbox } from '../../adapters/sqs/sqs-outbox.ts';
import { now } from '../edge/clock.wiring.ts';
import { makeLogger, makeMeter } from '../edge/telemetry/telemetry.ts';
import { Env, makeHandler } from './relay-events.ts';

export const handler = makeHandler({
  env: Env.parse(process.env),
  outbox: new SqsOutbox(makeSqsClient()),
  logger: makeLogger(),
  meter: makeMeter('relay'),
  now,
});
