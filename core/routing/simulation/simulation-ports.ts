import type { Clock } from '../../inquiry/clock/clock.ts';
import type { InquiryStatus } from '../../inquiry/snapshot.ts';
import type { DeskId, InquiryId, Instant, Sub } from '../../inquiry/values/ids.ts';
import type { SimulationOrder } from './order-simulation.ts';
import type { PastInquiry, SimulatedRow } from './simulated-routing.ts';

/** A page of a period's inquiries, in the order in which they came in. */
export type PastInquiryPage = {
  readonly inquiries: readonly PastInquiry[];
  /** How many inquiries have a receipt but are not in the ledger. */
  readonly missing: number;
  /** Where the next page begins; undefined at the period's end. */
  readonly next?: string;
};

/** Where a past inquiry is now. */
export type PastInquiryOutcome = {
  readonly status: InquiryStatus;
  readonly desk?: DeskId;
  /** The last state of each clock's first cycle. */
  readonly clocks: readonly Clock[];
};

/** Inquiries by the time on their receipts: when they were opened, or released later. */
export interface PastInquiries {
  readPage(from: Instant, until: Instant, after?: string): Promise<PastInquiryPage>;
  /** As they are now, without those that do not exist. */
  readOutcomes(ids: readonly InquiryId[]): Promise<ReadonlyMap<InquiryId, PastInquiryOutcome>>;
}

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
   * The rows that differ, or all of them; none while the job runs. Undefined where there is no such
   * simulation or its rows have expired.
   */
  readPage(
    id: string,
    which: 'differing' | 'all',
    limit: number,
    after?: string,
  ): Promise<SimulationPage | undefined>;
}
