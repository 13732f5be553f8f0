import { QueryCommand, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
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
  type DynamoTable,
  dataOf,
  getItems,
  readStringAttribute,
  receiptKeptSeconds,
  receiptShards,
  type TableItem,
  tableKeys,
  toEpochSeconds,
} from '../table.ts';
import { writeTransaction } from '../write-unless-raced.ts';

/** As long as a mail's own idempotency records last. */
const idempotencySeconds = 400 * 86_400;

/** What the ledger knows of an input, read in one consistent batch. */
export class DynamoIntakeLookup implements IntakeLookup {
  readonly #table: DynamoTable;

  constructor(table: DynamoTable) {
    this.#table = table;
  }

  async lookUp(request: IntakeLookupRequest, now: Instant): Promise<IntakeLookupResult> {
    const { idempotencyKeys, messageIds, number, addresses } = request;
    const items = await getItems(this.#table, [
      ...idempotencyKeys.map(tableKeys.idempotency),
      ...messageIds.map(tableKeys.thread),
      ...addresses.map(tableKeys.personByAddress),
      ...(number === undefined ? [] : [tableKeys.number(number)]),
    ]);
    const take = (count: number) => items.splice(0, count);
    const idempotencyItems = take(idempotencyKeys.length);
    const threadItems = take(messageIds.length);
    const personItems = take(addresses.length);
    const inquiryByNumber = readStringAttribute(items[0], 'id') as InquiryId | undefined;
    return {
      idempotencyValues: mapByKey(idempotencyKeys, idempotencyItems, (item) =>
        readValueUnlessExpired(item, now),
      ),
      threads: mapByKey(messageIds, threadItems, (item) => ({
        inquiryId: readStringAttribute(item, 'id') as InquiryId,
        audience:
          readStringAttribute(item, 'audience') === 'agent'
            ? ('agent' as const)
            : ('requester' as const),
      })),
      people: mapByKey(addresses, personItems, (item) => readActivePerson(item)),
      ...(inquiryByNumber === undefined ? {} : { inquiryByNumber }),
    };
  }
}

function mapByKey<Key, Value>(
  keys: readonly Key[],
  items: readonly (TableItem | undefined)[],
  read: (item: TableItem) => Value | undefined,
): Map<Key, Value> {
  const values = new Map<Key, Value>();
  for (const [index, key] of keys.entries()) {
    const item = items[index];
    const value = item === undefined ? undefined : read(item);
    if (value !== undefined) values.set(key, value);
  }
  return values;
}

/** TTL deletes late, so an expired record counts as absent. */
function readValueUnlessExpired(item: TableItem, now: Instant): string | undefined {
  const expiresAt = Number(item['expiresAt']?.N ?? 0);
  return expiresAt * 1000 <= Date.parse(now) ? undefined : readStringAttribute(item, 'value');
}

function readActivePerson(item: TableItem): Person | undefined {
  const person = dataOf<Person>(item);
  return person?.state === 'active' ? person : undefined;
}

/** Receipts as items of their day, in shards that are merged on read. */
export class DynamoReceiptLedger implements ReceiptLedger {
  readonly #table: DynamoTable;

  constructor(table: DynamoTable) {
    this.#table = table;
  }

  async record(receipt: Receipt, idempotencyKey: string, now: Instant): Promise<boolean> {
    const first = receipt.fates[0];
    try {
      await writeTransaction(this.#table, [
        {
          Put: {
            TableName: this.#table.name,
            Item: {
              ...tableKeys.receipt(receipt.at, receipt.id),
              kind: { S: 'receipt' },
              fates: { N: String(receipt.fates.length) },
              data: { S: JSON.stringify(receipt) },
              expiresAt: toEpochSeconds(addSeconds(receipt.at, receiptKeptSeconds)),
            },
            ConditionExpression: 'attribute_not_exists(pk)',
          },
        },
        {
          Put: {
            TableName: this.#table.name,
            Item: {
              ...tableKeys.idempotency(idempotencyKey),
              kind: { S: 'once' },
              value: { S: JSON.stringify({ fate: first?.fate, raw: receipt.raw }) },
              expiresAt: toEpochSeconds(addSeconds(now, idempotencySeconds)),
            },
            ConditionExpression: 'attribute_not_exists(pk) OR expiresAt <= :now',
            ExpressionAttributeValues: { ':now': toEpochSeconds(now) },
          },
        },
      ]);
      return true;
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      const isKnown = error.CancellationReasons?.some(
        (reason) => reason.Code === 'ConditionalCheckFailed',
      );
      if (isKnown) return false;
      throw error;
    }
  }

  async find(at: Instant, id: string): Promise<Receipt | undefined> {
    const [item] = await getItems(this.#table, [tableKeys.receipt(at, id)]);
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
            // One more than the limit tells whether there is a next page.
            Limit: limit + 1,
          }),
        );
        return Items ?? [];
      }),
    );
    const sorted = pages
      .flat()
      .sort((one, other) =>
        (readStringAttribute(one, 'sk') ?? '') < (readStringAttribute(other, 'sk') ?? '') ? 1 : -1,
      );
    const pageItems = sorted.slice(0, limit);
    const receipts = pageItems.flatMap((item) => dataOf<Receipt>(item) ?? []);
    const last = readStringAttribute(pageItems.at(-1), 'sk');
    return sorted.length > limit && last !== undefined ? { receipts, next: last } : { receipts };
  }
}
