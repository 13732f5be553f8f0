import { setTimeout as pause } from 'node:timers/promises';
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { expect, it } from 'vitest';
import * as z from 'zod';
import { refuse } from '../../../../core/inquiry/refusal.ts';
import { TransientError } from '../../../../core/inquiry/transient-error.ts';
import { makeQueueHandler } from '../../../../functions/edge/queue/queue.ts';
import type { RecordOutcome } from '../../../../functions/edge/queue/record-outcome.ts';
import { fakeLambdaContext } from '../http/fake-gateway-event.ts';
import { makeRecordingTelemetry } from '../telemetry/recording-telemetry.ts';

const Message = z.strictObject({ inquiryId: z.string() });

function record(messageId: string, body: string): SQSRecord {
  return {
    messageId,
    receiptHandle: `handle-${messageId}`,
    body,
    attributes: {
      ApproximateReceiveCount: '2',
      SentTimestamp: '1795310100000',
      SenderId: 'AIDAEXAMPLE',
      ApproximateFirstReceiveTimestamp: '1795310100005',
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:ap-northeast-1:111122223333:routing',
    awsRegion: 'ap-northeast-1',
  };
}

function batch(...ids: readonly string[]): SQSEvent {
  return { Records: ids.map((id) => record(id, JSON.stringify({ inquiryId: id }))) };
}

function makeConsumer(handle: (id: string) => Promise<RecordOutcome>, concurrency?: number) {
  const telemetry = makeRecordingTelemetry();
  const handler = makeQueueHandler({
    message: Message,
    handle: ({ inquiryId }) => handle(inquiryId),
    logger: telemetry.logger,
    meter: telemetry.meter,
    ...(concurrency === undefined ? {} : { concurrency }),
  });
  const consume = async (event: SQSEvent, remainingMs?: number) => {
    const answer = await handler(event, fakeLambdaContext(remainingMs));
    return answer.batchItemFailures.map((failure) => failure.itemIdentifier).sort();
  };
  return { consume, ...telemetry };
}

it('gives back just the records that are to come again, each judged by itself', async () => {
  const { consume, counts } = makeConsumer(async (id) => {
    if (id === 'crash') throw new Error('boom');
    if (id === 'retry') return 'retry';
    if (id === 'busy') return refuse('transient.conflict', 'Busy.');
    if (id === 'changing') throw new TransientError('transient.conflict', 'busy');
    if (id === 'silent') throw new TransientError('transient.unavailable', 'silent');
    if (id === 'refused') return refuse('inquiry.merged', 'Merged.');
    return 'done';
  });
  const ids = ['a', 'crash', 'retry', 'busy', 'changing', 'silent', 'refused', 'b'];
  expect(await consume(batch(...ids))).toEqual(['busy', 'changing', 'crash', 'retry', 'silent']);
  expect(counts).toEqual({ RecordDone: 2, RecordCrashed: 2, RecordRetried: 3, RecordRefused: 1 });
});

it('fails what fits no schema, so that it ends in the DLQ, and works the rest', async () => {
  const { consume, counts, lines } = makeConsumer(async () => 'done');
  const event = batch('good');
  event.Records.push(record('no-json', '{'), record('other', '{"inquiryId":"x","secret":"y"}'));
  expect(await consume(event)).toEqual(['no-json', 'other']);
  expect(counts).toEqual({ RecordDone: 1, RecordUnreadable: 2 });
  expect(JSON.stringify(lines)).not.toContain('"y"');
});

it('works at most ten records at once, and all of them', async () => {
  let running = 0;
  let most = 0;
  const done: string[] = [];
  const { consume } = makeConsumer(async (id) => {
    running += 1;
    most = Math.max(most, running);
    await pause(2);
    running -= 1;
    done.push(id);
    return 'done';
  });
  const ids = Array.from({ length: 25 }, (_, index) => `m${index}`);
  expect(await consume(batch(...ids))).toEqual([]);
  expect(most).toBe(10);
  expect(new Set(done)).toEqual(new Set(ids));
});

it('keeps the order of records when it works one at a time', async () => {
  const order: string[] = [];
  const { consume } = makeConsumer(async (id) => {
    await pause(Math.random() * 3);
    order.push(id);
    return 'done';
  }, 1);
  await consume(batch('a', 'b', 'c', 'd'));
  expect(order).toEqual(['a', 'b', 'c', 'd']);
});

it('answers before it is stopped, and gives back only the record that is stuck', async () => {
  const { consume } = makeConsumer(async (id) => (id === 'stuck' ? new Promise(() => {}) : 'done'));
  expect(await consume(batch('a', 'stuck', 'b'), 2_050)).toEqual(['stuck']);
});

it('begins no record for which there is no time', async () => {
  const { consume, counts } = makeConsumer(async () => 'done');
  expect(await consume(batch('a', 'b'), 1_000)).toEqual(['a', 'b']);
  expect(counts).toEqual({});
});

it('tells the handler how often and since when the message has been delivered', async () => {
  let seen: unknown;
  const { logger, meter } = makeRecordingTelemetry();
  const handler = makeQueueHandler({
    message: Message,
    handle: async (_message, context) => {
      seen = context;
      return 'done';
    },
    logger,
    meter,
  });
  await handler(batch('a'), fakeLambdaContext(9_000));
  expect(seen).toEqual({
    messageId: 'a',
    receiveCount: 2,
    sentAt: new Date(1_795_310_100_000).toISOString(),
    queueArn: 'arn:aws:sqs:ap-northeast-1:111122223333:routing',
    remainingMs: 9_000,
  });
});
