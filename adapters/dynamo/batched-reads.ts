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
  #answer: Promise<(TableItem | undefined)[]> | undefined;

  constructor(table: DynamoTable) {
    this.#table = table;
  }

  /** In the order of the keys; what is not there is undefined. */
  async read(wanted: readonly SnapshotKey[]): Promise<(TableItem | undefined)[]> {
    const first = this.#pendingKeys.length;
    this.#pendingKeys.push(...wanted);
    this.#answer ??= this.#readPending();
    return (await this.#answer).slice(first, first + wanted.length);
  }

  async #readPending(): Promise<(TableItem | undefined)[]> {
    await setImmediate();
    const wanted = this.#pendingKeys;
    // Who asks from here on must not get what was read before.
    this.#pendingKeys = [];
    this.#answer = undefined;
    return getItems(this.#table, wanted);
  }
}
