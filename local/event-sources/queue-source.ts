import { setTimeout as pause } from 'node:timers/promises';
import type { QueueMapping } from '../deployment/read-triggers.ts';
import { REGION } from '../deployment/region.ts';
import type { ReceivedMessage, SqsQueue } from '../engines/fauxqs-stores.ts';
import { type FunctionRuntime, FunctionTimeoutError } from '../lambda/function-runtime.ts';
import { matchesEventPattern } from './event-pattern.ts';
import { type FunctionEventSource, readFailedItems } from './event-source.ts';

/** Lambda starts with five pollers a queue; more than these would only split batches here. */
const POLLERS = 4;
/**
 * Where Lambda would start more instances, more batches are begun, as long as those in progress
 * only wait: the alarm function waits up to a second for the instant of each alarm.
 */
const BATCH_LIMIT = 32;
const UTILIZATION_LIMIT = 0.7;
/** Long enough for batches to fill in the meantime. */
const MEASURE_MILLISECONDS = 50;

/** How long one wait for messages lasts; a message or a stop ends it at once. */
const WAIT_SECONDS = 20;

export interface QueueSourceOptions {
  readonly mapping: QueueMapping;
  readonly queue: SqsQueue;
  readonly queueByArn: (arn: string) => SqsQueue;
  readonly runtime: FunctionRuntime;
  /** How long a failed message waits before it comes back, instead of the queue's time-out. */
  readonly retrySeconds: number;
}

/**
 * Feeds a queue's messages to a function, in batches.
 *
 * Successful messages are deleted. Failed ones come back when their visibility ends, and go to the
 * dead-letter queue after the receives that the redrive policy allows.
 */
export function makeQueueSource(options: QueueSourceOptions): FunctionEventSource {
  const { mapping, queue, runtime } = options;
  const limit = Math.min(mapping.maxConcurrency ?? POLLERS, POLLERS);
  const underWay = new Set<Promise<void>>();
  let stopped = false;
  let loop: Promise<void> = Promise.resolve();

  async function poll(): Promise<void> {
    while (!stopped) {
      if (underWay.size >= limit && !(await canTakeMore())) continue;
      const messages = queue.dequeue(Math.min(mapping.batchSize, 10), undefined, deadLetterQueue);
      if (messages.length === 0) {
        await queue.waitForMessages(WAIT_SECONDS);
        continue;
      }
      const batch = handleBatch(messages);
      underWay.add(batch);
      void batch.finally(() => underWay.delete(batch));
    }
  }

  async function canTakeMore(): Promise<boolean> {
    if (limit < POLLERS || underWay.size >= BATCH_LIMIT) {
      await Promise.race(underWay);
      return false;
    }
    const before = performance.eventLoopUtilization();
    await Promise.race([...underWay, pause(MEASURE_MILLISECONDS)]);
    const { utilization } = performance.eventLoopUtilization(before);
    return underWay.size < limit || utilization < UTILIZATION_LIMIT;
  }

  function deadLetterQueue(arn: string): SqsQueue | undefined {
    return options.queueByArn(arn);
  }

  async function handleBatch(messages: readonly ReceivedMessage[]): Promise<void> {
    const records = messages.map((message) => makeSqsRecord(message, queue));
    const matching = records.filter((record) => matchesAnyPattern(mapping.patterns, record));
    const { failed, late } = matching.length === 0 ? NOTHING_FAILED : await runFunction(matching);
    for (const { messageId, receiptHandle } of records) {
      if (!failed.has(messageId)) queue.deleteMessage(receiptHandle);
      // A function that timed out is still working on its messages.
      else if (!late) queue.changeVisibility(receiptHandle, options.retrySeconds);
    }
  }

  async function runFunction(records: readonly SqsRecord[]): Promise<BatchOutcome> {
    const all = new Set(records.map(({ messageId }) => messageId));
    try {
      const answer = await runtime.invoke(mapping.target, { Records: records });
      if (!mapping.partialFailures) return NOTHING_FAILED;
      const failed = readFailedItems(answer);
      // Lambda treats a malformed or unknown identifier as a failure of the whole batch.
      const isWellFormed = failed?.every((id) => all.has(id)) === true;
      return { failed: isWellFormed ? new Set(failed) : all, late: false };
    } catch (error) {
      // The runtime has logged it.
      return { failed: all, late: error instanceof FunctionTimeoutError };
    }
  }

  return {
    start: () => {
      loop = poll();
    },
    stop: async () => {
      stopped = true;
      queue.cancelWaiters();
      await loop;
      await Promise.all(underWay);
    },
    isIdle: () =>
      underWay.size === 0 && queue.messages.length === 0 && queue.inflightMessages.size === 0,
  };
}

interface BatchOutcome {
  readonly failed: ReadonlySet<string>;
  readonly late: boolean;
}

const NOTHING_FAILED: BatchOutcome = { failed: new Set(), late: false };

type SqsRecord = ReturnType<typeof makeSqsRecord>;

function makeSqsRecord(message: ReceivedMessage, queue: SqsQueue) {
  const inflight = queue.inflightMessages.get(message.ReceiptHandle)?.message;
  return {
    messageId: message.MessageId,
    receiptHandle: message.ReceiptHandle,
    body: message.Body,
    attributes: {
      ApproximateReceiveCount: String(inflight?.approximateReceiveCount ?? 1),
      SentTimestamp: String(inflight?.sentTimestamp ?? 0),
      SenderId: 'AIDALOCAL',
      ApproximateFirstReceiveTimestamp: String(inflight?.approximateFirstReceiveTimestamp ?? 0),
    },
    messageAttributes: Object.fromEntries(
      Object.entries(message.MessageAttributes ?? {}).map(([name, attribute]) => [
        name,
        {
          dataType: attribute.DataType,
          stringListValues: [],
          binaryListValues: [],
          ...(attribute.StringValue !== undefined && { stringValue: attribute.StringValue }),
          ...(attribute.BinaryValue !== undefined && { binaryValue: attribute.BinaryValue }),
        },
      ]),
    ),
    md5OfBody: message.MD5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN: queue.arn,
    awsRegion: REGION,
  };
}

function matchesAnyPattern(patterns: readonly unknown[], record: SqsRecord): boolean {
  if (patterns.length === 0) return true;
  const event = { ...record, body: parseOrKeep(record.body) };
  return patterns.some((pattern) => matchesEventPattern(pattern, event));
}

function parseOrKeep(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
