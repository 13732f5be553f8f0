import type { BatchWork, JobWork } from '../../core/job/ports.ts';
import { selectSetAside } from '../../core/job/set-aside.ts';
import {
  type RecomputeClocksDependencies,
  recomputeClocks,
} from '../../core/sla/configuration/recompute-clocks.ts';

/** Recomputes all open inquiries after a version of the calendars or policies was put. */
export class RecomputationWork implements JobWork {
  readonly #dependencies: RecomputeClocksDependencies;

  constructor(deps: RecomputeClocksDependencies) {
    this.#dependencies = deps;
  }

  async open(): Promise<BatchWork> {
    return {
      runBatch: async (cursor, { maySetAside }) => {
        const { next, counts, stale, failures } = await recomputeClocks(this.#dependencies, cursor);
        return {
          processed: counts.reckoned,
          counts,
          setAside: selectSetAside(failures, stale, maySetAside),
          ...(next === undefined ? {} : { next }),
        };
      },
    };
  }
}
