import { gunzipSync, gzipSync } from 'node:zlib';
import type { Randomness } from '../../core/inquiry/ports.ts';
import type { Instant, Sub } from '../../core/inquiry/values/ids.ts';
import { createQueuedJob, type JobId } from '../../core/job/job.ts';
import type { JobLedger } from '../../core/job/ports.ts';
import { SimulationOrder } from '../../core/routing/simulation/order-simulation.ts';
import type { SimulatedRow } from '../../core/routing/simulation/simulated-routing.ts';
import type {
  SimulationPage,
  Simulations,
} from '../../core/routing/simulation/simulation-ports.ts';
import { SimulationSums } from '../../core/routing/simulation/simulation-sums.ts';
import type { S3ContentStore } from '../s3/content-store.ts';

type ContentStore = Pick<S3ContentStore, 'put' | 'get'>;
type RowSelection = 'differing' | 'all';

/** How many rows each part of a simulation has. */
export type SimulationPartCounts = Readonly<Record<RowSelection, readonly number[]>>;

/**
 * The files of a simulation in the content bucket under `job/`: its order, and for each page of the
 * past the rows and the sums up to it, so that a repeated page is counted once.
 */
export class SimulationFiles {
  readonly #content: ContentStore;

  constructor(content: ContentStore) {
    this.#content = content;
  }

  async putOrder(id: JobId, order: SimulationOrder): Promise<string> {
    const key = `job/${id}/order.json.gz`;
    await this.#put(key, order);
    return key;
  }

  async findOrder(key: string): Promise<SimulationOrder | undefined> {
    const json = await this.#get(key);
    return json === undefined ? undefined : SimulationOrder.parse(json);
  }

  async putRows(id: JobId, part: number, rows: readonly SimulatedRow[]): Promise<void> {
    const differing = rows.filter(({ changed }) => changed.length > 0);
    await Promise.all([
      this.#put(makeRowsKey(id, 'all', part), rows),
      this.#put(makeRowsKey(id, 'differing', part), differing),
    ]);
  }

  async findRows(
    id: JobId,
    which: RowSelection,
    part: number,
  ): Promise<SimulatedRow[] | undefined> {
    return (await this.#get(makeRowsKey(id, which, part))) as SimulatedRow[] | undefined;
  }

  async putSums(
    id: JobId,
    part: number,
    sums: SimulationSums,
    parts: SimulationPartCounts,
  ): Promise<void> {
    await this.#put(makeSumsKey(id, part), { sums, parts });
  }

  async findSums(
    id: JobId,
    part: number,
  ): Promise<{ readonly sums: SimulationSums; readonly parts: SimulationPartCounts } | undefined> {
    const stored = (await this.#get(makeSumsKey(id, part))) as
      | { sums: unknown; parts: SimulationPartCounts }
      | undefined;
    return stored === undefined
      ? undefined
      : { sums: SimulationSums.parse(stored.sums), parts: stored.parts };
  }

  async putPartCounts(id: JobId, parts: SimulationPartCounts): Promise<void> {
    await this.#put(makePartCountsKey(id), parts);
  }

  async findPartCounts(id: JobId): Promise<SimulationPartCounts | undefined> {
    return (await this.#get(makePartCountsKey(id))) as SimulationPartCounts | undefined;
  }

  async #put(key: string, value: unknown): Promise<void> {
    // Rows are much alike: the fastest compression shrinks them to a tenth.
    const zipped = gzipSync(JSON.stringify(value), { level: 1 });
    await this.#content.put(key, zipped, 'application/gzip');
  }

  async #get(key: string): Promise<unknown> {
    const bytes = await this.#content.get(key);
    return bytes === undefined ? undefined : JSON.parse(gunzipSync(bytes).toString('utf8'));
  }
}

function makeRowsKey(id: JobId, which: RowSelection, part: number): string {
  return `job/${id}/${which}-${String(part).padStart(6, '0')}.json.gz`;
}

function makeSumsKey(id: JobId, part: number): string {
  return `job/${id}/sums-${String(part).padStart(6, '0')}.json.gz`;
}

function makePartCountsKey(id: JobId): string {
  return `job/${id}/parts.json.gz`;
}

/** Simulations as jobs, with their files. */
export class StoredSimulations implements Simulations {
  readonly #ledger: Pick<JobLedger, 'start' | 'find'>;
  readonly #files: SimulationFiles;
  readonly #random: Pick<Randomness, 'id'>;

  constructor(
    ledger: Pick<JobLedger, 'start' | 'find'>,
    content: ContentStore,
    random: Pick<Randomness, 'id'>,
  ) {
    this.#ledger = ledger;
    this.#files = new SimulationFiles(content);
    this.#random = random;
  }

  /** If the job cannot be written, nothing refers to the order, which ages out. */
  async start(
    order: SimulationOrder,
    startedBy: Sub,
    now: Instant,
  ): Promise<{ readonly id: string; readonly createdAt: Instant }> {
    const id = this.#random.id(now) as JobId;
    const input = await this.#files.putOrder(id, order);
    await this.#ledger.start(
      createQueuedJob({ id, jobKind: 'routing-simulation', startedBy, input }, now),
    );
    return { id, createdAt: now };
  }

  /** @param after the part and the row in it, counted from 0, where the page begins */
  async readPage(
    id: string,
    which: RowSelection,
    limit: number,
    after?: string,
  ): Promise<SimulationPage | undefined> {
    const job = await this.#ledger.find(id as JobId);
    if (job?.jobKind !== 'routing-simulation') return undefined;
    const { state } = job;
    if (state !== 'done') return { state, rows: [] };
    const parts = await this.#files.findPartCounts(job.id);
    if (parts === undefined) return undefined;
    const counts = parts[which];
    const rows: SimulatedRow[] = [];
    let [part = 0, row = 0] = (after ?? '0 0').split(' ').map(Number);
    while (part < counts.length && rows.length < limit) {
      const count = counts[part] ?? 0;
      if (row < count) {
        const partRows = await this.#files.findRows(job.id, which, part);
        if (partRows === undefined) return undefined;
        const pageRows = partRows.slice(row, row + limit - rows.length);
        rows.push(...pageRows);
        row += pageRows.length;
      }
      if (row >= count) {
        part += 1;
        row = 0;
      }
    }
    const isOver = counts.slice(part).every((count) => count === 0);
    return { state, rows, ...(isOver ? {} : { next: `${part} ${row}` }) };
  }
}
