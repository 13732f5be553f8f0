import type { Randomness } from '../../core/inquiry/ports.ts';
import type { Instant, Sub } from '../../core/inquiry/values/ids.ts';
import { createQueuedJob, type JobId, type JobKind } from '../../core/job/job.ts';
import type { JobLedger } from '../../core/job/ports.ts';
import type { S3ContentStore } from '../s3/content-store.ts';

/** Starts imports of one kind: the file goes to the content bucket, then the job to its ledger. */
export class StoredImports {
  readonly #ledger: Pick<JobLedger, 'start'>;
  readonly #content: Pick<S3ContentStore, 'put'>;
  readonly #random: Pick<Randomness, 'id'>;
  readonly #kind: JobKind;

  constructor(
    ledger: Pick<JobLedger, 'start'>,
    content: Pick<S3ContentStore, 'put'>,
    random: Pick<Randomness, 'id'>,
    kind: JobKind,
  ) {
    this.#ledger = ledger;
    this.#content = content;
    this.#random = random;
    this.#kind = kind;
  }

  /** If the job cannot be written, nothing refers to the file, which ages out. */
  async start(
    file: Uint8Array,
    startedBy: Sub,
    now: Instant,
  ): Promise<{ readonly id: string; readonly createdAt: Instant }> {
    const id = this.#random.id(now) as JobId;
    const input = `job/${id}/input.csv`;
    await this.#content.put(input, file, 'text/csv');
    await this.#ledger.start(createQueuedJob({ id, jobKind: this.#kind, startedBy, input }, now));
    return { id, createdAt: now };
  }
}
