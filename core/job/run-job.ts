import { isRefusal } from '../inquiry/refusal.ts';
import type { Instant } from '../inquiry/values/ids.ts';
import {
  applyJobBatch,
  applyLineResults,
  beginJobRun,
  endJob,
  failJobRun,
  type Job,
  type JobId,
  type JobKind,
  type JobLineResult,
  requeueJob,
} from './job.ts';
import type { BatchWork, JobLedger, JobWork, LineWork } from './ports.ts';

/** How many rows are settled between two checkpoints, and done again after a crash. */
export const checkpointRows = 25;

/**
 * How a run ended: `idle` when the job was over, held by another worker, or taken from this one;
 * `continues` when the next run goes on, now or later; `failed-run` when it is tried again.
 */
export type JobRunOutcome = 'done' | 'failed' | 'continues' | 'failed-run' | 'idle';

type RunJobDependencies = {
  readonly ledger: JobLedger;
  readonly work: Readonly<Record<JobKind, JobWork>>;
  readonly now: () => Instant;
  /** Whether the worker has time for another stretch up to a checkpoint. */
  readonly hasTime: () => boolean;
  /** Told of what a run died of. */
  readonly reportCrash: (error: unknown) => void;
};

/**
 * Runs a job from its checkpoint until it is done or the worker's time is up.
 *
 * Two workers never have one job: whoever is late finds it changed and stops.
 */
export async function runJob(deps: RunJobDependencies, id: JobId): Promise<JobRunOutcome> {
  const { ledger, work, now } = deps;
  const found = await ledger.find(id);
  const job = found === undefined ? undefined : beginJobRun(found, now());
  if (found === undefined || job === undefined) return 'idle';
  if (!(await ledger.change(found, job))) return 'idle';
  if (job.state === 'failed') return 'failed';
  const current = { job };
  try {
    const opened = await work[job.jobKind].open(job);
    if (!isRefusal(opened)) {
      return 'runBatch' in opened
        ? await runAllBatches(deps, current, opened)
        : await runAllLines(deps, current, opened);
    }
    const over = endJob(current.job, 'failed', now(), opened.detail);
    return (await ledger.change(current.job, over)) ? 'failed' : 'idle';
  } catch (error) {
    deps.reportCrash(error);
    const reason = `It failed three times after row ${current.job.checkpoint}.`;
    const after = failJobRun(current.job, reason, now());
    if (!(await ledger.change(current.job, after))) return 'idle';
    return after.state === 'failed' ? 'failed' : 'failed-run';
  }
}

/** `held.job` is kept at what the ledger holds, for whoever handles a failure. */
async function runAllLines(
  { ledger, now, hasTime }: RunJobDependencies,
  current: { job: Job },
  opened: LineWork,
): Promise<JobRunOutcome> {
  while (current.job.checkpoint < opened.total) {
    if (!hasTime()) {
      const back = requeueJob(current.job, now());
      return (await ledger.change(current.job, back, { announce: now() })) ? 'continues' : 'idle';
    }
    const until = Math.min(current.job.checkpoint + checkpointRows, opened.total);
    const lineResults: JobLineResult[] = [];
    for (let index = current.job.checkpoint; index < until; index += 1) {
      lineResults.push(await opened.runLine(index));
    }
    const further = applyLineResults(current.job, opened.total, lineResults, now());
    if (!(await ledger.change(current.job, further, { lineResults }))) return 'idle';
    current.job = further;
  }
  const done = endJob({ ...current.job, total: opened.total }, 'done', now());
  return (await ledger.change(current.job, done)) ? 'done' : 'idle';
}

/** The same for work without rows: each stretch is a checkpoint. */
async function runAllBatches(
  { ledger, now, hasTime }: RunJobDependencies,
  current: { job: Job },
  opened: BatchWork,
): Promise<JobRunOutcome> {
  for (;;) {
    if (!hasTime()) {
      const back = requeueJob(current.job, now());
      return (await ledger.change(current.job, back, { announce: now() })) ? 'continues' : 'idle';
    }
    const batch = await opened.runBatch(current.job.cursor);
    const further = applyJobBatch(current.job, batch, now());
    if (further.cursor === undefined) {
      const done = endJob(
        { ...further, version: current.job.version, total: further.checkpoint },
        'done',
        now(),
      );
      return (await ledger.change(current.job, done)) ? 'done' : 'idle';
    }
    if (batch.notBefore !== undefined) {
      const advanced = { ...further, version: current.job.version };
      const back = requeueJob(advanced, now(), batch.notBefore);
      return (await ledger.change(current.job, back)) ? 'continues' : 'idle';
    }
    if (!(await ledger.change(current.job, further))) return 'idle';
    current.job = further;
  }
}
