import { randomUUID } from 'node:crypto';
import { now } from '../edge/clock.wiring.ts';
import { makeLogger, makeMeter } from '../edge/telemetry/telemetry.ts';
import { makeHandler } from './serve-docs.ts';

export const handler = makeHandler({
  logger: makeLogger(),
  meter: makeMeter('docs'),
  now,
  newTraceId: randomUUID,
});
