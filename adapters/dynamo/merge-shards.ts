/**
 * Merges ordered streams into one, starting all at once and reading each no further than needed.
 */
export async function* mergeShards<Entry>(
  shards: readonly AsyncGenerator<Entry>[],
  precedes: (a: Entry, b: Entry) => boolean,
): AsyncGenerator<Entry> {
  const heads = await Promise.all(
    shards.map(async (shard) => ({ shard, head: await shard.next() })),
  );
  for (;;) {
    let first: { at: (typeof heads)[number]; entry: Entry } | undefined;
    for (const at of heads) {
      if (at.head.done) continue;
      const entry = at.head.value;
      if (first === undefined || precedes(entry, first.entry)) first = { at, entry };
    }
    if (first === undefined) return;
    yield first.entry;
    first.at.head = await first.at.shard.next();
  }
}
