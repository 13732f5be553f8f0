import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { TransientError } from '../../../core/inquiry/transient-error.ts';
import type { S3WholeBucket } from '../../s3/whole-bucket.ts';
import { type DynamoTable, readStringAttribute, type TableItem } from '../table.ts';
import { isConditionMet, writeUnlessRaced } from '../write-unless-raced.ts';
import { keyOf } from './inquiry-partition.ts';
import { isSameItem } from './replace-in-item.ts';

/** The two buckets. */
export type ErasureBuckets = {
  readonly content: Pick<S3WholeBucket, 'get' | 'put' | 'putFile' | 'list' | 'remove'>;
  readonly mails: Pick<S3WholeBucket, 'get' | 'list' | 'remove'>;
};

/**
 * What an erasure changes: counted by kind and, unless it is a dry run, written.
 *
 * Every write of an item is on condition that the item is still what was read. One that has changed
 * counts too, so that another pass follows.
 */
export class ErasureChanges {
  readonly #table: DynamoTable;
  readonly #buckets: ErasureBuckets;
  readonly #isDryRun: boolean;
  readonly #counts = new Map<string, number>();

  constructor(table: DynamoTable, buckets: ErasureBuckets, isDryRun: boolean) {
    this.#table = table;
    this.#buckets = buckets;
    this.#isDryRun = isDryRun;
  }

  /** The changes so far, by kind. */
  takeCounts(): Record<string, number> {
    const counts = Object.fromEntries(this.#counts);
    this.#counts.clear();
    return counts;
  }

  count(kind: string): void {
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
  }

  /** Replaces an item, also under another key; false when somebody has changed it. */
  async replaceItem(before: TableItem, after: TableItem): Promise<boolean> {
    if (isSameItem(before, after)) return true;
    this.count(readStringAttribute(before, 'kind') ?? 'item');
    if (this.#isDryRun) return true;
    const { name: TableName, client } = this.#table;
    const condition = buildUnchangedCondition(before);
    const isSameKey = JSON.stringify(keyOf(before)) === JSON.stringify(keyOf(after));
    if (!isSameKey) {
      return writeUnlessRaced(this.#table, [
        { Delete: { TableName, Key: keyOf(before), ...condition } },
        { Put: { TableName, Item: after } },
      ]);
    }
    return unlessChanged(client.send(new PutItemCommand({ TableName, Item: after, ...condition })));
  }

  async removeItem(item: TableItem): Promise<boolean> {
    this.count(readStringAttribute(item, 'kind') ?? 'item');
    if (this.#isDryRun) return true;
    const { name: TableName } = this.#table;
    const condition = buildUnchangedCondition(item);
    return writeUnlessRaced(this.#table, [
      { Delete: { TableName, Key: keyOf(item), ...condition } },
    ]);
  }

  async removeContent(kind: string, key: string): Promise<void> {
    this.count(kind);
    if (!this.#isDryRun) await this.#buckets.content.remove(key);
  }

  async replaceBody(key: string, body: string): Promise<void> {
    this.count('body');
    if (!this.#isDryRun) await this.#buckets.content.put(key, body, 'application/json');
  }

  /** The name of a file stands beside its bytes, too. */
  async renameFile(key: string, bytes: Uint8Array, name: string): Promise<void> {
    this.count('attachment');
    if (!this.#isDryRun) await this.#buckets.content.putFile(key, bytes, name);
  }

  async removeMail(key: string): Promise<void> {
    this.count('raw-mail');
    if (!this.#isDryRun) await this.#buckets.mails.remove(key);
  }
}

/** That each attribute is still what it was; an expression takes 2 MB of values, an item 400 KB. */
function buildUnchangedCondition(item: TableItem) {
  const attributes = Object.entries(item).filter(([name]) => name !== 'pk' && name !== 'sk');
  return {
    ConditionExpression: [
      'attribute_exists(pk)',
      ...attributes.map((_, at) => `#a${at} = :a${at}`),
    ].join(' AND '),
    ...(attributes.length === 0
      ? {}
      : {
          ExpressionAttributeNames: Object.fromEntries(
            attributes.map(([name], at) => [`#a${at}`, name]),
          ),
          ExpressionAttributeValues: Object.fromEntries(
            attributes.map(([, value], at) => [`:a${at}`, value]),
          ),
        }),
  };
}

async function unlessChanged(write: Promise<unknown>): Promise<boolean> {
  try {
    return await isConditionMet(write);
  } catch (error) {
    // A single write that met a transaction has been repeated before it gets here.
    if (error instanceof TransientError && error.code === 'transient.conflict') return false;
    throw error;
  }
}
