import { setTimeout as pause } from 'node:timers/promises';
import type { HostClock } from '../clock.ts';
import type { TableResource } from '../deployment/read-tables.ts';
import type { DynamoCall } from './dynamo-call.ts';
import { type ExpiredItems, type ItemKey, openExpiredItems } from './expired-items.ts';

/** DynamoDB itself deletes within days. Looking costs less than a request, so it may be often. */
const INTERVAL_SECONDS = 60;

/** How many keys are read at once. */
const PAGE = 20;

/**
 * The engine does one thing at a time, so after each deletion it is left alone for so many times
 * as long as that took: expiry never has more than a fifth of it, and gives way when it is busy.
 */
const REST = 4;

export interface ExpiryOptions {
  /** The embedded engine's database; without one, nothing is deleted here. */
  readonly file: string | undefined;
  readonly tables: readonly TableResource[];
  readonly call: DynamoCall;
  readonly clock: HostClock;
  readonly report: (problem: string) => void;
}

/**
 * Deletes items once they have expired, as DynamoDB's time to live does; gives back how to end it.
 *
 * What has expired is found by an index and deleted through the engine, one item after another,
 * so that indexes and stream follow. The table is never read. Items that expired while the host
 * was off are deleted at the same pace.
 */
export function deleteExpiredItems(options: ExpiryOptions): () => Promise<void> {
  const { file, clock, report } = options;
  if (file === undefined) return () => Promise.resolve();
  const sources = options.tables.flatMap((table) => {
    const items = openExpiredItems(file, table);
    return items === undefined ? [] : [{ table, items }];
  });
  const stopping = new AbortController();
  let running: Promise<void> | undefined;

  async function run(): Promise<void> {
    try {
      for (const { table, items } of sources) {
        await deleteFrom(table, items, options, stopping.signal);
      }
    } catch (error) {
      if (!stopping.signal.aborted) {
        report(`Expired items could not be deleted: ${String(error)}`);
      }
    }
  }

  const end = clock.runEvery(INTERVAL_SECONDS, () => {
    running ??= run().finally(() => {
      running = undefined;
    });
  });
  let ended: Promise<void> | undefined;
  return () => {
    ended ??= stop();
    return ended;
  };

  async function stop(): Promise<void> {
    end();
    stopping.abort();
    await running;
    for (const { items } of sources) items.close();
  }
}

async function deleteFrom(
  table: TableResource,
  items: ExpiredItems,
  { call, clock }: ExpiryOptions,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    const nowSeconds = Math.floor(clock.now() / 1000);
    const keys = items.read(nowSeconds, PAGE);
    if (keys.length === 0) return;
    for (const key of keys) {
      const begun = performance.now();
      await deleteItem(table, key, nowSeconds, call);
      await pause((performance.now() - begun) * REST, undefined, { signal });
    }
  }
}

async function deleteItem(
  { name, ttlAttribute }: TableResource,
  key: ItemKey,
  nowSeconds: number,
  call: DynamoCall,
): Promise<void> {
  await call('DynamoDB_20120810.DeleteItem', {
    TableName: name,
    Key: key,
    // It may have been given more time since it was read.
    ConditionExpression: '#ttl < :now',
    ExpressionAttributeNames: { '#ttl': ttlAttribute },
    ExpressionAttributeValues: { ':now': { N: String(nowSeconds) } },
  }).catch((error: Error) => {
    if (error.name !== 'ConditionalCheckFailedException') throw error;
  });
}
