import type { DeskId, InquiryId, Instant, Sub } from '../../inquiry/values/ids.ts';

/**
 * The order in which a desk's agents last had their turn: the higher the number, the later. Agents
 * without a number never had one. `revision` counts the writes.
 */
export type RoundRobin = {
  readonly revision: number;
  readonly last: Readonly<Record<Sub, number>>;
};

/** What an agent was offered lately, which the index of held inquiries may not know yet. */
export type CapacityReservation = {
  readonly revision: number;
  readonly offers: readonly { readonly id: InquiryId; readonly at: Instant }[];
};

/** The reservation that an offer makes, and the desk's new round robin where it has decided. */
export type ReservationRequest = {
  readonly agent: Sub;
  readonly reservation: CapacityReservation;
  readonly roundRobin?: { readonly desk: DeskId } & RoundRobin;
};

/** What assignments record besides the inquiries, so that two at the same time do not collide. */
export interface AssignmentReservations {
  /** Reads consistently; what was never written is empty and has revision 0. */
  read(
    desk: DeskId,
    agents: readonly Sub[],
  ): Promise<{
    readonly roundRobin: RoundRobin;
    readonly reservations: ReadonlyMap<Sub, CapacityReservation>;
  }>;
  /**
   * Writes all of it or nothing; the revisions are those that were read.
   *
   * @returns false when somebody else has written any of it since
   */
  reserve(request: ReservationRequest, now: Instant): Promise<boolean>;
}
