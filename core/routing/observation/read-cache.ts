type CacheEntry<Value> = {
  readonly value: Promise<Value>;
  /** Set once the value is read; until then the pending read is shared. */
  staleAt: number;
  /** What this process has added since. */
  added: number;
};

/** A value as it was read, and what this process has added since. */
export type CachedRead<Value> = { readonly value: Value; readonly added: number };

/** Shares reads while they are fresh, so that a burst reads once. */
export class ReadCache<Value> {
  readonly #reads = new Map<string, CacheEntry<Value>>();
  readonly #elapsed: () => number;

  /** @param elapsed milliseconds of a monotonic clock */
  constructor(elapsed: () => number) {
    this.#elapsed = elapsed;
  }

  async get(
    key: string,
    read: () => Promise<Value>,
    freshMilliseconds: (value: Value) => number,
  ): Promise<CachedRead<Value>> {
    let entry = this.#reads.get(key);
    if (entry === undefined || entry.staleAt <= this.#elapsed()) {
      const startedAt = this.#elapsed();
      const newEntry: CacheEntry<Value> = {
        value: read(),
        staleAt: Number.POSITIVE_INFINITY,
        added: 0,
      };
      this.#reads.set(key, newEntry);
      entry = newEntry;
      newEntry.value.then(
        (value) => {
          newEntry.staleAt = startedAt + freshMilliseconds(value);
        },
        () => {
          if (this.#reads.get(key) === newEntry) this.#reads.delete(key);
        },
      );
    }
    const value = await entry.value;
    return { value, added: entry.added };
  }

  increment(key: string): void {
    const entry = this.#reads.get(key);
    if (entry !== undefined) entry.added += 1;
  }

  invalidate(key: string): void {
    this.#reads.delete(key);
  }
}
