import { randomUUID } from 'node:crypto';
import { instantOf } from '../../core/inquiry/ids.ts';
import { makeLogger, makeMeter } from '../edge/telemetry.ts';
import { makeHandler } from './serve-docs.ts';

export const handler = makeHandler({
  logger: makeLogger(),
  meter: makeMeter(),
  now: () => instantOf(Date.now()),
  newTraceId: randomUUID,
});
