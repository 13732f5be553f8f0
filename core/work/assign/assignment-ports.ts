import type { DeskId, InquiryId, Instant, Sub } from '../../inquiry/values/ids.ts';

/**
 * Whose turn it was at a desk, by a number that grows with each turn; who never had one has none.
 * `revision` counts the writes.
 */
export type Turns = {
  readonly revision: number;
  readonly last: Readonly<Record<Sub, number>>;
};

/** What an agent was offered of late, which the index of who holds what may not know yet. */
export type Seat = {
  readonly revision: number;
  readonly offers: readonly { readonly id: InquiryId; readonly at: Instant }[];
};

/** An offer to an agent: their seat as it becomes, and the desk's turns where it takes one. */
export type Taking = {
  readonly agent: Sub;
  readonly seat: Seat;
  readonly turns?: { readonly desk: DeskId } & Turns;
};

/** What assigning remembers besides the inquiries, so that two who assign at once do not collide. */
export interface AssignmentTurns {
  /** Consistent; what was never written has revision 0 and is empty. */
  read(
    desk: DeskId,
    agents: readonly Sub[],
  ): Promise<{ readonly turns: Turns; readonly seats: ReadonlyMap<Sub, Seat> }>;
  /**
   * Writes all of it or nothing; the revisions given are those that were read.
   *
   * @returns false when somebody else has written any of it since
   */
  take(taking: Taking, now: Instant): Promise<boolean>;
}
