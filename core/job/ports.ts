import type { Refusal } from '../inquiry/refusal.ts';
import type { Instant } from '../inquiry/values/ids.ts';
import type { Job, JobBatch, JobId, JobLineResult } from './job.ts';

/** What is written together with a change of a job. */
export type JobChange = {
  /** The rows settled since the last checkpoint. */
  readonly lineResults?: readonly JobLineResult[];
  /** Announces the job to its queue at once. */
  readonly announce?: Instant;
};

/** The truth about jobs; all reads are strongly consistent. */
export interface JobLedger {
  /** Writes a new job, whose insertion announces it. */
  start(job: Job): Promise<void>;
  find(id: JobId): Promise<Job | undefined>;
  /** What became of the lines so far, in their order. */
  lines(id: JobId): Promise<JobLineResult[]>;
  /** Puts `after` in place of the job if nobody has changed it since; tells whether it did. */
  change(before: Job, after: Job, change?: JobChange): Promise<boolean>;
}

/** The work of one kind of job. */
export interface JobWork {
  /**
   * Reads the job's input, which gives the same rows each time.
   *
   * A refusal ends the job: another run would refuse as well.
   */
  open(job: Job): Promise<LineWork | BatchWork | Refusal>;
}

export type LineWork = {
  /** How many rows there are. */
  readonly total: number;
  /** Settles one row by its index; settling it again changes nothing and has the same outcome. */
  runLine(index: number): Promise<JobLineResult>;
};

/** Work without rows, whose extent shows only as it goes on. */
export type BatchWork = {
  /**
   * Does some of the work from a place on, the beginning where there is none; a few seconds' worth.
   * Doing it again changes nothing.
   */
  runBatch(cursor: string | undefined): Promise<JobBatch>;
};

/** Texts of any length that a job keeps between its runs, and its result; kept as long as the job. */
export interface JobNotes {
  /** Puts a text in place of what was kept under the name. */
  save(job: Pick<Job, 'id' | 'createdAt'>, name: string, text: string): Promise<void>;
  /** Those whose names begin so, in the order of their names; strongly consistent. */
  find(id: JobId, prefix: string): Promise<string[]>;
}

/** The note that is a job's result, in JSON, for jobs that have another than what became of lines. */
export const resultNoteName = 'result';
