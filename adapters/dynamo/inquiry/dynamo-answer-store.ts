import {
  ConditionalCheckFailedException,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { type Instant, instantOf } from '../../../core/inquiry/values/ids.ts';
import { epochSeconds, keys, type Table, text } from '../table.ts';

/** Answers of idempotent requests, as `once` items beside those that appends write. */
export class DynamoAnswerStore {
  readonly #table: Table;
  readonly #now: () => number;

  /** @param now milliseconds since 1970 */
  constructor(table: Table, now: () => number) {
    this.#table = table;
    this.#now = now;
  }

  async find(key: string): Promise<string | undefined> {
    const { Item } = await this.#table.client.send(
      new GetItemCommand({
        TableName: this.#table.name,
        Key: keys.once(key),
        ConsistentRead: true,
      }),
    );
    const value = text(Item, 'value');
    const expired = Number(Item?.['expiresAt']?.N ?? 0) * 1000 <= this.#now();
    return expired ? undefined : value;
  }

  async put(key: string, answer: string, expiresAt: Instant): Promise<'kept' | 'taken'> {
    try {
      await this.#table.client.send(
        new PutItemCommand({
          TableName: this.#table.name,
          Item: {
            ...keys.once(key),
            kind: { S: 'once' },
            value: { S: answer },
            expiresAt: epochSeconds(expiresAt),
          },
          ConditionExpression: 'attribute_not_exists(pk) OR expiresAt <= :now',
          ExpressionAttributeValues: { ':now': epochSeconds(instantOf(this.#now())) },
        }),
      );
      return 'kept';
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return 'taken';
      throw error;
    }
  }
}
