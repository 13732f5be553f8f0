import { setTimeout as pause } from 'node:timers/promises';
import type { StreamMapping } from '../deployment/read-triggers.ts';
import { REGION } from '../deployment/region.ts';
import type { DynamoCall } from '../engines/dynamo-call.ts';
import type { FunctionRuntime } from '../lambda/function-runtime.ts';
import { matchesEventPattern } from './event-pattern.ts';
import type { FunctionEventSource } from './event-source.ts';
import { runBatch, type StreamRecord } from './stream-batch.ts';
import type { StreamCheckpoints } from './stream-checkpoints.ts';

const STREAMS = 'DynamoDBStreams_20120810';

/** Lambda polls four times a second. Here a finished function wakes the reader, besides polling. */
const POLL_MILLISECONDS = 250;
/** Lets writes of neighbouring functions come together in one batch. */
const GATHER_MILLISECONDS = 15;
/** An empty read takes a few milliseconds; callers of `isIdle` ask again. */
const IDLE_MILLISECONDS = 15;
const SHARD_LIST_MILLISECONDS = 60_000;

export interface StreamSourceOptions {
  readonly mapping: StreamMapping;
  /** The stream's ARN in the engine; functions see the template's. */
  readonly engineArn: string;
  readonly functionArn: string;
  readonly call: DynamoCall;
  readonly runtime: FunctionRuntime;
  readonly checkpoints: StreamCheckpoints;
  readonly sendToFailureQueue: (queueArn: string, message: string) => void;
  readonly report: (problem: string) => void;
}

/** Feeds a table's stream to a function, each shard in order, from its checkpoint. */
export async function makeStreamSource(options: StreamSourceOptions): Promise<FunctionEventSource> {
  const readers = new Map<string, Promise<void>>();
  const firstIterators = await openLatestIterators(options);
  let stopped = false;
  /** Whether a shard has come to its end, so that another may follow. */
  let isShardClosed = false;
  let loop: Promise<void> = Promise.resolve();
  /** Grows with each call of `isIdle`. */
  let idleCheckCount = 0;
  /** By shard, the number of the last `isIdle` call before a read began that found nothing. */
  const answeredChecks = new Map<string, number>();

  const stopping = new AbortController();
  const sleepers = new Set<() => void>();
  let hasWritten = false;
  const unsubscribe = options.runtime.onInvoked(() => {
    hasWritten = true;
    wakeAll();
  });

  function wakeAll(): void {
    for (const wake of sleepers) wake();
  }

  async function followShards(): Promise<void> {
    while (!stopped) {
      try {
        // To list shards, the embedded engine reads all records; another only follows a closed one.
        if (readers.size === 0 || isShardClosed) {
          for (const shardId of await listShards(options)) {
            if (!readers.has(shardId)) readers.set(shardId, readShard(shardId));
          }
        }
      } catch (error) {
        options.report(`The stream could not be described: ${String(error)}`);
      }
      await pause(SHARD_LIST_MILLISECONDS, undefined, { signal: stopping.signal }).catch(() => {});
    }
  }

  async function readShard(shardId: string): Promise<void> {
    answeredChecks.set(shardId, 0);
    const key = makeCheckpointKey(options, shardId);
    let iterator = firstIterators.get(shardId);
    while (!stopped) {
      try {
        const idleCheck = idleCheckCount;
        iterator ??= await openIterator(options, shardId, key);
        const page = await readPage(options, iterator);
        if (page.records.length > 0) {
          if (!(await feedRecords(page.records, shardId, key))) return;
        }
        // Only a missing iterator closes a shard: the engine always names an ending number.
        if (page.next === undefined) break;
        iterator = page.next;
        if (page.records.length === 0) {
          answeredChecks.set(shardId, idleCheck);
          if (idleCheck === idleCheckCount) await waitForWrites();
        }
      } catch (error) {
        if (stopped) return;
        options.report(`The stream could not be read: ${String(error)}`);
        // Iterators expire; a new one starts at the checkpoint.
        iterator = undefined;
        await waitForWrites();
      }
    }
    answeredChecks.set(shardId, Number.POSITIVE_INFINITY);
    isShardClosed = true;
  }

  async function feedRecords(
    records: readonly StreamRecord[],
    shardId: string,
    key: string,
  ): Promise<boolean> {
    const checkpoint = (sequenceNumber: string) => options.checkpoints.set(key, sequenceNumber);
    const { mapping } = options;
    const matching =
      mapping.patterns.length === 0
        ? records
        : records.filter((record) =>
            mapping.patterns.some((pattern) => matchesEventPattern(pattern, record)),
          );
    for (let start = 0; start < matching.length; start += mapping.batchSize) {
      const isDone = await runBatch(matching.slice(start, start + mapping.batchSize), {
        mapping,
        runtime: options.runtime,
        functionArn: options.functionArn,
        shardId,
        stopped: () => stopped,
        checkpoint,
        sendToFailureQueue: options.sendToFailureQueue,
      });
      if (!isDone) return false;
    }
    const last = records.at(-1);
    if (last !== undefined && last !== matching.at(-1)) checkpoint(last.dynamodb.SequenceNumber);
    return true;
  }

  /** Sleeps until a function, which may have written, has finished or the poll is due. */
  async function waitForWrites(): Promise<void> {
    if (!hasWritten) {
      await new Promise<void>((resolve) => {
        const wake = () => {
          clearTimeout(timer);
          sleepers.delete(wake);
          resolve();
        };
        const timer = setTimeout(wake, POLL_MILLISECONDS);
        sleepers.add(wake);
      });
    }
    if (hasWritten && !stopped) await pause(GATHER_MILLISECONDS);
    hasWritten = false;
  }

  return {
    start: () => {
      loop = followShards();
    },
    stop: async () => {
      stopped = true;
      unsubscribe();
      stopping.abort();
      wakeAll();
      await loop;
      await Promise.all(readers.values());
    },
    isIdle: async () => {
      // Only a read that begins after this call shows that nothing was written before it.
      idleCheckCount += 1;
      const idleCheck = idleCheckCount;
      wakeAll();
      await pause(IDLE_MILLISECONDS);
      return (
        readers.size > 0 && [...answeredChecks.values()].every((answer) => answer >= idleCheck)
      );
    },
  };
}

