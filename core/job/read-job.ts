import type { Person } from '../access/person.ts';
import { type Refusal, refuse } from '../inquiry/refusal.ts';
import type { Job, JobId, JobLineResult } from './job.ts';
import { type JobLedger, type JobNotes, resultNoteName } from './ports.ts';

/** A job with the results of its lines, and its own result as JSON where it has one. */
export type JobDetails = {
  readonly job: Job;
  readonly lines: readonly JobLineResult[];
  readonly result?: string;
};

/**
 * Reads a job for the person who started it or a lead.
 *
 * Refuses `job.unknown` to anybody else, as if the job did not exist.
 */
export async function readJob(
  ledger: JobLedger,
  notes: Pick<JobNotes, 'find'>,
  actor: Person,
  id: JobId,
): Promise<JobDetails | Refusal> {
  const job = await ledger.find(id);
  if (job === undefined || (job.startedBy !== actor.sub && actor.role !== 'lead')) {
    return refuse('job.unknown', 'There is no such job, or it is not yours.');
  }
  const [lines, [result]] = await Promise.all([ledger.lines(id), notes.find(id, resultNoteName)]);
  return { job, lines, ...(result === undefined ? {} : { result }) };
}
