import middy from '@middy/core';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type * as z from 'zod';
import { type Instant, instantOf } from '../../../core/inquiry/values/ids.ts';
import { makeMetricsMiddleware } from '../telemetry/metrics-middleware.ts';
import type { Log, Meter } from '../telemetry/telemetry.ts';
import {
  acknowledgeRecord,
  parseRecord,
  type RecordOutcome,
  reportRecordCrash,
} from './record-outcome.ts';
import { isSetupMessage } from './setup-message.ts';

/** What a queue's handler gets besides the message. */
export type QueueContext = {
  readonly messageId: string;
  /** Counts from 1; beyond the queue's limit the message goes to the DLQ. */
  readonly receiveCount: number;
  readonly sentAt: Instant;
  /** The ARN of the queue it came from. */
  readonly queueArn: string;
  readonly remainingMs: number;
};

export type QueueHandler = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

/** Time that a record may need; with less left, it waits for the next delivery. */
const leastMsPerRecord = 2_000;
/** Time reserved for answering before the function is stopped, which would fail the whole batch. */
const answerMs = 500;

/**
 * Makes a handler for a queue's batches that judges each record by itself.
 *
 * `done` and permanent refusals are acknowledged; `retry`, transient refusals, records that do not
 * fit the schema and records whose handler throws are returned, so that they come again and end in
 * the queue's DLQ. At most `concurrency` records are handled at once, and no record's failure
 * affects another. A message by which AWS only says that it has connected something is `done`.
 */
export function makeQueueHandler<S extends z.ZodType>(options: {
  readonly message: S;
  readonly handle: (message: z.output<S>, context: QueueContext) => Promise<RecordOutcome>;
  readonly logger: Log;
  readonly meter: Meter;
  /** 10 by default. */
  readonly concurrency?: number;
}): QueueHandler {
  const { message: schema, handle, logger, meter, concurrency = 10 } = options;

  async function handleRecord(record: SQSRecord, context: Context): Promise<boolean> {
    const id = record.messageId;
    const remainingMs = context.getRemainingTimeInMillis();
    if (remainingMs < leastMsPerRecord) return false;
    if (isSetupMessage(record.body)) {
      logger.info('setup message', { recordId: id });
      return acknowledgeRecord(id, 'done', logger, meter);
    }
    const parsed = parseRecord(id, () => JSON.parse(record.body) as unknown, schema, logger, meter);
    if (parsed === undefined) return false;
    try {
      const outcome = await runWithinMs(remainingMs - answerMs, () =>
        handle(parsed.value, {
          messageId: id,
          receiveCount: Number(record.attributes.ApproximateReceiveCount),
          sentAt: instantOf(Number(record.attributes.SentTimestamp)),
          queueArn: record.eventSourceARN,
          remainingMs,
        }),
      );
      return acknowledgeRecord(id, outcome, logger, meter);
    } catch (error) {
      reportRecordCrash(id, error, logger, meter);
      return false;
    }
  }

  async function handleBatch(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
    const records = event.Records.values();
    const failed: string[] = [];
    async function work(): Promise<void> {
      // The workers share one iterator, so only one of them handles each record.
      for (const record of records) {
        if (!(await handleRecord(record, context))) failed.push(record.messageId);
      }
    }
    await Promise.all(
      Array.from({ length: Math.min(concurrency, event.Records.length) }, () => work()),
    );
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  }

  return middy<SQSEvent, SQSBatchResponse>(handleBatch, { timeoutEarlyInMillis: 0 }).use(
    makeMetricsMiddleware(meter),
  );
}

/** Stops waiting after a time, so that one stuck record does not fail the whole batch. */
async function runWithinMs(ms: number, work: () => Promise<RecordOutcome>): Promise<RecordOutcome> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<RecordOutcome>((resolve) => {
    timer = setTimeout(() => resolve('retry'), ms);
  });
  try {
    return await Promise.race([work(), timeout]);
  } finally {
    clearTimeout(timer);
  }
}
