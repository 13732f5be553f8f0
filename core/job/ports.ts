import type { JobNotice } from '../inquiry/outbox/job-notice.ts';
import type { Refusal } from '../inquiry/refusal.ts';
import type { Instant } from '../inquiry/values/ids.ts';
import type { Job, JobBatch, JobId, JobLineResult } from './job.ts';

/** What is written together with a change of a job. */
export type JobChange = {
  /** Results of the rows done or set aside since the last checkpoint. */
  readonly lineResults?: readonly JobLineResult[];
  /** Announces the job to its queue at once. */
  readonly announce?: Instant;
  /** What people are told of the change. */
  readonly notices?: readonly JobNotice[];
};

/** The truth about jobs; all reads are strongly consistent. */
export interface JobLedger {
  /** Writes a new job, whose insertion announces it. */
  start(job: Job): Promise<void>;
  find(id: JobId): Promise<Job | undefined>;
  /** The results of the lines so far, in their order. */
  lines(id: JobId): Promise<JobLineResult[]>;
  /** Replaces `before` by `after` if nobody has changed the job since; returns whether it did. */
  change(before: Job, after: Job, change?: JobChange): Promise<boolean>;
}

/** The work of one kind of job. */
export interface JobWork {
  /**
   * Opens the job's input, which has the same rows each time.
   *
   * A refusal ends the job: another run would refuse as well.
   */
  open(job: Job): Promise<LineWork | BatchWork | Refusal>;
}

export type LineWork = {
  /** The number of rows. */
  readonly total: number;
  /** Processes one row by its index; a repetition changes nothing and has the same outcome. */
  runLine(index: number): Promise<JobLineResult>;
  /**
   * The line of a row in the input. Only work that has it can set rows aside: with others, what
   * follows a row needs it.
   */
  lineOf?(index: number): number;
};

/** What a run allows a batch. */
export type BatchAllowance = {
  /** Whether the batch has failed so often that single inquiries may be set aside. */
  readonly maySetAside: boolean;
};

/** Work without rows, whose extent is not known beforehand. */
export type BatchWork = {
  /**
   * Does a few seconds' worth of work from the cursor, or from the beginning without one; a
   * repetition changes nothing.
   */
  runBatch(cursor: string | undefined, allowance: BatchAllowance): Promise<JobBatch>;
};

/** Texts of any length that a job keeps between runs, and its result; kept as long as the job. */
export interface JobNotes {
  /** Saves a text under a name, replacing an earlier one. */
  save(job: Pick<Job, 'id' | 'createdAt'>, name: string, text: string): Promise<void>;
  /** The texts whose names have the prefix, ordered by name; strongly consistent. */
  find(id: JobId, prefix: string): Promise<string[]>;
}

/** The note with a job's result as JSON, for jobs with a result other than those of their lines. */
export const resultNoteName = 'result';
