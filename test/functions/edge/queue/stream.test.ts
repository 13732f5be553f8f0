import type { AttributeValue, DynamoDBRecord } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { refuse } from '../../../../core/inquiry/refusal.ts';
import type { RecordOutcome } from '../../../../functions/edge/queue/record-outcome.ts';
import { makeStreamHandler, toPlainItem } from '../../../../functions/edge/queue/stream.ts';
import { fakeLambdaContext } from '../http/fake-gateway-event.ts';
import { makeRecordingTelemetry } from '../telemetry/recording-telemetry.ts';

const Item = z.object({ kind: z.literal('event'), seq: z.int() });

function record(seq: number, image: Record<string, AttributeValue>): DynamoDBRecord {
  return {
    eventID: `e${seq}`,
    eventName: 'INSERT',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: 'ap-northeast-1',
    dynamodb: {
      ApproximateCreationDateTime: 1_795_310_100,
      Keys: { pk: { S: 'INQ#1' }, sk: { S: `EVT#${seq}` } },
      NewImage: image,
      SequenceNumber: `${100 + seq}`,
      SizeBytes: 200,
      StreamViewType: 'NEW_IMAGE',
    },
  };
}

const event = (seq: number) => record(seq, { kind: { S: 'event' }, seq: { N: `${seq}` } });
const unreadable = (seq: number) => record(seq, { kind: { S: 'person' } });

const verdictOf: Record<number, RecordOutcome> = {
  3: 'retry',
  5: refuse('inquiry.merged', 'Merged.'),
  6: refuse('transient.conflict', 'Busy.'),
};

/** Both kinds of handler, giving the same verdicts; the first crashes at item 9. */
const handlerKinds = {
  'one by one': (handled: number[]) => ({
    handle: async ({ seq }: z.infer<typeof Item>) => {
      if (seq === 9) throw new Error('boom');
      handled.push(seq);
      return verdictOf[seq] ?? 'done';
    },
  }),
  'a run at a time': (handled: number[]) => ({
    handleRun: async (items: readonly z.infer<typeof Item>[]) =>
      items.map(({ seq }) => {
        handled.push(seq);
        return verdictOf[seq] ?? 'done';
      }),
  }),
};

describe.each(Object.entries(handlerKinds))(
  'a stream that is handled %s',
  (_name, makeHandling) => {
    async function handleRecords(...records: readonly DynamoDBRecord[]) {
      const handled: number[] = [];
      const telemetry = makeRecordingTelemetry();
      const { logger, meter } = telemetry;
      const handler = makeStreamHandler({ item: Item, logger, meter, ...makeHandling(handled) });
      const answer = await handler({ Records: [...records] }, fakeLambdaContext());
      const failures = answer.batchItemFailures.map((failure) => failure.itemIdentifier);
      return { handled, failures, counts: telemetry.counts };
    }

    it('reports no failures when all is done', async () => {
      const { handled, failures } = await handleRecords(event(1), event(2), event(4));
      expect(handled).toEqual([1, 2, 4]);
      expect(failures).toEqual([]);
    });

    it.each([
      ['asks for another try', 3, '103'],
      ['is refused for now', 6, '106'],
    ])('comes again from the first item that %s', async (_why, seq, sequenceNumber) => {
      const { failures } = await handleRecords(event(1), event(seq), event(8));
      expect(failures).toEqual([sequenceNumber]);
    });

    it('goes on after an item that was refused for good', async () => {
      const { failures, counts } = await handleRecords(event(5), event(7));
      expect(failures).toEqual([]);
      expect(counts).toEqual({ RecordRefused: 1, RecordDone: 1 });
    });

    it('comes again from an item that fits no schema, and what is before it does not', async () => {
      const { handled, failures, counts } = await handleRecords(event(1), unreadable(2), event(4));
      expect(handled).toEqual([1]);
      expect(failures).toEqual(['102']);
      expect(counts).toEqual({ RecordDone: 1, RecordUnreadable: 1 });
    });
  },
);

it('keeps what was done before a crash', async () => {
  const { logger, meter, counts } = makeRecordingTelemetry();
  const handler = makeStreamHandler({
    item: Item,
    logger,
    meter,
    ...handlerKinds['one by one']([]),
  });
  const answer = await handler({ Records: [event(1), event(9), event(10)] }, fakeLambdaContext());
  expect(answer.batchItemFailures).toEqual([{ itemIdentifier: '109' }]);
  expect(counts).toEqual({ RecordDone: 1, RecordCrashed: 1 });
});

it('comes again whole when the handling of a run crashes', async () => {
  const { logger, meter, counts } = makeRecordingTelemetry();
  const handleRun = () => Promise.reject(new Error('boom'));
  const handler = makeStreamHandler({ item: Item, logger, meter, handleRun });
  const answer = await handler({ Records: [event(1), event(2)] }, fakeLambdaContext());
  expect(answer.batchItemFailures).toEqual([{ itemIdentifier: '101' }]);
  expect(counts).toEqual({ RecordCrashed: 1 });
});

it('takes items without a verdict for unfinished', async () => {
  const { logger, meter } = makeRecordingTelemetry();
  const handler = makeStreamHandler({ item: Item, logger, meter, handleRun: async () => ['done'] });
  const answer = await handler({ Records: [event(1), event(2)] }, fakeLambdaContext());
  expect(answer.batchItemFailures).toEqual([{ itemIdentifier: '102' }]);
});

it('reads every type of attribute', () => {
  expect(
    toPlainItem({
      text: { S: 'x' },
      number: { N: '1.5' },
      flag: { BOOL: false },
      nothing: { NULL: true },
      list: { L: [{ S: 'a' }, { N: '2' }] },
      map: { M: { inner: { S: 'b' } } },
      texts: { SS: ['c'] },
      numbers: { NS: ['3'] },
    }),
  ).toEqual({
    text: 'x',
    number: 1.5,
    flag: false,
    nothing: null,
    list: ['a', 2],
    map: { inner: 'b' },
    texts: ['c'],
    numbers: [3],
  });
});
