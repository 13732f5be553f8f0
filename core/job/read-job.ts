import type { Person } from '../access/person.ts';
import { type Refusal, refuse } from '../inquiry/refusal.ts';
import type { Job, JobId, LineResult } from './job.ts';
import type { JobLedger } from './ports.ts';

/**
 * A job with what became of its lines, for who started it and leads.
 *
 * Refuses `job.unknown` to anybody else, as if there were none.
 */
export async function readJob(
  ledger: JobLedger,
  actor: Person,
  id: JobId,
): Promise<{ readonly job: Job; readonly lines: readonly LineResult[] } | Refusal> {
  const job = await ledger.find(id);
  if (job === undefined || (job.startedBy !== actor.sub && actor.role !== 'lead')) {
    return refuse('job.unknown', 'There is no such job, or it is not yours.');
  }
  return { job, lines: await ledger.lines(id) };
}
