import type { Randomness } from '../../core/inquiry/ports.ts';
import type { Instant, Sub } from '../../core/inquiry/values/ids.ts';
import { createQueuedJob, type JobId } from '../../core/job/job.ts';
import type { JobLedger } from '../../core/job/ports.ts';
import type { Restatements } from '../../core/sla/report/restate-ports.ts';
import type { RestatementRequest } from '../../core/sla/report/restate-records.ts';

/** Starts restatements as jobs, whose input is the request as JSON. */
export class StoredRestatements implements Restatements {
  readonly #ledger: Pick<JobLedger, 'start'>;
  readonly #random: Pick<Randomness, 'id'>;

  constructor(ledger: Pick<JobLedger, 'start'>, random: Pick<Randomness, 'id'>) {
    this.#ledger = ledger;
    this.#random = random;
  }

  async start(
    request: RestatementRequest,
    startedBy: Sub,
    now: Instant,
  ): Promise<{ readonly id: string; readonly createdAt: Instant }> {
    const id = this.#random.id(now) as JobId;
    const input = JSON.stringify(request);
    await this.#ledger.start(
      createQueuedJob({ id, jobKind: 'sla-restatement', startedBy, input }, now),
    );
    return { id, createdAt: now };
  }
}
