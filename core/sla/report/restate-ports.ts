import type { Instant, Sub } from '../../inquiry/values/ids.ts';
import type { RestatementRequest } from './restate-records.ts';

/** Starts restatements, which run as jobs. */
export interface Restatements {
  start(
    request: RestatementRequest,
    startedBy: Sub,
    now: Instant,
  ): Promise<{ readonly id: string; readonly createdAt: Instant }>;
}
