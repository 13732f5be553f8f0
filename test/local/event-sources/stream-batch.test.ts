import { describe, expect, test } from 'vitest';
import type { StreamMapping } from '../../../local/deployment/read-triggers.ts';
import { runBatch, type StreamRecord } from '../../../local/event-sources/stream-batch.ts';

const MAPPING: StreamMapping = {
  sourceArn: 'arn:stream',
  target: 'relay',
  batchSize: 100,
  partialFailures: true,
  patterns: [],
  startingPosition: 'TRIM_HORIZON',
  bisect: true,
  maximumRetries: 1,
  maximumAgeSeconds: -1,
  failureQueueArn: 'arn:queue',
};

function records(count: number, ageSeconds: number): StreamRecord[] {
  return Array.from({ length: count }, (_, index) => ({
    eventID: String(index + 1),
    eventName: 'INSERT',
    eventSourceARN: 'arn:stream',
    dynamodb: {
      SequenceNumber: String(index + 1),
      ApproximateCreationDateTime: Math.floor(Date.now() / 1000) - ageSeconds,
    },
  }));
}

/** Runs a batch through a handler; records the calls, checkpoints and failures. */
async function run(
  handler: (sequenceNumbers: string[], call: number) => unknown,
  options: { ageSeconds?: number; mapping?: Partial<StreamMapping>; stopAfter?: number } = {},
) {
  const calls: string[][] = [];
  const checkpoints: string[] = [];
  const failures: { DDBStreamBatchInfo: Record<string, unknown> }[] = [];
  const done = await runBatch(records(4, options.ageSeconds ?? 0), {
    mapping: { ...MAPPING, ...options.mapping },
    runtime: {
      active: 0,
      onInvoked: () => () => {},
      invoke: async (_name, event) => {
        const batch = (event as { Records: StreamRecord[] }).Records;
        const numbers = batch.map(({ dynamodb }) => dynamodb.SequenceNumber);
        calls.push(numbers);
        return handler(numbers, calls.length);
      },
    },
    functionArn: 'arn:function',
    shardId: 'shard',
    stopped: () => calls.length >= (options.stopAfter ?? Number.POSITIVE_INFINITY),
    checkpoint: (sequenceNumber) => checkpoints.push(sequenceNumber),
    sendToFailureQueue: (_arn, message) => failures.push(JSON.parse(message)),
  });
  return { done, calls, checkpoints, failures };
}

const failing = (...ids: string[]) => ({
  batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })),
});

describe('a batch of a stream', () => {
  test('that succeeds is done at once', async () => {
    expect(await run(() => ({ batchItemFailures: [] }))).toEqual({
      done: true,
      calls: [['1', '2', '3', '4']],
      checkpoints: ['4'],
      failures: [],
    });
  });

  test('is tried again from its first failed record', async () => {
    const { calls, checkpoints } = await run((_numbers, call) =>
      call === 1 ? failing('4', '3') : failing(),
    );
    expect(calls).toEqual([
      ['1', '2', '3', '4'],
      ['3', '4'],
    ]);
    expect(checkpoints).toEqual(['2', '4']);
  });

  test('that throws is split until the record that fails stands alone', async () => {
    const { calls, checkpoints, failures } = await run((numbers) => {
      if (numbers.includes('2')) throw new Error('as asked');
      return failing();
    });
    expect(calls).toEqual([['1', '2', '3', '4'], ['1', '2'], ['1'], ['2'], ['2'], ['3', '4']]);
    expect(checkpoints).toEqual(['1', '2', '4']);
    expect(failures.map(({ DDBStreamBatchInfo }) => DDBStreamBatchInfo)).toEqual([
      expect.objectContaining({
        shardId: 'shard',
        startSequenceNumber: '2',
        endSequenceNumber: '2',
        batchSize: 1,
        streamArn: 'arn:stream',
      }),
    ]);
  });

  test('that is not to be split is given up whole, and told whole', async () => {
    const { calls, failures } = await run(
      () => {
        throw new Error('as asked');
      },
      { mapping: { bisect: false } },
    );
    expect(calls).toHaveLength(2);
    expect(failures[0]?.DDBStreamBatchInfo).toMatchObject({
      startSequenceNumber: '1',
      endSequenceNumber: '4',
      batchSize: 4,
    });
  });

  test('with an answer that cannot be understood has failed whole', async () => {
    for (const answer of [
      failing('unknown'),
      { batchItemFailures: [{ itemIdentifier: '' }] },
      { batchItemFailures: 'all' },
    ]) {
      const { calls } = await run((_numbers, call) => (call === 1 ? answer : null), {
        mapping: { bisect: false },
      });
      expect(calls).toEqual([
        ['1', '2', '3', '4'],
        ['1', '2', '3', '4'],
      ]);
    }
  });

  test('that is interrupted by a stop keeps what is not done', async () => {
    const { done, checkpoints, failures } = await run(() => failing('2'), { stopAfter: 1 });
    expect(done).toBe(false);
    expect(checkpoints).toEqual(['1']);
    expect(failures).toEqual([]);
  });

  test('that is older than the mapping allows is not tried again', async () => {
    const { calls, failures } = await run(() => failing('1'), {
      mapping: { bisect: false, maximumRetries: -1, maximumAgeSeconds: 60 },
      ageSeconds: 100,
    });
    expect(calls).toHaveLength(1);
    expect(failures).toHaveLength(1);
  });
});
