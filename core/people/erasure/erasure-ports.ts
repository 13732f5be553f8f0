import type { EmailAddress, Instant, Sub } from '../../inquiry/values/ids.ts';
import type { ErasureInput, StartedErasure } from './erasure.ts';

/** Starts erasures, which run as jobs. */
export interface Erasures {
  /**
   * Starts the job, and keeps whom it is about apart from it, until it is done.
   *
   * @param subs by which the registry knows the person
   */
  start(
    order: ErasureInput,
    person: {
      readonly address: EmailAddress;
      readonly subs: readonly Sub[];
      readonly names: readonly string[];
    },
    startedBy: Sub,
    now: Instant,
  ): Promise<StartedErasure>;
}
