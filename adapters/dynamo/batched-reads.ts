import { setImmediate } from 'node:timers/promises';
import { getItems, type Item, type keys, type Table } from './table.ts';

type Key = ReturnType<typeof keys.snapshot>;

/**
 * Reads items by key, consistently; reads that start in the same turn of the event loop share
 * requests, so that a batch of messages costs little more than one.
 */
export class GatheredReads {
  readonly #table: Table;
  #wanted: Key[] = [];
  #answer: Promise<(Item | undefined)[]> | undefined;

  constructor(table: Table) {
    this.#table = table;
  }

  /** In the order of the keys; what is not there is undefined. */
  async read(wanted: readonly Key[]): Promise<(Item | undefined)[]> {
    const first = this.#wanted.length;
    this.#wanted.push(...wanted);
    this.#answer ??= this.#ask();
    return (await this.#answer).slice(first, first + wanted.length);
  }

  async #ask(): Promise<(Item | undefined)[]> {
    await setImmediate();
    const wanted = this.#wanted;
    // Who asks from here on must not get what was read before.
    this.#wanted = [];
    this.#answer = undefined;
    return getItems(this.#table, wanted);
  }
}
