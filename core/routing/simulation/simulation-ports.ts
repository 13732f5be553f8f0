import type { Clock } from '../../inquiry/clock/clock.ts';
import type { InquiryStatus } from '../../inquiry/snapshot.ts';
import type { DeskId, InquiryId, Instant, Sub } from '../../inquiry/values/ids.ts';
import type { SimulationOrder } from './order-simulation.ts';
import type { PastInquiry, SimulatedRow } from './simulated-routing.ts';

/** Some of a period's inquiries, in the order in which they came in. */
export type PastInquiryPage = {
  readonly inquiries: readonly PastInquiry[];
  /** How many a receipt names that are not in the ledger. */
  readonly missing: number;
  /** Where the next page begins; undefined at the period's end. */
  readonly next?: string;
};

/** What has become of an inquiry. */
export type PastInquiryOutcome = {
  readonly status: InquiryStatus;
  readonly desk?: DeskId;
  /** The last state of each clock's first cycle. */
  readonly clocks: readonly Clock[];
};

/** Inquiries by when their receipts say that they were taken in: opened, or released later. */
export interface PastInquiries {
  readPage(from: Instant, until: Instant, after?: string): Promise<PastInquiryPage>;
  /** As they are now; those that are not there are left out. */
  readOutcomes(ids: readonly InquiryId[]): Promise<ReadonlyMap<InquiryId, PastInquiryOutcome>>;
}

/** How a simulation stands. */
export type SimulationState = 'queued' | 'running' | 'done' | 'failed';

/** Rows of a simulation, in the order in which the inquiries came in. */
export type SimulationPage = {
  readonly state: SimulationState;
  readonly rows: readonly SimulatedRow[];
  readonly next?: string;
};

/** Simulations, which run as jobs; kept for 30 days. */
export interface Simulations {
  start(
    order: SimulationOrder,
    startedBy: Sub,
    now: Instant,
  ): Promise<{ readonly id: string; readonly createdAt: Instant }>;
  /**
   * What differs, or all of it; nothing while the job goes on. Undefined where there is no such
   * simulation, or its rows are not kept any more.
   */
  readPage(
    id: string,
    which: 'differing' | 'all',
    limit: number,
    after?: string,
  ): Promise<SimulationPage | undefined>;
}
