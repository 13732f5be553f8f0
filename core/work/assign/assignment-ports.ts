import type { DeskId, InquiryId, Instant, Sub } from '../../inquiry/values/ids.ts';

/**
 * Whose turn it was at a desk, by a number that grows with each turn; who never had one has none.
 * `revision` counts the writes.
 */
export type RoundRobin = {
  readonly revision: number;
  readonly last: Readonly<Record<Sub, number>>;
};

/** What an agent was offered of late, which the index of who holds what may not know yet. */
export type CapacityReservation = {
  readonly revision: number;
  readonly offers: readonly { readonly id: InquiryId; readonly at: Instant }[];
};

/** An offer to an agent: their seat as it becomes, and the desk's turns where it takes one. */
export type ReservationRequest = {
  readonly agent: Sub;
  readonly reservation: CapacityReservation;
  readonly roundRobin?: { readonly desk: DeskId } & RoundRobin;
};

/** What assigning remembers besides the inquiries, so that two who assign at once do not collide. */
export interface AssignmentReservations {
  /** Consistent; what was never written has revision 0 and is empty. */
  read(
    desk: DeskId,
    agents: readonly Sub[],
  ): Promise<{
    readonly roundRobin: RoundRobin;
    readonly reservations: ReadonlyMap<Sub, CapacityReservation>;
  }>;
  /**
   * Writes all of it or nothing; the revisions given are those that were read.
   *
   * @returns false when somebody else has written any of it since
   */
  reserve(taking: ReservationRequest, now: Instant): Promise<boolean>;
}
