import middy from '@middy/core';
import type { Context, ScheduledEvent } from 'aws-lambda';
import { type Instant, instantOf } from '../../../core/inquiry/values/ids.ts';
import { metricNames } from '../telemetry/metric-names.ts';
import { makeMetricsMiddleware } from '../telemetry/metrics-middleware.ts';
import type { Log, LogFields, Meter } from '../telemetry/telemetry.ts';

export type ScheduleHandler = (event: ScheduledEvent, context: Context) => Promise<void>;

/**
 * Makes a handler for a schedule's ticks.
 *
 * `run` gets the instant that the tick was scheduled for and the present one, and returns figures
 * for the log. What it throws is logged and thrown again, so that the tick counts as failed.
 */
export function makeScheduleHandler(options: {
  readonly name: string;
  readonly run: (tick: {
    readonly scheduledAt: Instant;
    readonly now: Instant;
    readonly remainingMs: number;
  }) => Promise<LogFields>;
  readonly logger: Log;
  readonly meter: Meter;
  readonly now: () => Instant;
}): ScheduleHandler {
  const { name, run, logger, meter, now } = options;

  async function tick(event: ScheduledEvent, context: Context): Promise<void> {
    const at = Date.parse(event.time);
    try {
      const figures = await run({
        scheduledAt: Number.isNaN(at) ? now() : instantOf(at),
        now: now(),
        remainingMs: context.getRemainingTimeInMillis(),
      });
      logger.info('schedule ran', { ...figures, schedule: name });
    } catch (error) {
      meter.count(metricNames.scheduleFailed);
      logger.error('schedule failed', { schedule: name, error });
      throw error;
    }
  }

  return middy<ScheduledEvent, void>(tick, { timeoutEarlyInMillis: 0 }).use(
    makeMetricsMiddleware(meter),
  );
}
