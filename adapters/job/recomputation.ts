import type { JobWork, OpenedStretches } from '../../core/job/ports.ts';
import {
  type RecomputeClocksDependencies,
  recomputeClocks,
} from '../../core/sla/configuration/recompute-clocks.ts';

/** The recomputation of all open inquiries after a version of the calendars or policies was put. */
export class Recomputation implements JobWork {
  readonly #recomputing: RecomputeClocksDependencies;

  constructor(recomputing: RecomputeClocksDependencies) {
    this.#recomputing = recomputing;
  }

  async open(): Promise<OpenedStretches> {
    return {
      stretch: async (cursor) => {
        const { next, ...counts } = await recomputeClocks(this.#recomputing, cursor);
        return { settled: counts.reckoned, counts, ...(next === undefined ? {} : { next }) };
      },
    };
  }
}
