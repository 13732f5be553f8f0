import { isRefusal } from '../inquiry/refusal.ts';
import type { Instant } from '../inquiry/values/ids.ts';
import {
  checkpointed,
  ended,
  failedRun,
  type Job,
  type JobId,
  type JobKind,
  type LineResult,
  putBack,
  stretched,
  taken,
} from './job.ts';
import type { JobLedger, JobWork, OpenedStretches, OpenedWork } from './ports.ts';

/** How many rows are settled between two checkpoints, and done again after a crash. */
export const checkpointRows = 25;

/**
 * How a run ended: `idle` when the job was over, held by another worker, or taken from this one;
 * `continues` when the next run goes on, now or later; `failed-run` when it is tried again.
 */
export type RunOutcome = 'done' | 'failed' | 'continues' | 'failed-run' | 'idle';

type Running = {
  readonly ledger: JobLedger;
  readonly work: Readonly<Record<JobKind, JobWork>>;
  readonly now: () => Instant;
  /** Whether the worker has time for another stretch up to a checkpoint. */
  readonly hasTime: () => boolean;
  /** Told of what a run died of. */
  readonly died: (error: unknown) => void;
};

/**
 * Runs a job from its checkpoint until it is done or the worker's time is up.
 *
 * Two workers never have one job: whoever is late finds it changed and stops.
 */
export async function runJob(running: Running, id: JobId): Promise<RunOutcome> {
  const { ledger, work, now } = running;
  const found = await ledger.find(id);
  const job = found === undefined ? undefined : taken(found, now());
  if (found === undefined || job === undefined) return 'idle';
  if (!(await ledger.change(found, job))) return 'idle';
  if (job.state === 'failed') return 'failed';
  const held = { job };
  try {
    const opened = await work[job.jobKind].open(job);
    if (!isRefusal(opened)) {
      return 'stretch' in opened
        ? await stretchAll(running, held, opened)
        : await settleAll(running, held, opened);
    }
    const over = ended(held.job, 'failed', now(), opened.detail);
    return (await ledger.change(held.job, over)) ? 'failed' : 'idle';
  } catch (error) {
    running.died(error);
    const reason = `It failed three times after row ${held.job.checkpoint}.`;
    const after = failedRun(held.job, reason, now());
    if (!(await ledger.change(held.job, after))) return 'idle';
    return after.state === 'failed' ? 'failed' : 'failed-run';
  }
}

/** `held.job` is kept at what the ledger holds, for whoever handles a failure. */
async function settleAll(
  { ledger, now, hasTime }: Running,
  held: { job: Job },
  opened: OpenedWork,
): Promise<RunOutcome> {
  while (held.job.checkpoint < opened.total) {
    if (!hasTime()) {
      const back = putBack(held.job, now());
      return (await ledger.change(held.job, back, { announce: now() })) ? 'continues' : 'idle';
    }
    const until = Math.min(held.job.checkpoint + checkpointRows, opened.total);
    const settled: LineResult[] = [];
    for (let index = held.job.checkpoint; index < until; index += 1) {
      settled.push(await opened.settle(index));
    }
    const further = checkpointed(held.job, opened.total, settled, now());
    if (!(await ledger.change(held.job, further, { settled }))) return 'idle';
    held.job = further;
  }
  const done = ended({ ...held.job, total: opened.total }, 'done', now());
  return (await ledger.change(held.job, done)) ? 'done' : 'idle';
}

/** The same for work without rows: each stretch is a checkpoint. */
async function stretchAll(
  { ledger, now, hasTime }: Running,
  held: { job: Job },
  opened: OpenedStretches,
): Promise<RunOutcome> {
  for (;;) {
    if (!hasTime()) {
      const back = putBack(held.job, now());
      return (await ledger.change(held.job, back, { announce: now() })) ? 'continues' : 'idle';
    }
    const stretch = await opened.stretch(held.job.cursor);
    const further = stretched(held.job, stretch, now());
    if (further.cursor === undefined) {
      const done = ended(
        { ...further, version: held.job.version, total: further.checkpoint },
        'done',
        now(),
      );
      return (await ledger.change(held.job, done)) ? 'done' : 'idle';
    }
    if (stretch.notBefore !== undefined) {
      const taken = { ...further, version: held.job.version };
      const back = putBack(taken, now(), stretch.notBefore);
      return (await ledger.change(held.job, back)) ? 'continues' : 'idle';
    }
    if (!(await ledger.change(held.job, further))) return 'idle';
    held.job = further;
  }
}
