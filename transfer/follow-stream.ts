import { setTimeout as pause } from 'node:timers/promises';
import {
  DescribeStreamCommand,
  type DynamoDBStreamsClient,
  ExpiredIteratorException,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type GetShardIteratorCommandInput,
  type _Record as StreamRecord,
  TrimmedDataAccessException,
} from '@aws-sdk/client-dynamodb-streams';
import { TransferError } from './transfer-error.ts';

const PAGE_RECORDS = 1000;
/** A page ends at either limit. */
const PAGE_BYTES = 1024 * 1024;
/** AWS serves five reads of a shard a second, and the relay has its own. */
const POLL_MILLISECONDS = 400;
/** A new shard follows a closed one; some take a while to be listed. */
const SHARD_LIST_MILLISECONDS = 10_000;
const POLLED_AT_ONCE = 8;

interface Shard {
  readonly id: string;
  readonly parent: string | undefined;
  iterator: string | undefined;
  isClosed: boolean;
  last: string | undefined;
  /** Records that were read and come after the cut. */
  held: StreamRecord[];
  /** Whether the last page may have been cut off by its limit. */
  isFull: boolean;
}

/**
 * Follows a table's stream from the moment it begins, over all its shards, and hands on each
 * change, in the order of its item's changes.
 */
export class StreamFollower {
  readonly #client: DynamoDBStreamsClient;
  readonly #arn: string;
  readonly #apply: (record: StreamRecord) => void;
  readonly #shards = new Map<string, Shard>();
  #listedAt = 0;
  #newest = 0;
  /** The last second, by the stream's time, whose changes are handed on. */
  #cut = Number.POSITIVE_INFINITY;
  #isStopped = false;
  #polling: Promise<void> = Promise.resolve();
  #failure: unknown;

  constructor(client: DynamoDBStreamsClient, arn: string, apply: (record: StreamRecord) => void) {
    this.#client = client;
    this.#arn = arn;
    this.#apply = apply;
  }

