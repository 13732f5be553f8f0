import type { InquiryIndex } from '../../../core/inquiry/ports.ts';
import type { DeskId, InquiryId, Sub } from '../../../core/inquiry/values/ids.ts';
import type { HeldWork } from '../../../core/people/offboarding/offboard-ports.ts';
import type { CapacityReservation } from '../../../core/work/assign/assignment-ports.ts';
import { type DynamoTable, dataOf, getItems, readStringAttribute, tableKeys } from '../table.ts';

/**
 * What an agent holds, by the agent index, which may lag, and by consistent reads: their latest
 * claim at each desk, and what was assigned to them in the last minute.
 */
export class DynamoHeldWork implements HeldWork {
  readonly #table: DynamoTable;
  readonly #index: Pick<InquiryIndex, 'listHeld'>;

  constructor(table: DynamoTable, index: Pick<InquiryIndex, 'listHeld'>) {
    this.#table = table;
    this.#index = index;
  }

  async find(agent: Sub, desks: readonly DeskId[]): Promise<readonly InquiryId[]> {
    const [held, [reservation, ...claims]] = await Promise.all([
      this.#index.listHeld(agent),
      getItems(this.#table, [
        tableKeys.capacityReservation(agent),
        ...desks.map((desk) => tableKeys.claim(agent, desk)),
      ]),
    ]);
    const offers = dataOf<CapacityReservation['offers']>(reservation) ?? [];
    const ids = [
      ...held.map(({ id }) => id),
      ...claims.flatMap(
        (claim) => (readStringAttribute(claim, 'id') as InquiryId | undefined) ?? [],
      ),
      ...offers.map(({ id }) => id),
    ];
    return [...new Set(ids)].sort();
  }
}
