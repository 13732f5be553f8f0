import * as z from 'zod';
import { JobQueueMessage } from '../../core/inquiry/outbox/queue-messages.ts';
import { StageDesks } from '../../core/inquiry/terms/desk.ts';
import type { Instant } from '../../core/inquiry/values/ids.ts';
import type { JobId, JobKind } from '../../core/job/job.ts';
import type { JobLedger, JobWork } from '../../core/job/ports.ts';
import { runJob } from '../../core/job/run-job.ts';
import { makeQueueHandler, type QueueHandler } from '../edge/queue/queue.ts';
import { metricNames } from '../edge/telemetry/metric-names.ts';
import { type Log, logStep, type Meter } from '../edge/telemetry/telemetry.ts';

export const Env = z.object({
  TABLE_NAME: z.string(),
  CONTENT_BUCKET: z.string(),
  MAIL_DOMAIN: z.string(),
  DESKS: StageDesks,
  ERASURE_QUEUE_URL: z.url(),
});
export type Env = z.infer<typeof Env>;

/** Reaching a checkpoint takes a second or two; with less than this left, the run ends. */
const checkpointMs = 10_000;

/**
 * Makes the worker of jobs, which stops in time and leaves the rest to the next run.
 *
 * A message is acknowledged however its run ends, once the job says how: its announcement or alarm
 * brings it back, and a failed run counts as a failure. A run whose end cannot be written is repeated.
 */
export function makeHandler(deps: {
  readonly jobs: JobLedger;
  readonly work: Readonly<Partial<Record<JobKind, JobWork>>>;
  /** Hands a job over to the worker that does its kind of work; a message that is lost comes again. */
  readonly handOver?: (jobId: JobId) => Promise<void>;
  readonly logger: Log;
  readonly meter: Meter;
  readonly now: () => Instant;
  /** Monotonic milliseconds. */
  readonly clock: () => number;
}): QueueHandler {
  const { jobs, work, handOver, logger, meter, now, clock } = deps;
  return makeQueueHandler({
    message: JobQueueMessage,
    handle: async ({ jobId }, { remainingMs }) => {
      const stopAt = clock() + remainingMs - checkpointMs;
      const outcome = await runJob(
        {
          ...{ ledger: jobs, work, now },
          hasTime: () => clock() < stopAt,
          reportCrash: (error) => logger.error('job run failed', { jobId, error }),
          reportSetAside: (count) => meter.count(metricNames.jobRowSetAside, count),
        },
        jobId as JobId,
      );
      if (outcome === 'elsewhere') await handOver?.(jobId as JobId);
      if (outcome === 'failed-run') meter.count(metricNames.jobRunFailed);
      logStep(logger, { step: `job.${outcome}`, jobId });
      return 'done';
    },
    logger,
    meter,
    concurrency: 1,
  });
}
