import type {
  DynamoDBStreamsClient,
  _Record as StreamRecord,
} from '@aws-sdk/client-dynamodb-streams';
import { expect, test } from 'vitest';
import { StreamFollower } from '../../transfer/follow-stream.ts';

/*
 * The embedded engines have one shard for ever. What AWS does with several is played here: shards
 * that split, and records that come late.
 */

interface Shard {
  readonly ShardId: string;
  readonly ParentShardId?: string;
  readonly records: StreamRecord[];
  isClosed: boolean;
}

function playStream(shards: Shard[], onRead: () => void = () => {}): DynamoDBStreamsClient {
  const send = async ({
    input,
  }: {
    input: {
      StreamArn?: string;
      ShardId?: string;
      ShardIteratorType?: string;
      ShardIterator?: string;
    };
  }) => {
    const { StreamArn, ShardId, ShardIteratorType, ShardIterator } = input;
    if (ShardId !== undefined) {
      const records = shards.find((one) => one.ShardId === ShardId)?.records ?? [];
      return { ShardIterator: `${ShardId} ${ShardIteratorType === 'LATEST' ? records.length : 0}` };
    }
    if (StreamArn !== undefined) return { StreamDescription: { Shards: shards } };
    onRead();
    const [id, position] = String(ShardIterator).split(' ');
    const shard = shards.find((one) => one.ShardId === id);
    if (shard === undefined) throw new Error('There is no such shard.');
    const Records = shard.records.slice(Number(position), Number(position) + 2);
    const next = Number(position) + Records.length;
    const isOver = shard.isClosed && next === shard.records.length;
    return { Records, ...(isOver ? {} : { NextShardIterator: `${id} ${next}` }) };
  };
  return { send } as unknown as DynamoDBStreamsClient;
}

function makeRecord(name: string, second: number): StreamRecord {
  return {
    dynamodb: { SequenceNumber: name, ApproximateCreationDateTime: new Date(second * 1000) },
  };
}

function collect(client: DynamoDBStreamsClient) {
  const seen: string[] = [];
  const follower = new StreamFollower(client, 'arn', ({ dynamodb }) => {
    seen.push(String(dynamodb?.SequenceNumber));
  });
  return { follower, seen };
}

test('what was written before it began is passed by, and all that comes after is seen', async () => {
  const shard: Shard = { ShardId: 'a', records: [makeRecord('before', 1)], isClosed: false };
  const { follower, seen } = collect(playStream([shard]));
  await follower.begin();
  shard.records.push(...['1', '2', '3', '4', '5'].map((name) => makeRecord(name, 2)));
  await follower.advance(1);
  expect(seen).toEqual(['1', '2', '3', '4', '5']);
});

test('the children of a shard that closes are read from their beginning, after it', async () => {
  const parent: Shard = { ShardId: 'a', records: [], isClosed: false };
  const shards = [parent];
  const { follower, seen } = collect(playStream(shards));
  await follower.begin();
  parent.records.push(makeRecord('1', 1), makeRecord('2', 1), makeRecord('3', 1));
  parent.isClosed = true;
  shards.unshift({
    ShardId: 'b',
    ParentShardId: 'a',
    records: [makeRecord('4', 1)],
    isClosed: false,
  });
  await follower.advance(1);
  expect(seen).toEqual(['1', '2', '3', '4']);
});

test('several shards are cut at the end of one second, and later records are held back', async () => {
  const a: Shard = { ShardId: 'a', records: [], isClosed: false };
  const b: Shard = { ShardId: 'b', records: [], isClosed: false };
  let reads = 0;
  const { follower, seen } = collect(
    playStream([a, b], () => {
      reads += 1;
      // Until here the newest second is 10. What comes then is late in one shard, later in another.
      if (reads !== 5) return;
      a.records.push(makeRecord('a late', 10), makeRecord('a later', 11), makeRecord('a last', 10));
      b.records.push(makeRecord('b later', 12));
    }),
  );
  await follower.begin();
  a.records.push(makeRecord('a', 9));
  b.records.push(makeRecord('b', 10));
  const instant = await follower.advance(0);
  await follower.stop();
  if (reads < 5)
    throw new Error('The stream was not read again after the newest second was known.');
  expect(instant.getTime()).toBe(10_999);
  expect(seen.toSorted()).toEqual(['a', 'a late', 'b']);
  await follower.advance(0);
  expect(seen.slice(3).toSorted()).toEqual(['a last', 'a later', 'b later']);
});
