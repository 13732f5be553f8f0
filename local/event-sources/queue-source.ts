import { setTimeout as pause } from 'node:timers/promises';
import type { QueueMapping } from '../deployment/read-triggers.ts';
import { REGION } from '../deployment/region.ts';
import type { ReceivedMessage, SqsQueue } from '../engines/fauxqs-stores.ts';
import { type FunctionRuntime, FunctionTimeoutError } from '../lambda/function-runtime.ts';
import { matchesEventPattern } from './event-pattern.ts';
import { type FunctionEventSource, readFailedItems } from './event-source.ts';

/** Lambda polls a queue with five pollers to begin with; more would only split batches here. */
const POLLERS = 4;
/**
 * Where Lambda would start more instances, more batches are taken up, as long as those under way
 * only wait: the ringer waits up to a second for the instant of each alarm.
 */
const BATCH_LIMIT = 32;
const UTILIZATION_LIMIT = 0.7;
/** Long enough for batches to fill meanwhile. */
const MEASURE_MILLISECONDS = 50;

/** How long one wait for messages lasts; it ends at once when a message comes or the source stops. */
const WAIT_SECONDS = 20;

export interface QueueSourceOptions {
  readonly mapping: QueueMapping;
  readonly queue: SqsQueue;
  readonly queueByArn: (arn: string) => SqsQueue;
  readonly runtime: FunctionRuntime;
  /** How long a failed message waits before it comes back, in place of the queue's time-out. */
  readonly retrySeconds: number;
}

/**
 * Feeds a queue's messages to a function, in batches.
 *
 * What succeeded is deleted; what failed comes back when its visibility ends, and after the
 * receives that the redrive policy allows goes to the dead-letter queue.
 */
export function makeQueueSource(options: QueueSourceOptions): FunctionEventSource {
  const { mapping, queue, runtime } = options;
  const limit = Math.min(mapping.maxConcurrency ?? POLLERS, POLLERS);
  const underWay = new Set<Promise<void>>();
  let stopped = false;
  let loop: Promise<void> = Promise.resolve();

  async function poll(): Promise<void> {
    while (!stopped) {
      if (underWay.size >= limit && !(await mayTakeMore())) continue;
      const messages = queue.dequeue(Math.min(mapping.batchSize, 10), undefined, deadLetterQueue);
      if (messages.length === 0) {
        await queue.waitForMessages(WAIT_SECONDS);
        continue;
      }
      const batch = handle(messages);
      underWay.add(batch);
      void batch.finally(() => underWay.delete(batch));
    }
  }

  async function mayTakeMore(): Promise<boolean> {
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

  async function handle(messages: readonly ReceivedMessage[]): Promise<void> {
    const records = messages.map((message) => makeSqsRecord(message, queue));
    const wanted = records.filter((record) => matchesAnyPattern(mapping.patterns, record));
    const { failed, late } = wanted.length === 0 ? NOTHING_FAILED : await run(wanted);
    for (const { messageId, receiptHandle } of records) {
      if (!failed.has(messageId)) queue.deleteMessage(receiptHandle);
      // A late function is still at its messages.
      else if (!late) queue.changeVisibility(receiptHandle, options.retrySeconds);
    }
  }

  async function run(records: readonly SqsRecord[]): Promise<BatchOutcome> {
    const all = new Set(records.map(({ messageId }) => messageId));
    try {
      const answer = await runtime.invoke(mapping.target, { Records: records });
      if (!mapping.partialFailures) return NOTHING_FAILED;
      const failed = readFailedItems(answer);
      // Lambda takes a malformed or unknown identifier for a failure of the whole batch.
      const understood = failed?.every((id) => all.has(id)) === true;
      return { failed: understood ? new Set(failed) : all, late: false };
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
  const held = queue.inflightMessages.get(message.ReceiptHandle)?.message;
  return {
    messageId: message.MessageId,
    receiptHandle: message.ReceiptHandle,
    body: message.Body,
    attributes: {
      ApproximateReceiveCount: String(held?.approximateReceiveCount ?? 1),
      SentTimestamp: String(held?.sentTimestamp ?? 0),
      SenderId: 'AIDALOCAL',
      ApproximateFirstReceiveTimestamp: String(held?.approximateFirstReceiveTimestamp ?? 0),
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
