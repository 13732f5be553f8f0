type CacheEntry<Value> = {
  readonly value: Promise<Value>;
  /** How long it is good for, known once it is read; until then it is shared. */
  staleAt: number;
  /** What this function itself has added since. */
  added: number;
};

/** A value as it was read, and what has been added to it here since. */
export type CachedRead<Value> = { readonly value: Value; readonly added: number };

/** Reads that are shared by whoever asks while they are fresh, so that a burst asks once. */
export class ReadCache<Value> {
  readonly #reads = new Map<string, CacheEntry<Value>>();
  readonly #elapsed: () => number;

  /** @param elapsed milliseconds of any clock that only goes forward */
  constructor(elapsed: () => number) {
    this.#elapsed = elapsed;
  }

  async get(
    key: string,
    read: () => Promise<Value>,
    freshMilliseconds: (value: Value) => number,
  ): Promise<CachedRead<Value>> {
    let found = this.#reads.get(key);
    if (found === undefined || found.staleAt <= this.#elapsed()) {
      const begun = this.#elapsed();
      const started: CacheEntry<Value> = {
        value: read(),
        staleAt: Number.POSITIVE_INFINITY,
        added: 0,
      };
      this.#reads.set(key, started);
      found = started;
      started.value.then(
        (value) => {
          started.staleAt = begun + freshMilliseconds(value);
        },
        () => {
          if (this.#reads.get(key) === started) this.#reads.delete(key);
        },
      );
    }
    const value = await found.value;
    return { value, added: found.added };
  }

  increment(key: string): void {
    const found = this.#reads.get(key);
    if (found !== undefined) found.added += 1;
  }

  invalidate(key: string): void {
    this.#reads.delete(key);
  }
}
