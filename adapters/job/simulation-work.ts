import { mayAtDesk } from '../../core/access/may.ts';
import type { PersonRegistry } from '../../core/access/ports.ts';
import { type Refusal, refuse } from '../../core/inquiry/refusal.ts';
import type { Desk } from '../../core/inquiry/terms/desk.ts';
import type { TermsInForce } from '../../core/inquiry/terms/terms.ts';
import type { Job, JobBatch } from '../../core/job/job.ts';
import {
  type BatchWork,
  type JobNotes,
  type JobWork,
  resultNoteName,
} from '../../core/job/ports.ts';
import { Simulation } from '../../core/routing/simulation/simulation.ts';
import type { PastInquiries } from '../../core/routing/simulation/simulation-ports.ts';
import {
  makeEmptySums,
  type SimulationSums,
} from '../../core/routing/simulation/simulation-sums.ts';
import { summarizeSimulation } from '../../core/routing/simulation/summarize-simulation.ts';
import type { S3ContentStore } from '../s3/content-store.ts';
import { SimulationFiles, type SimulationPartCounts } from './simulation-store.ts';

type SimulationDependencies = {
  readonly people: Pick<PersonRegistry, 'bySub'>;
  readonly notes: Pick<JobNotes, 'save'>;
  readonly content: Pick<S3ContentStore, 'put' | 'get'>;
  readonly past: PastInquiries;
  readonly terms: TermsInForce;
  /** The desks of the stage. */
  readonly desks: readonly Desk[];
};

/** What has been counted before a part begins. */
type SimulationProgress = {
  readonly part: number;
  readonly sums: SimulationSums;
  readonly parts: SimulationPartCounts;
};

/**
 * Simulates routing, page by page of the past, without changing the ledger.
 *
 * A page repeated after a crash begins with the sums of the one before it, so nothing counts twice.
 */
export class SimulationWork implements JobWork {
  readonly #dependencies: SimulationDependencies;
  readonly #files: SimulationFiles;

  constructor(deps: SimulationDependencies) {
    this.#dependencies = deps;
    this.#files = new SimulationFiles(deps.content);
  }

  async open(job: Job): Promise<BatchWork | Refusal> {
    const by = await this.#dependencies.people.bySub(job.startedBy);
    if (by === undefined || !mayAtDesk(by, 'simulate-routing')) {
      return refuse('access.forbidden', 'Who started it may not do this any more.');
    }
    const order = await this.#files.findOrder(job.input);
    if (order === undefined) return refuse('job.unknown', 'Its order is not there any more.');
    const terms = await this.#dependencies.terms.read();
    const simulation = new Simulation(order, terms, this.#dependencies.desks);
    // Kept from batch to batch of one run, and read back by the next run.
    let progress: SimulationProgress | undefined;
    return {
      runBatch: async (cursor): Promise<JobBatch> => {
        const [part, after] = parseCursor(cursor);
        const before = progress?.part === part ? progress : await this.#readProgress(job, part);
        const sums = structuredClone(before.sums);
        const { rows, next } = await simulation.simulatePage(
          this.#dependencies.past,
          sums,
          job.createdAt,
          after,
        );
        const differing = rows.filter(({ changed }) => changed.length > 0).length;
        const parts = {
          all: [...before.parts.all, rows.length],
          differing: [...before.parts.differing, differing],
        };
        await Promise.all([
          this.#files.putRows(job.id, part, rows),
          this.#files.putSums(job.id, part, sums, parts),
        ]);
        progress = { part: part + 1, sums, parts };
        if (next === undefined) {
          const { inForce, proposed } = simulation;
          const summary = summarizeSimulation(order, sums, { inForce, proposed });
          await this.#files.putPartCounts(job.id, parts);
          await this.#dependencies.notes.save(job, resultNoteName, JSON.stringify(summary));
        }
        return {
          processed: rows.length,
          counts: { simulated: rows.length, differing },
          ...(next === undefined ? {} : { next: `${part + 1} ${next}` }),
        };
      },
    };
  }

  async #readProgress(job: Job, part: number): Promise<SimulationProgress> {
    if (part === 0) return { part, sums: makeEmptySums(), parts: { all: [], differing: [] } };
    const stored = await this.#files.findSums(job.id, part - 1);
    if (stored === undefined) throw new TypeError(`the sums of part ${part - 1} are missing`);
    return { part, ...stored };
  }
}

/** Parses which part comes next, and where in the past it begins. */
function parseCursor(cursor: string | undefined): [number, string | undefined] {
  if (cursor === undefined) return [0, undefined];
  const space = cursor.indexOf(' ');
  return [Number(cursor.slice(0, space)), cursor.slice(space + 1)];
}
