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

/** Rows between two checkpoints; after a crash, at most so many are done again. */
export const checkpointRows = 25;

/**
 * How a run ended: `idle` when the job was over, or another worker had or got it; `continues` when
 * the next run continues it, now or later; `failed-run` when it is tried again; `elsewhere` when
 * this worker does no work of its kind, and has not touched it.
 */
export type JobRunOutcome = 'done' | 'failed' | 'continues' | 'failed-run' | 'idle' | 'elsewhere';

type RunJobDependencies = {
  readonly ledger: JobLedger;
  /** The kinds of work that this worker does. */
  readonly work: Readonly<Partial<Record<JobKind, JobWork>>>;
  readonly now: () => Instant;
  /** Whether the worker has time to reach another checkpoint. */
  readonly hasTime: () => boolean;
  readonly reportCrash: (error: unknown) => void;
};

/**
 * Runs a job from its checkpoint until it is done or the worker's time is up.
 *
 * Two workers never run the same job: the later one finds it changed and stops.
 */
export async function runJob(deps: RunJobDependencies, id: JobId): Promise<JobRunOutcome> {
  const { ledger, work, now } = deps;
  const stored = await ledger.find(id);
  if (stored === undefined) return 'idle';
  const kindWork = work[stored.jobKind];
  if (kindWork === undefined) return 'elsewhere';
  const job = beginJobRun(stored, now());
  if (job === undefined) return 'idle';
  if (!(await ledger.change(stored, job))) return 'idle';
  if (job.state === 'failed') return 'failed';
  const current = { job };
  try {
    const opened = await kindWork.open(job);
    if (!isRefusal(opened)) {
      return 'runBatch' in opened
        ? await runAllBatches(deps, current, opened)
        : await runAllLines(deps, current, opened);
    }
    const failedJob = endJob(current.job, 'failed', now(), opened.detail);
    return (await ledger.change(current.job, failedJob)) ? 'failed' : 'idle';
  } catch (error) {
    deps.reportCrash(error);
    const reason = `It failed three times after row ${current.job.checkpoint}.`;
    const after = failJobRun(current.job, reason, now());
    if (!(await ledger.change(current.job, after))) return 'idle';
    return after.state === 'failed' ? 'failed' : 'failed-run';
  }
}

/** Keeps `current.job` equal to the ledger's job, since `runJob` records a failure on it. */
async function runAllLines(
  { ledger, now, hasTime }: RunJobDependencies,
  current: { job: Job },
  lineWork: LineWork,
): Promise<JobRunOutcome> {
  while (current.job.checkpoint < lineWork.total) {
    if (!hasTime()) {
      const requeued = requeueJob(current.job, now());
      return (await ledger.change(current.job, requeued, { announce: now() }))
        ? 'continues'
        : 'idle';
    }
    const until = Math.min(current.job.checkpoint + checkpointRows, lineWork.total);
    const lineResults: JobLineResult[] = [];
    for (let index = current.job.checkpoint; index < until; index += 1) {
      lineResults.push(await lineWork.runLine(index));
    }
    const advanced = applyLineResults(current.job, lineWork.total, lineResults, now());
    if (!(await ledger.change(current.job, advanced, { lineResults }))) return 'idle';
    current.job = advanced;
  }
  const done = endJob({ ...current.job, total: lineWork.total }, 'done', now());
  return (await ledger.change(current.job, done)) ? 'done' : 'idle';
}

/** Runs work without rows: each batch is a checkpoint. */
async function runAllBatches(
  { ledger, now, hasTime }: RunJobDependencies,
  current: { job: Job },
  batchWork: BatchWork,
): Promise<JobRunOutcome> {
  for (;;) {
    if (!hasTime()) {
      const requeued = requeueJob(current.job, now());
      return (await ledger.change(current.job, requeued, { announce: now() }))
        ? 'continues'
        : 'idle';
    }
    const batch = await batchWork.runBatch(current.job.cursor);
    const afterBatch = applyJobBatch(current.job, batch, now());
    if (afterBatch.cursor === undefined) {
      const done = endJob(
        { ...afterBatch, version: current.job.version, total: afterBatch.checkpoint },
        'done',
        now(),
      );
      return (await ledger.change(current.job, done)) ? 'done' : 'idle';
    }
    if (batch.notBefore !== undefined) {
      const advanced = { ...afterBatch, version: current.job.version };
      const requeued = requeueJob(advanced, now(), batch.notBefore);
      return (await ledger.change(current.job, requeued)) ? 'continues' : 'idle';
    }
    if (!(await ledger.change(current.job, afterBatch))) return 'idle';
    current.job = afterBatch;
  }
}
