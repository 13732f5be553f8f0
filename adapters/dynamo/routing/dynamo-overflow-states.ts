import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { DeskId, Instant } from '../../../core/inquiry/values/ids.ts';
import type { OverflowChange } from '../../../core/routing/placement/evaluate-overflow.ts';
import type { OverflowState, OverflowStates } from '../../../core/routing/ports.ts';
import { buildRevisionCondition, type DynamoTable, tableKeys } from '../table.ts';
import { writeUnlessRaced } from '../write-unless-raced.ts';

/** One item per desk that says whether its overflow is active. */
export class DynamoOverflowStates implements OverflowStates {
  readonly #table: DynamoTable;

  constructor(table: DynamoTable) {
    this.#table = table;
  }

  async read(desk: DeskId): Promise<OverflowState> {
    const { Item } = await this.#table.client.send(
      new GetItemCommand({
        TableName: this.#table.name,
        Key: tableKeys.overflow(desk),
        ConsistentRead: true,
      }),
    );
    return {
      active: Item?.['active']?.BOOL ?? false,
      revision: Number(Item?.['revision']?.N ?? 0),
    };
  }

  async change(
    { desk, active, measure }: OverflowChange,
    revision: number,
    at: Instant,
  ): Promise<boolean> {
    // In a transaction, whose token tells the SDK's repetition from another router's change.
    return writeUnlessRaced(this.#table, [
      {
        Put: {
          TableName: this.#table.name,
          Item: {
            ...tableKeys.overflow(desk),
            kind: { S: 'overflow' },
            active: { BOOL: active },
            since: { S: at },
            measure: { S: measure },
            revision: { N: String(revision + 1) },
          },
          ...buildRevisionCondition(revision),
        },
      },
    ]);
  }
}