  /** Marks the present end of each shard and reads on from there, until it is told otherwise. */
  async begin(): Promise<void> {
    for (const { id, parent } of await this.#list()) {
      this.#shards.set(id, await this.#open(id, parent, 'LATEST'));
    }
    // Iterators expire after a quarter of an hour, so they are kept moving during a long scan.
    this.#polling = this.#poll().catch((error: unknown) => {
      this.#failure = error;
    });
  }

  /**
   * Hands on all changes until now, and returns the instant up to which it did, which is the same
   * for all shards. What comes later is held back, for the next call.
   *
   * A change made before the call shows in the stream within `settleSeconds`. With one shard the cut
   * is between two of its records. With several it is the end of a second, by the time that the
   * stream puts on each record.
   */
  async advance(settleSeconds: number): Promise<Date> {
    await this.stop();
    if (this.#failure !== undefined) throw this.#failure;
    this.#cut = Number.POSITIVE_INFINITY;
    for (const shard of this.#shards.values()) this.#take(shard, shard.held);
    const readAt = await this.#readFor(settleSeconds);
    const open = [...this.#shards.values()].filter(({ isClosed }) => !isClosed);
    if (open.length <= 1 || this.#newest === 0) return readAt;
    this.#cut = this.#newest;
    await this.#readFor(settleSeconds);
    return new Date(Math.min(this.#cut * 1000 + 999, Date.now()));
  }

  /** Ends the reading. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#polling;
  }

  async #poll(): Promise<void> {
    while (!this.#isStopped) {
      await this.#readRound();
      await pause(POLL_MILLISECONDS);
    }
  }

  /** Reads for so long, and on while there is more than a page to read; returns when it ended. */
  async #readFor(seconds: number): Promise<Date> {
    const end = performance.now() + seconds * 1000;
    for (;;) {
      const isLast = performance.now() >= end;
      const at = new Date();
      await this.#readRound();
      const isBehind = [...this.#shards.values()].some(
        ({ isClosed, isFull, held }) => !isClosed && isFull && held.length === 0,
      );
      if (isLast && !isBehind) return at;
      if (!isBehind) await pause(POLL_MILLISECONDS);
    }
  }

  async #readRound(): Promise<void> {
    if (performance.now() - this.#listedAt > SHARD_LIST_MILLISECONDS) await this.#openNewShards();
    const readable = [...this.#shards.values()].filter(
      ({ isClosed, held }) => !isClosed && held.length === 0,
    );
    for (let start = 0; start < readable.length; start += POLLED_AT_ONCE) {
      await Promise.all(
        readable.slice(start, start + POLLED_AT_ONCE).map((shard) => this.#read(shard)),
      );
    }
    if (readable.some(({ isClosed }) => isClosed)) await this.#openNewShards();
  }

  async #read(shard: Shard): Promise<void> {
    try {
      const { Records = [], NextShardIterator } = await this.#client.send(
        new GetRecordsCommand({ ShardIterator: shard.iterator, Limit: PAGE_RECORDS }),
      );
      const bytes = Records.reduce((sum, one) => sum + (one.dynamodb?.SizeBytes ?? 0), 0);
      shard.isFull = Records.length >= PAGE_RECORDS / 2 || bytes >= PAGE_BYTES / 4;
      shard.iterator = NextShardIterator;
      // Only a missing iterator closes a shard: the embedded engine always names an ending number.
      shard.isClosed = NextShardIterator === undefined;
      this.#take(shard, Records);
    } catch (error) {
      if (error instanceof TrimmedDataAccessException) {
        throw new TransferError(
          'The stream no longer has all changes since the export began: it keeps them for 24 hours. ' +
            'Export again with more --segments, or when less is written.',
        );
      }
      if (!(error instanceof ExpiredIteratorException)) throw error;
      if (shard.last === undefined) {
        throw new TransferError(
          'The stream was not read for a quarter of an hour, as when the machine sleeps, and changes ' +
            'may be missing. Export again.',
        );
      }
      const reopened = await this.#open(
        shard.id,
        shard.parent,
        'AFTER_SEQUENCE_NUMBER',
        shard.last,
      );
      shard.iterator = reopened.iterator;
    }
  }

  #take(shard: Shard, records: readonly StreamRecord[]): void {
    shard.held = [];
    for (const [index, record] of records.entries()) {
      const second = Math.floor(
        (record.dynamodb?.ApproximateCreationDateTime?.getTime() ?? 0) / 1000,
      );
      if (second > this.#cut) {
        shard.held = records.slice(index);
        return;
      }
      this.#newest = Math.max(this.#newest, second);
      this.#apply(record);
      shard.last = record.dynamodb?.SequenceNumber;
    }
  }

  /** Opens shards that came since; whatever they hold is later than what their parents do. */
  async #openNewShards(): Promise<void> {
    for (const { id, parent } of await this.#list()) {
      const parentShard = parent === undefined ? undefined : this.#shards.get(parent);
      const isParentDone =
        parentShard === undefined || (parentShard.isClosed && parentShard.held.length === 0);
      if (this.#shards.has(id) || !isParentDone) continue;
      this.#shards.set(id, await this.#open(id, parent, 'TRIM_HORIZON'));
    }
  }

  async #list(): Promise<{ id: string; parent: string | undefined }[]> {
    this.#listedAt = performance.now();
    const shards: { id: string; parent: string | undefined }[] = [];
    let after: string | undefined;
    do {
      const { StreamDescription: stream } = await this.#client.send(
        new DescribeStreamCommand({ StreamArn: this.#arn, ExclusiveStartShardId: after }),
      );
      for (const { ShardId: id, ParentShardId: parent } of stream?.Shards ?? []) {
        if (id !== undefined) shards.push({ id, parent });
      }
      after = stream?.LastEvaluatedShardId;
    } while (after !== undefined);
    return shards;
  }

  async #open(
    id: string,
    parent: string | undefined,
    type: NonNullable<GetShardIteratorCommandInput['ShardIteratorType']>,
    sequenceNumber?: string,
  ): Promise<Shard> {
    const { ShardIterator: iterator } = await this.#client.send(
      new GetShardIteratorCommand({
        ...{ StreamArn: this.#arn, ShardId: id, ShardIteratorType: type },
        SequenceNumber: sequenceNumber,
      }),
    );
    return { id, parent, iterator, isClosed: false, last: undefined, held: [], isFull: false };
  }
}
