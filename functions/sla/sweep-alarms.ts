import * as z from 'zod';
import type { Instant } from '../../core/inquiry/values/ids.ts';
import type { AlarmIndex, AlarmQueues, SweepMark } from '../../core/sla/ports.ts';
import { sweepAlarms } from '../../core/sla/sweep-alarms.ts';
import { makeScheduleHandler, type ScheduleHandler } from '../edge/queue/schedule.ts';
import type { Log, Meter } from '../edge/telemetry/telemetry.ts';

export const Env = z.object({
  TABLE_NAME: z.string(),
  ALARM_QUEUE_URL: z.url(),
  NOTICE_QUEUE_URL: z.url(),
  JOB_QUEUE_URL: z.url(),
});
export type Env = z.infer<typeof Env>;

/** Makes the sweep, which each minute sends the alarms that are due within its look-ahead. */
export function makeHandler(deps: {
  readonly index: AlarmIndex;
  readonly queues: AlarmQueues;
  readonly mark: SweepMark;
  readonly logger: Log;
  readonly meter: Meter;
  readonly now: () => Instant;
}): ScheduleHandler {
  const { logger, meter, now } = deps;
  return makeScheduleHandler({
    name: 'sweep-alarms',
    run: (tick) => sweepAlarms({ ...deps, clock: now }, tick.now),
    logger,
    meter,
    now,
  });
}
