import * as z from 'zod';
import { addSeconds, InquiryId, Instant, Sub } from '../inquiry/values/ids.ts';
import { InquiryNumber } from '../inquiry/values/inquiry-number.ts';

/** A job's id: a UUIDv7, so that jobs sort by their start. */
export const JobId = z.uuid().brand<'JobId'>();
export type JobId = z.infer<typeof JobId>;

export const JobKind = z.enum([
  'people-import',
  'phone-log-import',
  'sla-restatement',
  'sla-recomputation',
  'offboarding',
  'routing-simulation',
  'person-erasure',
]);
export type JobKind = z.infer<typeof JobKind>;

/** The result of one line of a job's input. `line` counts from 1, the heading included. */
export const JobLineResult = z.strictObject({
  line: z.int().min(1),
  outcome: z.enum([
    'created',
    'updated',
    'unchanged',
    'opened',
    'duplicate',
    'refused',
    'restated',
  ]),
  errors: z.array(z.string().max(200)).max(3).optional(),
  /** The inquiry that this line, or an equal one before it, opened. */
  inquiryId: InquiryId.optional(),
  number: InquiryNumber.optional(),
});
export type JobLineResult = z.infer<typeof JobLineResult>;

/**
 * Work that outlasts a request, done in runs that each continue from the checkpoint.
 *
 * `version` counts its changes, and each change names the version it was made from. So only one of
 * two workers gets the job, and a worker that was presumed dead can no longer change it.
 */
export const Job = z.strictObject({
  id: JobId,
  jobKind: JobKind,
  state: z.enum(['queued', 'running', 'done', 'failed']),
  version: z.int().min(1),
  startedBy: Sub,
  createdAt: Instant,
  updatedAt: Instant,
  /** The input's key in the content bucket, or the input itself as JSON. */
  input: z.string().max(1024),
  /** How many rows of the input are done. */
  checkpoint: z.int().min(0),
  /** Where the next batch begins, for work without rows. */
  cursor: z.string().max(1024).optional(),
  total: z.int().min(0).optional(),
  /** Number of lines by outcome. */
  counts: z.record(z.string(), z.int()),
  /** Runs that failed since the last checkpoint. */
  failures: z.int().min(0),
  /** While it runs: when its worker is presumed dead. */
  runningUntil: Instant.optional(),
  /** While it is queued: when it is announced again. */
  announceAt: Instant.optional(),
  reason: z.string().max(500).optional(),
});
export type Job = z.infer<typeof Job>;

/** What a batch of work has done; `next` is where the next one begins, unless it was the last. */
export type JobBatch = {
  readonly processed: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly next?: string;
  /** The next batch begins no earlier; the worker does not wait for it. */
  readonly notBefore?: Instant;
};

/** A run without a checkpoint for this long is presumed dead. A checkpoint takes seconds. */
const runSeconds = 60;
/** A queued job is announced again after this, in case its message was lost. */
const announceSeconds = 120;
/** The pause after a failed run, multiplied by the failures so far. */
const pauseSeconds = 30;
const failureLimit = 3;

export function createQueuedJob(
  job: Pick<Job, 'id' | 'jobKind' | 'startedBy' | 'input'>,
  now: Instant,
): Job {
  return {
    ...job,
    state: 'queued',
    version: 1,
    createdAt: now,
    updatedAt: now,
    checkpoint: 0,
    counts: {},
    failures: 0,
    announceAt: addSeconds(now, announceSeconds),
  };
}

/**
 * Starts a worker's run; undefined when the job is over or another worker has it.
 *
 * A worker that died counts as a failed run, and the job is `failed` if that was the last allowed.
 */
export function beginJobRun(job: Job, now: Instant): Job | undefined {
  if (job.state === 'done' || job.state === 'failed') return undefined;
  if (job.state === 'running' && job.runningUntil !== undefined && job.runningUntil > now) {
    return undefined;
  }
  const failures = job.failures + (job.state === 'running' ? 1 : 0);
  if (failures >= failureLimit) {
    return endJob({ ...job, failures }, 'failed', now, 'Its worker stopped without an answer.');
  }
  return { ...advanceVersion(job, now), state: 'running', failures, ...extendRun(now) };
}

/** Advances the checkpoint by the rows that are done; the job keeps running. */
export function applyLineResults(
  job: Job,
  total: number,
  lineResults: readonly JobLineResult[],
  now: Instant,
): Job {
  const counts = { ...job.counts };
  for (const { outcome } of lineResults) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return {
    ...advanceVersion(job, now),
    total,
    checkpoint: job.checkpoint + lineResults.length,
    counts,
    failures: 0,
    ...extendRun(now),
  };
}

/** Advances the checkpoint by a batch; the job keeps running. */
export function applyJobBatch(job: Job, { processed, counts, next }: JobBatch, now: Instant): Job {
  const { cursor: _, ...rest } = advanceVersion(job, now);
  const sums = { ...job.counts };
  for (const [name, count] of Object.entries(counts)) sums[name] = (sums[name] ?? 0) + count;
  return {
    ...rest,
    checkpoint: job.checkpoint + processed,
    counts: sums,
    failures: 0,
    ...(next === undefined ? {} : { cursor: next }),
    ...extendRun(now),
  };
}

/**
 * Puts the job back in its queue for the next worker: because this worker's time is up, or to wait
 * until an instant, when it is announced.
 */
export function requeueJob(job: Job, now: Instant, until?: Instant): Job {
  return {
    ...advanceVersion(job, now),
    state: 'queued',
    announceAt: until ?? addSeconds(now, announceSeconds),
  };
}

/** Ends a failed run: the job is queued for another run after a pause, or `failed`. */
export function failJobRun(job: Job, reason: string, now: Instant): Job {
  const failures = job.failures + 1;
  if (failures >= failureLimit) return endJob({ ...job, failures }, 'failed', now, reason);
  return {
    ...advanceVersion(job, now),
    state: 'queued',
    failures,
    announceAt: addSeconds(now, pauseSeconds * failures),
  };
}

/** Ends a job; a failed one gets a reason. */
export function endJob(job: Job, state: 'done' | 'failed', now: Instant, reason?: string): Job {
  return { ...advanceVersion(job, now), state, ...(reason === undefined ? {} : { reason }) };
}

/** When the job is announced again unless a worker continues it first; undefined if it is over. */
export function jobAlarmAt(job: Job): Instant | undefined {
  if (job.state === 'queued') return job.announceAt;
  return job.state === 'running' ? job.runningUntil : undefined;
}

function extendRun(now: Instant): Pick<Job, 'runningUntil'> {
  return { runningUntil: addSeconds(now, runSeconds) };
}

function advanceVersion(job: Job, now: Instant): Job {
  const { runningUntil: _, announceAt: __, ...rest } = job;
  return { ...rest, version: job.version + 1, updatedAt: now };
}
