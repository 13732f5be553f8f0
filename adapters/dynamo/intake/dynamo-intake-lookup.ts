import {
  QueryCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import type { Person } from '../../../core/access/person.ts';
import type { Receipt } from '../../../core/inquiry/outbox/receipt.ts';
import { addSeconds, type InquiryId, type Instant } from '../../../core/inquiry/values/ids.ts';
import type {
  IntakeLookup,
  IntakeLookupRequest,
  IntakeLookupResult,
  ReceiptLedger,
} from '../../../core/intake/ports.ts';
import {
  dataOf,
  epochSeconds,
  getItems,
  type Item,
  keys,
  receiptShards,
  type Table,
  text,
} from '../table.ts';

/** As long as a mail's own once entries last. */
const onceSeconds = 400 * 86_400;

/** What the ledger knows of an input, by one batch of consistent reads. */
export class DynamoIntakeLookup implements IntakeLookup {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async lookUp(question: IntakeLookupRequest, now: Instant): Promise<IntakeLookupResult> {
    const { idempotencyKeys: once, messageIds, number, addresses } = question;
    const items = await getItems(this.#table, [
      ...once.map(keys.once),
      ...messageIds.map(keys.thread),
      ...addresses.map(keys.personByAddress),
      ...(number === undefined ? [] : [keys.number(number)]),
    ]);
    const take = (count: number) => items.splice(0, count);
    const onceItems = take(once.length);
    const threadItems = take(messageIds.length);
    const personItems = take(addresses.length);
    const numbered = text(items[0], 'id') as InquiryId | undefined;
    return {
      idempotencyValues: found(once, onceItems, (item) => valueUnlessExpired(item, now)),
      threads: found(messageIds, threadItems, (item) => ({
        inquiryId: text(item, 'id') as InquiryId,
        audience: text(item, 'audience') === 'agent' ? ('agent' as const) : ('requester' as const),
      })),
      people: found(addresses, personItems, (item) => activePerson(item)),
      ...(numbered === undefined ? {} : { inquiryByNumber: numbered }),
    };
  }
}

function found<Key, Value>(
  wanted: readonly Key[],
  items: readonly (Item | undefined)[],
  read: (item: Item) => Value | undefined,
): Map<Key, Value> {
  const values = new Map<Key, Value>();
  for (const [index, key] of wanted.entries()) {
    const item = items[index];
    const value = item === undefined ? undefined : read(item);
    if (value !== undefined) values.set(key, value);
  }
  return values;
}

/** TTL deletes late, so an expired entry counts as absent. */
function valueUnlessExpired(item: Item, now: Instant): string | undefined {
  const expiresAt = Number(item['expiresAt']?.N ?? 0);
  return expiresAt * 1000 <= Date.parse(now) ? undefined : text(item, 'value');
}

function activePerson(item: Item): Person | undefined {
  const person = dataOf<Person>(item);
  return person?.state === 'active' ? person : undefined;
}

/** Receipts as items of their day, in shards that are merged on reading. */
export class DynamoReceiptLedger implements ReceiptLedger {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  async record(receipt: Receipt, onceKey: string, now: Instant): Promise<boolean> {
    const first = receipt.fates[0];
    try {
      await this.#table.client.send(
        new TransactWriteItemsCommand({
          TransactItems: [
            {
              Put: {
                TableName: this.#table.name,
                Item: {
                  ...keys.receipt(receipt.at, receipt.id),
                  kind: { S: 'receipt' },
                  fates: { N: String(receipt.fates.length) },
                  data: { S: JSON.stringify(receipt) },
                },
                ConditionExpression: 'attribute_not_exists(pk)',
              },
            },
            {
              Put: {
                TableName: this.#table.name,
                Item: {
                  ...keys.once(onceKey),
                  kind: { S: 'once' },
                  value: { S: JSON.stringify({ fate: first?.fate, raw: receipt.raw }) },
                  expiresAt: epochSeconds(addSeconds(now, onceSeconds)),
                },
                ConditionExpression: 'attribute_not_exists(pk) OR expiresAt <= :now',
                ExpressionAttributeValues: { ':now': epochSeconds(now) },
              },
            },
          ],
        }),
      );
      return true;
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      const known = error.CancellationReasons?.some(
        (reason) => reason.Code === 'ConditionalCheckFailed',
      );
      if (known) return false;
      throw error;
    }
  }

  async find(at: Instant, id: string): Promise<Receipt | undefined> {
    const [item] = await getItems(this.#table, [keys.receipt(at, id)]);
    return dataOf<Receipt>(item);
  }

  async page(
    date: string,
    limit: number,
    after?: string,
  ): Promise<{ receipts: Receipt[]; next?: string }> {
    const pages = await Promise.all(
      Array.from({ length: receiptShards }, async (_, shard) => {
        const { Items } = await this.#table.client.send(
          new QueryCommand({
            TableName: this.#table.name,
            KeyConditionExpression: after === undefined ? 'pk = :pk' : 'pk = :pk AND sk < :after',
            ExpressionAttributeValues: {
              ':pk': { S: `RCPT#${date}#${shard}` },
              ...(after === undefined ? {} : { ':after': { S: after } }),
            },
            ConsistentRead: true,
            ScanIndexForward: false,
            // One more than asked for tells whether there is a next page.
            Limit: limit + 1,
          }),
        );
        return Items ?? [];
      }),
    );
    const sorted = pages
      .flat()
      .sort((one, other) => ((text(one, 'sk') ?? '') < (text(other, 'sk') ?? '') ? 1 : -1));
    const shown = sorted.slice(0, limit);
    const receipts = shown.flatMap((item) => dataOf<Receipt>(item) ?? []);
    const last = text(shown.at(-1), 'sk');
    return sorted.length > limit && last !== undefined ? { receipts, next: last } : { receipts };
  }
}
