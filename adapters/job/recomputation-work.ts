import type { BatchWork, JobWork } from '../../core/job/ports.ts';
import {
  type RecomputeClocksDependencies,
  recomputeClocks,
} from '../../core/sla/configuration/recompute-clocks.ts';

/** The recomputation of all open inquiries after a version of the calendars or policies was put. */
export class RecomputationWork implements JobWork {
  readonly #dependencies: RecomputeClocksDependencies;

  constructor(recomputing: RecomputeClocksDependencies) {
    this.#dependencies = recomputing;
  }

  async open(): Promise<BatchWork> {
    return {
      runBatch: async (cursor) => {
        const { next, ...counts } = await recomputeClocks(this.#dependencies, cursor);
        return { processed: counts.reckoned, counts, ...(next === undefined ? {} : { next }) };
      },
    };
  }
}
