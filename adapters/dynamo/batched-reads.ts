import { setImmediate } from 'node:timers/promises';
import { type DynamoTable, getItems, type TableItem, type tableKeys } from './table.ts';

type SnapshotKey = ReturnType<typeof tableKeys.snapshot>;

/**
 * Reads items by key, consistently; reads that start in the same turn of the event loop share
 * requests, so that a batch of messages costs little more than one.
 */
export class BatchedReads {
  readonly #table: DynamoTable;
  #pendingKeys: SnapshotKey[] = [];
  #sharedRead: Promise<(TableItem | undefined)[]> | undefined;

  constructor(table: DynamoTable) {
    this.#table = table;
  }

  /** Returns the items in the order of the keys; a missing item is undefined. */
  async read(keys: readonly SnapshotKey[]): Promise<(TableItem | undefined)[]> {
    const first = this.#pendingKeys.length;
    this.#pendingKeys.push(...keys);
    this.#sharedRead ??= this.#readPending();
    return (await this.#sharedRead).slice(first, first + keys.length);
  }

  async #readPending(): Promise<(TableItem | undefined)[]> {
    await setImmediate();
    const keys = this.#pendingKeys;
    // A later call must not get items that were read before it.
    this.#pendingKeys = [];
    this.#sharedRead = undefined;
    return getItems(this.#table, keys);
  }
}
