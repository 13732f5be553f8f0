import type { InquiryIndex } from '../../../core/inquiry/ports.ts';
import type { DeskId, InquiryId, Sub } from '../../../core/inquiry/values/ids.ts';
import type { HeldWork } from '../../../core/people/offboarding/offboard-ports.ts';
import type { CapacityReservation } from '../../../core/work/assign/assignment-ports.ts';
import { dataOf, getItems, keys, type Table, text } from '../table.ts';

/**
 * What somebody holds, by the agent index, which may lag, and by what is read consistently: their
 * latest claim at each desk, and what was assigned to them in the last minute.
 */
export class DynamoHeldWork implements HeldWork {
  readonly #table: Table;
  readonly #index: Pick<InquiryIndex, 'listHeld'>;

  constructor(table: Table, index: Pick<InquiryIndex, 'listHeld'>) {
    this.#table = table;
    this.#index = index;
  }

  async find(agent: Sub, desks: readonly DeskId[]): Promise<readonly InquiryId[]> {
    const [held, [seat, ...claims]] = await Promise.all([
      this.#index.listHeld(agent),
      getItems(this.#table, [keys.seat(agent), ...desks.map((desk) => keys.claim(agent, desk))]),
    ]);
    const offers = dataOf<CapacityReservation['offers']>(seat) ?? [];
    const found = [
      ...held.map(({ id }) => id),
      ...claims.flatMap((claim) => (text(claim, 'id') as InquiryId | undefined) ?? []),
      ...offers.map(({ id }) => id),
    ];
    return [...new Set(found)].sort();
  }
}
