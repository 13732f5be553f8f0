import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { type Instant, instantOf } from '../../../core/inquiry/values/ids.ts';
import { type DynamoTable, readStringAttribute, tableKeys, toEpochSeconds } from '../table.ts';
import { isConditionMet } from '../write-unless-raced.ts';

/** Answers to idempotent requests, as `once` items beside the idempotency records of appends. */
export class DynamoAnswerStore {
  readonly #table: DynamoTable;
  readonly #now: () => number;

  /** @param now milliseconds since 1970 */
  constructor(table: DynamoTable, now: () => number) {
    this.#table = table;
    this.#now = now;
  }

  async find(key: string): Promise<string | undefined> {
    const { Item } = await this.#table.client.send(
      new GetItemCommand({
        TableName: this.#table.name,
        Key: tableKeys.idempotency(key),
        ConsistentRead: true,
      }),
    );
    const value = readStringAttribute(Item, 'value');
    const expired = Number(Item?.['expiresAt']?.N ?? 0) * 1000 <= this.#now();
    return expired ? undefined : value;
  }

  async put(key: string, answer: string, expiresAt: Instant): Promise<'kept' | 'taken'> {
    const isKept = await isConditionMet(
      this.#table.client.send(
        new PutItemCommand({
          TableName: this.#table.name,
          Item: {
            ...tableKeys.idempotency(key),
            kind: { S: 'once' },
            value: { S: answer },
            expiresAt: toEpochSeconds(expiresAt),
          },
          // The SDK repeats a put whose answer was lost.
          ConditionExpression: 'attribute_not_exists(pk) OR expiresAt <= :now OR #value = :value',
          ExpressionAttributeNames: { '#value': 'value' },
          ExpressionAttributeValues: {
            ':now': toEpochSeconds(instantOf(this.#now())),
            ':value': { S: answer },
          },
        }),
      ),
    );
    return isKept ? 'kept' : 'taken';
  }
}
