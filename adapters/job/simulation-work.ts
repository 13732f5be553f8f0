import { mayAtDesk } from '../../core/access/may.ts';
import type { PersonRegistry } from '../../core/access/ports.ts';
import { type Refusal, refuse } from '../../core/inquiry/refusal.ts';
import type { Desk, TermsInForce } from '../../core/inquiry/terms/terms.ts';
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
import { type Parts, SimulationFiles } from './simulation-store.ts';

type Standing = {
  readonly people: Pick<PersonRegistry, 'bySub'>;
  readonly notes: Pick<JobNotes, 'save'>;
  readonly content: Pick<S3ContentStore, 'put' | 'get'>;
  readonly past: PastInquiries;
  readonly terms: TermsInForce;
  /** The desks that the stage has. */
  readonly desks: readonly Desk[];
};

/** What has been counted before a part begins. */
type SoFar = { readonly part: number; readonly sums: SimulationSums; readonly parts: Parts };

/**
 * Simulates routing, page by page of the past; changes nothing of the ledger.
 *
 * A page that is done again after a crash begins with the sums of the one before it, so nothing
 * counts twice.
 */
export class SimulationWork implements JobWork {
  readonly #on: Standing;
  readonly #files: SimulationFiles;

  constructor(on: Standing) {
    this.#on = on;
    this.#files = new SimulationFiles(on.content);
  }

  async open(job: Job): Promise<BatchWork | Refusal> {
    const by = await this.#on.people.bySub(job.startedBy);
    if (by === undefined || !mayAtDesk(by, 'simulate-routing')) {
      return refuse('access.forbidden', 'Who started it may not do this any more.');
    }
    const order = await this.#files.order(job.input);
    if (order === undefined) return refuse('job.unknown', 'Its order is not there any more.');
    const terms = await this.#on.terms.read();
    const simulation = new Simulation(order, terms, this.#on.desks);
    // Kept from stretch to stretch of one run, and read back by the next.
    let known: SoFar | undefined;
    return {
      runBatch: async (cursor): Promise<JobBatch> => {
        const [part, after] = placeOf(cursor);
        const before = known?.part === part ? known : await this.#before(job, part);
        const sums = structuredClone(before.sums);
        const { rows, next } = await simulation.simulatePage(
          this.#on.past,
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
          this.#files.keepPart(job.id, part, rows),
          this.#files.keepSums(job.id, part, sums, parts),
        ]);
        known = { part: part + 1, sums, parts };
        if (next === undefined) {
          const { inForce, proposed } = simulation;
          const summary = summarizeSimulation(order, sums, { inForce, proposed });
          await this.#files.keepParts(job.id, parts);
          await this.#on.notes.save(job, resultNoteName, JSON.stringify(summary));
        }
        return {
          processed: rows.length,
          counts: { simulated: rows.length, differing },
          ...(next === undefined ? {} : { next: `${part + 1} ${next}` }),
        };
      },
    };
  }

  async #before(job: Job, part: number): Promise<SoFar> {
    if (part === 0) return { part, sums: makeEmptySums(), parts: { all: [], differing: [] } };
    const found = await this.#files.sums(job.id, part - 1);
    if (found === undefined) throw new TypeError(`the sums of part ${part - 1} are missing`);
    return { part, ...found };
  }
}

/** The part that comes next, and where in the past it begins. */
function placeOf(cursor: string | undefined): [number, string | undefined] {
  if (cursor === undefined) return [0, undefined];
  const space = cursor.indexOf(' ');
  return [Number(cursor.slice(0, space)), cursor.slice(space + 1)];
}
