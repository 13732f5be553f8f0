import { QueryCommand } from '@aws-sdk/client-dynamodb';
import type { RuleSets } from '../../core/routing/ports.ts';
import { RuleSet } from '../../core/routing/rule-set.ts';
import { dataOf, keys, type Table } from './table.ts';

/** How long a rule set is taken for the newest; a new one is in force everywhere after that. */
const freshMilliseconds = 5_000;

/** Rule sets as `CONFIG#routing` items, one per version, never edited in place. */
export class DynamoRuleSets implements RuleSets {
  readonly #table: Table;
  readonly #now: () => number;
  #cached: { readonly set: RuleSet | undefined; readonly at: number } | undefined;

  /** @param now milliseconds of any clock that only goes forward */
  constructor(table: Table, now: () => number) {
    this.#table = table;
    this.#now = now;
  }

  async newest(): Promise<RuleSet | undefined> {
    const at = this.#now();
    if (this.#cached !== undefined && at - this.#cached.at < freshMilliseconds) {
      return this.#cached.set;
    }
    const { Items } = await this.#table.client.send(
      new QueryCommand({
        TableName: this.#table.name,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': keys.config('routing', 0).pk },
        ScanIndexForward: false,
        ConsistentRead: true,
        Limit: 1,
      }),
    );
    const data = dataOf<unknown>(Items?.[0]);
    const set = data === undefined ? undefined : RuleSet.parse(data);
    this.#cached = { set, at };
    return set;
  }
}
