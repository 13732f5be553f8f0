import type { Instant, Sub } from '../../inquiry/values/ids.ts';
import type { Restating } from './restate-records.ts';

/** Starts restatements, which run as jobs. */
export interface Restatements {
  start(
    restating: Restating,
    startedBy: Sub,
    now: Instant,
  ): Promise<{ readonly id: string; readonly createdAt: Instant }>;
}
