import type { Instant, Sub } from '../../inquiry/values/ids.ts';

/** Starts the import of a file of calls; the import outlasts the request. */
export interface CallImports {
  start(
    file: Uint8Array,
    startedBy: Sub,
    now: Instant,
  ): Promise<{ readonly id: string; readonly createdAt: Instant }>;
}
