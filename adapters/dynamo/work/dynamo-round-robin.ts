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
  dataOf,
  epochSeconds,
  getItems,
  type Item,
  keys,
  type Table,
  unlessRevised,
} from '../table.ts';
import { writeUnlessRaced } from '../write-unless-raced.ts';

/** A seat tells nothing after a minute; it goes when nothing was offered for a day. */
const seatSeconds = 86_400;

/** The turns of each desk and the seat of each agent, an item each. */
export class DynamoTurns implements AssignmentReservations {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async read(
    desk: DeskId,
    agents: readonly Sub[],
  ): Promise<{ roundRobin: RoundRobin; reservations: ReadonlyMap<Sub, CapacityReservation> }> {
    const wanted = [keys.turn(desk), ...agents.map((agent) => keys.seat(agent))];
    const [position, ...reservations] = await getItems(this.#table, wanted);
    return {
      roundRobin: {
        revision: revisionOf(position),
        last: dataOf<RoundRobin['last']>(position) ?? {},
      },
      reservations: new Map(
        agents.map((agent, at) => [
          agent,
          {
            revision: revisionOf(reservations[at]),
            offers: dataOf<CapacityReservation['offers']>(reservations[at]) ?? [],
          },
        ]),
      ),
    };
  }

  async reserve(
    { agent, reservation, roundRobin }: ReservationRequest,
    now: Instant,
  ): Promise<boolean> {
    const expiresAt = epochSeconds(addSeconds(now, seatSeconds));
    const writes = [
      this.#put(
        { ...keys.seat(agent), kind: { S: 'seat' }, expiresAt },
        reservation.revision,
        reservation.offers,
      ),
      ...(roundRobin === undefined
        ? []
        : [
            this.#put(
              { ...keys.turn(roundRobin.desk), kind: { S: 'turn' } },
              roundRobin.revision,
              roundRobin.last,
            ),
          ]),
    ];
    return writeUnlessRaced(this.#table, writes);
  }

  #put(item: Item, revision: number, data: unknown): TransactWriteItem {
    return {
      Put: {
        TableName: this.#table.name,
        Item: {
          ...item,
          revision: { N: String(revision + 1) },
          data: { S: JSON.stringify(data) },
        },
        ...unlessRevised(revision),
      },
    };
  }
}

function revisionOf(item: Item | undefined): number {
  return Number(item?.['revision']?.N ?? 0);
}
