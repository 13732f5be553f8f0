import { isRefusal } from '../inquiry/refusal.ts';
import type { Instant } from '../inquiry/values/ids.ts';
import {
  applyJobBatch,
  applyLineResults,
  beginJobRun,
  endJob,
  failJobRun,
  type Job,
  type JobBatch,
  type JobId,
  type JobKind,
  type JobLineResult,
  markNeedsPerson,
  maySetAside,
  requeueJob,
} from './job.ts';
import { computeJobNotices } from './job-notices.ts';
import type { BatchWork, JobChange, JobLedger, JobWork, LineWork } from './ports.ts';
import { isTransient } from './set-aside.ts';

/** Rows between two checkpoints; after a crash, at most so many are done again. */
export const checkpointRows = 25;

/**
 * How a run ended: `idle` when the job was over, or another worker had or got it; `continues` when
 * the next run continues it, now or later; `failed-run` when it is tried again after a pause; `failed`
 * when its input was refused; `elsewhere` when this worker does no work of its kind, and has not
 * touched it.
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
  /** A row or inquiry that keeps failing is left out, and the rest goes on. */
  readonly reportSetAside: (count: number) => void;
};

const setAsideDetail = 'It failed again and again, and was left out. The log says why.';

/**
 * Runs a job from its checkpoint until it is done or the worker's time is up.
 *
 * Two workers never run the same job: the later one finds it changed and stops. A job whose run
 * fails stays owed, with an alarm after a pause.
 */
export async function runJob(deps: RunJobDependencies, id: JobId): Promise<JobRunOutcome> {
  const { ledger, work, now } = deps;
  const stored = await ledger.find(id);
  if (stored === undefined) return 'idle';
  const kindWork = work[stored.jobKind];
  if (kindWork === undefined) return 'elsewhere';
  const job = beginJobRun(stored, now());
  if (job === undefined) return 'idle';
  if (!(await changeJob(deps, stored, job))) return 'idle';
  if (job.state === 'queued') return 'failed-run';
  const current = { job };
  try {
    const opened = await kindWork.open(job);
    if (!isRefusal(opened)) {
      return 'runBatch' in opened
        ? await runAllBatches(deps, current, opened)
        : await runAllLines(deps, current, opened);
    }
    const failedJob = endJob(current.job, 'failed', now(), opened.detail);
    return (await changeJob(deps, current.job, failedJob)) ? 'failed' : 'idle';
  } catch (error) {
    deps.reportCrash(error);
    const reason = isTransient(error)
      ? 'A store did not do what it had to do.'
      : 'Something failed on our side; the log says what.';
    const after = failJobRun(current.job, reason, now());
    return (await changeJob(deps, current.job, after)) ? 'failed-run' : 'idle';
  }
}

/** Changes the job together with what people are told of it. */
function changeJob(
  { ledger }: RunJobDependencies,
  before: Job,
  after: Job,
  change: JobChange = {},
): Promise<boolean> {
  const notices = computeJobNotices(before, after);
  return ledger.change(before, after, { ...change, ...(notices.length === 0 ? {} : { notices }) });
}

/** Keeps `current.job` equal to the ledger's job, since `runJob` records a failure on it. */
async function runAllLines(
  deps: RunJobDependencies,
  current: { job: Job },
  lineWork: LineWork,
): Promise<JobRunOutcome> {
  const { now, hasTime } = deps;
  // Not two rows in a row within one run: perhaps it is not the rows that are to blame.
  let isNextAllowed = true;
  while (current.job.checkpoint < lineWork.total) {
    if (!hasTime()) {
      const requeued = requeueJob(current.job, now());
      const announced = { announce: now() };
      return (await changeJob(deps, current.job, requeued, announced)) ? 'continues' : 'idle';
    }
    const { lineResults, crash } = await runSomeLines(current.job, lineWork);
    if (lineResults.length > 0) {
      // What was done before a crash need not be done again.
      const advanced = applyLineResults(current.job, lineWork.total, lineResults, now());
      if (!(await changeJob(deps, current.job, advanced, { lineResults }))) return 'idle';
      current.job = advanced;
    }
    if (lineResults.length > 0) isNextAllowed = true;
    if (crash === undefined || lineResults.length > 0) continue;
    const line = lineWork.lineOf?.(current.job.checkpoint);
    const isRowToBlame = !isTransient(crash.error) && maySetAside(current.job);
    if (line === undefined || !isRowToBlame || !isNextAllowed) throw crash.error;
    deps.reportCrash(crash.error);
    deps.reportSetAside(1);
    const setAside = [{ line, outcome: 'set-aside' as const, errors: [setAsideDetail] }];
    const advanced = applyLineResults(current.job, lineWork.total, setAside, now());
    if (!(await changeJob(deps, current.job, advanced, { lineResults: setAside }))) return 'idle';
    current.job = advanced;
    isNextAllowed = false;
  }
  const done = endJob({ ...current.job, total: lineWork.total }, 'done', now());
  return (await changeJob(deps, current.job, done)) ? 'done' : 'idle';
}

/** Runs rows until the next checkpoint or the first that throws. */
async function runSomeLines(
  { checkpoint }: Job,
  lineWork: LineWork,
): Promise<{ lineResults: JobLineResult[]; crash?: { readonly error: unknown } }> {
  const lineResults: JobLineResult[] = [];
  try {
    const until = Math.min(checkpoint + checkpointRows, lineWork.total);
    for (let index = checkpoint; index < until; index += 1) {
      lineResults.push(await lineWork.runLine(index));
    }
    return { lineResults };
  } catch (error) {
    return { lineResults, crash: { error } };
  }
}

/** Runs work without rows: each batch is a checkpoint. */
async function runAllBatches(
  deps: RunJobDependencies,
  current: { job: Job },
  batchWork: BatchWork,
): Promise<JobRunOutcome> {
  const { now, hasTime } = deps;
  for (;;) {
    if (!hasTime()) {
      const requeued = requeueJob(current.job, now());
      const announced = { announce: now() };
      return (await changeJob(deps, current.job, requeued, announced)) ? 'continues' : 'idle';
    }
    const allowance = { maySetAside: maySetAside(current.job) };
    const batch = await batchWork.runBatch(current.job.cursor, allowance);
    const lineResults = buildSetAsideResults(current.job, batch);
    if (lineResults.length > 0) deps.reportSetAside(lineResults.length);
    const afterBatch = applyJobBatch(current.job, batch, now());
    const advanced = { ...afterBatch, version: current.job.version };
    if (afterBatch.cursor === undefined) {
      const done = endJob({ ...advanced, total: afterBatch.checkpoint }, 'done', now());
      return (await changeJob(deps, current.job, done, { lineResults })) ? 'done' : 'idle';
    }
    if (batch.notBefore !== undefined) {
      const waiting = requeueJob(advanced, now(), batch.notBefore);
      const { needsPerson } = batch;
      const requeued =
        needsPerson === undefined ? waiting : markNeedsPerson(waiting, needsPerson, now());
      const isRequeued = await changeJob(deps, current.job, requeued, { lineResults });
      return isRequeued ? 'continues' : 'idle';
    }
    if (!(await changeJob(deps, current.job, afterBatch, { lineResults }))) return 'idle';
    current.job = afterBatch;
  }
}

/** What a batch set aside comes after what it did. */
function buildSetAsideResults(
  { checkpoint }: Job,
  { processed, setAside = [] }: JobBatch,
): JobLineResult[] {
  return setAside.map((inquiry, index) => ({
    ...inquiry,
    line: checkpoint + processed + index + 1,
    outcome: 'set-aside',
    errors: [setAsideDetail],
  }));
}
