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

/**
 * The result of one line of a job's input, or of one inquiry of work without lines that was set aside.
 * `line` counts from 1, the heading included. `set-aside`: it failed in one run after the other, and
 * the rest went on without it.
 */
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
    'set-aside',
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
  /** Runs that failed since the job last got further; a row that is set aside gets it no further. */
  failures: z.int().min(0),
  /** Since when it needs a person, until it gets further. It goes on trying all the same. */
  needsPersonAt: Instant.optional(),
  /** While it runs: when its worker is presumed dead. */
  runningUntil: Instant.optional(),
  /** While it is queued: when it is announced again. */
  announceAt: Instant.optional(),
  /** Why it failed for good, or why its last run failed. */
  reason: z.string().max(500).optional(),
});
export type Job = z.infer<typeof Job>;

/** An inquiry that work without rows sets aside. */
export type SetAsideInquiry = Pick<JobLineResult, 'inquiryId' | 'number'>;

/** What a batch of work has done; `next` is where the next one begins, unless it was the last. */
export type JobBatch = {
  /** Without those set aside. */
  readonly processed: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly setAside?: readonly SetAsideInquiry[];
  readonly next?: string;
  /** The next batch begins no earlier; the worker does not wait for it. */
  readonly notBefore?: Instant;
  /** Why somebody has to look into it, who is told once for each batch that says so. The work goes on after `notBefore`. */
  readonly needsPerson?: string;
};

/** A run without a checkpoint for this long is presumed dead. A checkpoint takes seconds. */
const runSeconds = 60;
/** A queued job is announced again after this, in case its message was lost. */
const announceSeconds = 120;
/**
 * The pause after the first failed run. Each further one is twice as long, up to the longest, and
 * there is always another run: a fault of minutes costs minutes, and one of days costs no person a
 * repetition.
 */
const firstPauseSeconds = 30;
const longestPauseSeconds = 4 * 3600;
/** With their pauses, so many failed runs in a row last a quarter of an hour. */
const personFailures = 5;
/** A row is set aside after so many failed runs, if no store was to blame. */
const setAsideFailures = 3;

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
 * A worker that died counts as a failed run. The first is replaced at once, since machines stop for
 * many reasons; from the second on the job stays `queued` for a pause.
 */
export function beginJobRun(job: Job, now: Instant): Job | undefined {
  if (isJobOver(job)) return undefined;
  if (job.state === 'queued') {
    return { ...advanceVersion(job, now), state: 'running', ...extendRun(now) };
  }
  const { runningUntil = now } = job;
  if (runningUntil > now) return undefined;
  const failures = job.failures + 1;
  const announceAt = addSeconds(runningUntil, computePauseSeconds(failures - 1));
  const counted = { ...advanceVersion(job, now), ...countFailure(job, now) };
  return announceAt > now
    ? { ...counted, state: 'queued', reason: 'Its worker stopped without an answer.', announceAt }
    : { ...counted, ...extendRun(now) };
}

/** Advances the checkpoint by the rows that are done or set aside; the job keeps running. */
export function applyLineResults(
  job: Job,
  total: number,
  lineResults: readonly JobLineResult[],
  now: Instant,
): Job {
  const counts = { ...job.counts };
  for (const { outcome } of lineResults) counts[outcome] = (counts[outcome] ?? 0) + 1;
  const isFurther = lineResults.some(({ outcome }) => outcome !== 'set-aside');
  return {
    ...(isFurther ? forgetFailures(advanceVersion(job, now)) : advanceVersion(job, now)),
    total,
    checkpoint: job.checkpoint + lineResults.length,
    counts,
    ...extendRun(now),
  };
}

/** Advances the checkpoint by a batch; the job keeps running. */
export function applyJobBatch(
  job: Job,
  { processed, counts, setAside = [], next }: JobBatch,
  now: Instant,
): Job {
  const { cursor: _, ...rest } = forgetFailures(advanceVersion(job, now));
  const sums = { ...job.counts };
  const added = setAside.length === 0 ? counts : { ...counts, 'set-aside': setAside.length };
  for (const [name, count] of Object.entries(added)) sums[name] = (sums[name] ?? 0) + count;
  return {
    ...rest,
    checkpoint: job.checkpoint + processed + setAside.length,
    counts: sums,
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

/** Marks a job that goes on, but that somebody has to look into. */
export function markNeedsPerson(job: Job, reason: string, now: Instant): Job {
  return { ...job, needsPersonAt: job.needsPersonAt ?? now, reason };
}

/** Ends a failed run: the job is queued for another run after a pause. */
export function failJobRun(job: Job, reason: string, now: Instant): Job {
  const counted = { ...advanceVersion(job, now), ...countFailure(job, now) };
  return {
    ...counted,
    state: 'queued',
    reason,
    announceAt: addSeconds(now, computePauseSeconds(counted.failures)),
  };
}

/** Whether a row or inquiry on which every run so far failed may be set aside, so that the rest goes on. */
export function maySetAside({ failures }: Job): boolean {
  return failures >= setAsideFailures;
}

/** Ends a job; a failed one gets a reason. */
export function endJob(job: Job, state: 'done' | 'failed', now: Instant, reason?: string): Job {
  const ended = forgetFailures(advanceVersion(job, now));
  return { ...ended, state, ...(reason === undefined ? {} : { reason }) };
}

export function isJobOver({ state }: Job): boolean {
  return state === 'done' || state === 'failed';
}

/** How many rows or inquiries were set aside. */
export function countSetAside({ counts }: Job): number {
  return counts['set-aside'] ?? 0;
}

/** When the job is announced again unless a worker continues it first; undefined if it is over. */
export function jobAlarmAt(job: Job): Instant | undefined {
  if (job.state === 'queued') return job.announceAt;
  return job.state === 'running' ? job.runningUntil : undefined;
}

/** The pause after so many failed runs in a row. */
function computePauseSeconds(failures: number): number {
  if (failures === 0) return 0;
  return Math.min(firstPauseSeconds * 2 ** (failures - 1), longestPauseSeconds);
}

function countFailure(job: Job, now: Instant): Pick<Job, 'failures' | 'needsPersonAt'> {
  const failures = job.failures + 1;
  const needsPersonAt = job.needsPersonAt ?? (failures >= personFailures ? now : undefined);
  return { failures, ...(needsPersonAt === undefined ? {} : { needsPersonAt }) };
}

function forgetFailures({ needsPersonAt: _, reason: __, ...job }: Job): Job {
  return { ...job, failures: 0 };
}

function extendRun(now: Instant): Pick<Job, 'runningUntil'> {
  return { runningUntil: addSeconds(now, runSeconds) };
}

function advanceVersion(job: Job, now: Instant): Job {
  const { runningUntil: _, announceAt: __, ...rest } = job;
  return { ...rest, version: job.version + 1, updatedAt: now };
}
