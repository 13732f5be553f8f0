import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import {
  addSeconds,
  type DeskId,
  type Instant,
  type Sub,
} from '../../../core/inquiry/values/ids.ts';
import type {
  AssignmentReservations,
  CapacityReservation,
  ReservationRequest,
  RoundRobin,
} from '../../../core/work/assign/assignment-ports.ts';
import {
  buildRevisionCondition,
  type DynamoTable,
  dataOf,
  getItems,
  type TableItem,
  tableKeys,
  toEpochSeconds,
} from '../table.ts';
import { writeUnlessRaced } from '../write-unless-raced.ts';

/** A reservation means nothing after a minute; its item expires after a day without offers. */
const reservationSeconds = 86_400;

/** The round robin of each desk and the capacity reservation of each agent, one item each. */
export class DynamoRoundRobin implements AssignmentReservations {
  readonly #table: DynamoTable;

  constructor(table: DynamoTable) {
    this.#table = table;
  }

  async read(
    desk: DeskId,
    agents: readonly Sub[],
  ): Promise<{ roundRobin: RoundRobin; reservations: ReadonlyMap<Sub, CapacityReservation> }> {
    const keys = [
      tableKeys.roundRobin(desk),
      ...agents.map((agent) => tableKeys.capacityReservation(agent)),
    ];
    const [position, ...reservations] = await getItems(this.#table, keys);
    return {
      roundRobin: {
        revision: revisionOf(position),
        last: dataOf<RoundRobin['last']>(position) ?? {},
      },
      reservations: new Map(
        agents.map((agent, index) => [
          agent,
          {
            revision: revisionOf(reservations[index]),
            offers: dataOf<CapacityReservation['offers']>(reservations[index]) ?? [],
          },
        ]),
      ),
    };
  }

  async reserve(
    { agent, reservation, roundRobin }: ReservationRequest,
    now: Instant,
  ): Promise<boolean> {
    const expiresAt = toEpochSeconds(addSeconds(now, reservationSeconds));
    const writes = [
      this.#put(
        { ...tableKeys.capacityReservation(agent), kind: { S: 'seat' }, expiresAt },
        reservation.revision,
        reservation.offers,
      ),
      ...(roundRobin === undefined
        ? []
        : [
            this.#put(
              { ...tableKeys.roundRobin(roundRobin.desk), kind: { S: 'turn' } },
              roundRobin.revision,
              roundRobin.last,
            ),
          ]),
    ];
    return writeUnlessRaced(this.#table, writes);
  }

  #put(item: TableItem, revision: number, data: unknown): TransactWriteItem {
    return {
      Put: {
        TableName: this.#table.name,
        Item: {
          ...item,
          revision: { N: String(revision + 1) },
          data: { S: JSON.stringify(data) },
        },
        ...buildRevisionCondition(revision),
      },
    };
  }
}

function revisionOf(item: TableItem | undefined): number {
  return Number(item?.['revision']?.N ?? 0);
}