/** Sets the checkpoints of a stream behind all that it holds. */
export async function skipStreamRecords(options: StreamSourceOptions): Promise<void> {
  for (const shardId of await listShards(options)) {
    const key = makeCheckpointKey(options, shardId);
    let iterator: string | undefined = await openIterator(options, shardId, key);
    while (iterator !== undefined) {
      const page = await readPage(options, iterator);
      const last = page.records.at(-1);
      if (last === undefined) break;
      options.checkpoints.set(key, last.dynamodb.SequenceNumber);
      iterator = page.next;
    }
  }
}

function makeCheckpointKey({ mapping, engineArn }: StreamSourceOptions, shardId: string): string {
  return `${mapping.target} ${engineArn} ${shardId}`;
}

async function listShards({ call, engineArn }: StreamSourceOptions): Promise<string[]> {
  const ids: string[] = [];
  let after: string | undefined;
  do {
    const { StreamDescription } = (await call(`${STREAMS}.DescribeStream`, {
      StreamArn: engineArn,
      ...(after !== undefined && { ExclusiveStartShardId: after }),
    })) as {
      StreamDescription: { Shards: { ShardId: string }[]; LastEvaluatedShardId?: string };
    };
    ids.push(...StreamDescription.Shards.map(({ ShardId }) => ShardId));
    after = StreamDescription.LastEvaluatedShardId;
  } while (after !== undefined);
  return ids;
}

/**
 * Marks the end of each shard for a function that begins there, before the host lets anything be
 * written that the function should see.
 */
async function openLatestIterators(options: StreamSourceOptions): Promise<Map<string, string>> {
  const { mapping, checkpoints } = options;
  const iterators = new Map<string, string>();
  if (mapping.startingPosition !== 'LATEST') return iterators;
  for (const shardId of await listShards(options)) {
    const key = makeCheckpointKey(options, shardId);
    if (checkpoints.get(key) !== undefined) continue;
    iterators.set(shardId, await openIterator(options, shardId, key));
  }
  return iterators;
}

async function openIterator(
  { call, engineArn, checkpoints, mapping }: StreamSourceOptions,
  shardId: string,
  key: string,
): Promise<string> {
  const after = checkpoints.get(key);
  const { ShardIterator } = await call(`${STREAMS}.GetShardIterator`, {
    StreamArn: engineArn,
    ShardId: shardId,
    ...(after === undefined
      ? { ShardIteratorType: mapping.startingPosition }
      : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: after }),
  });
  return String(ShardIterator);
}

async function readPage(
  { call, mapping }: StreamSourceOptions,
  iterator: string,
): Promise<{ records: StreamRecord[]; next: string | undefined }> {
  const { Records, NextShardIterator } = (await call(`${STREAMS}.GetRecords`, {
    ShardIterator: iterator,
    Limit: 1000,
  })) as { Records: StreamRecord[]; NextShardIterator?: string };
  return {
    records: Records.map((record) => ({
      ...record,
      awsRegion: REGION,
      eventSourceARN: mapping.sourceArn,
    })),
    next: NextShardIterator,
  };
}
