import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import {
  addSeconds,
  type DeskId,
  type Instant,
  type Sub,
} from '../../../core/inquiry/values/ids.ts';
import type {
  AssignmentTurns,
  Seat,
  Taking,
  Turns,
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
export class DynamoTurns implements AssignmentTurns {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async read(
    desk: DeskId,
    agents: readonly Sub[],
  ): Promise<{ turns: Turns; seats: ReadonlyMap<Sub, Seat> }> {
    const wanted = [keys.turn(desk), ...agents.map((agent) => keys.seat(agent))];
    const [turn, ...seats] = await getItems(this.#table, wanted);
    return {
      turns: { revision: revisionOf(turn), last: dataOf<Turns['last']>(turn) ?? {} },
      seats: new Map(
        agents.map((agent, at) => [
          agent,
          { revision: revisionOf(seats[at]), offers: dataOf<Seat['offers']>(seats[at]) ?? [] },
        ]),
      ),
    };
  }

  async take({ agent, seat, turns }: Taking, now: Instant): Promise<boolean> {
    const expiresAt = epochSeconds(addSeconds(now, seatSeconds));
    const writes = [
      this.#put(
        { ...keys.seat(agent), kind: { S: 'seat' }, expiresAt },
        seat.revision,
        seat.offers,
      ),
      ...(turns === undefined
        ? []
        : [
            this.#put(
              { ...keys.turn(turns.desk), kind: { S: 'turn' } },
              turns.revision,
              turns.last,
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
