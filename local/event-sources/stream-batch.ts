import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { StreamMapping } from '../deployment/read-triggers.ts';
import type { FunctionRuntime } from '../lambda/function-runtime.ts';
import { readFailedItems } from './event-source.ts';

/** A record as GetRecords returns it, with the source that Lambda adds. */
export interface StreamRecord {
  readonly eventID: string;
  readonly eventName: string;
  readonly eventSourceARN: string;
  readonly dynamodb: {
    readonly SequenceNumber: string;
    readonly ApproximateCreationDateTime: number;
  };
}

export interface BatchOptions {
  readonly mapping: StreamMapping;
  readonly runtime: FunctionRuntime;
  readonly functionArn: string;
  readonly shardId: string;
  readonly stopped: () => boolean;
  /** Marks the records up to and including this sequence number as done. */
  readonly checkpoint: (sequenceNumber: string) => void;
  readonly sendToFailureQueue: (queueArn: string, message: string) => void;
}

const FIRST_BACKOFF_MILLISECONDS = 100;
const LONGEST_BACKOFF_MILLISECONDS = 2000;

/**
 * Runs a function over one shard's records in order, as a stream's mapping does: a failed batch is
 * retried from its first failed record, split where the mapping bisects, and sent to the failure
 * queue when its attempts or its age are exhausted. No record is skipped.
 * @returns whether all records are done; false only when the source was stopped in between
 */
export async function runBatch(
  records: readonly StreamRecord[],
  options: BatchOptions,
  attempts = 0,
): Promise<boolean> {
  const { mapping } = options;
  let rest = records;
  let attemptsMade = attempts;
  while (rest.length > 0) {
    if (options.stopped()) return false;
    const firstFailed = await invokeBatch(rest, options);
    const lastDone = rest.slice(0, firstFailed).at(-1);
    if (lastDone !== undefined) {
      options.checkpoint(lastDone.dynamodb.SequenceNumber);
      rest = rest.slice(firstFailed);
      // The records after those that are now done have not failed by themselves yet.
      attemptsMade = attempts;
      if (rest.length === 0) return true;
    }
    if (mapping.bisect && rest.length > 1 && lastDone === undefined) {
      const half = Math.ceil(rest.length / 2);
      return (
        (await runBatch(rest.slice(0, half), options, attemptsMade)) &&
        (await runBatch(rest.slice(half), options, attemptsMade))
      );
    }
    attemptsMade += 1;
    if (isExhausted(rest, attemptsMade, mapping)) {
      giveUpBatch(rest, attemptsMade, options);
      return true;
    }
    await pause(
      Math.min(FIRST_BACKOFF_MILLISECONDS * 2 ** (attemptsMade - 1), LONGEST_BACKOFF_MILLISECONDS),
    );
  }
  return true;
}

/** Returns the index of the first failed record; the number of records when none failed. */
async function invokeBatch(
  records: readonly StreamRecord[],
  options: BatchOptions,
): Promise<number> {
  let answer: unknown;
  try {
    answer = await options.runtime.invoke(options.mapping.target, { Records: records });
  } catch {
    // The runtime has logged it.
    return 0;
  }
  if (!options.mapping.partialFailures) return records.length;
  const failed = readFailedItems(answer);
  if (failed === undefined) return 0;
  if (failed.length === 0) return records.length;
  const indexes = failed.map((id) =>
    records.findIndex(({ dynamodb }) => dynamodb.SequenceNumber === id),
  );
  return Math.max(0, Math.min(...indexes));
}

function isExhausted(
  records: readonly StreamRecord[],
  attempts: number,
  { maximumRetries, maximumAgeSeconds }: StreamMapping,
): boolean {
  if (maximumRetries >= 0 && attempts > maximumRetries) return true;
  const oldest = records[0]?.dynamodb.ApproximateCreationDateTime ?? 0;
  return maximumAgeSeconds >= 0 && Date.now() / 1000 - oldest > maximumAgeSeconds;
}

/** Reports the position of the records to the failure queue, as Lambda does, and goes on. */
function giveUpBatch(
  records: readonly StreamRecord[],
  attempts: number,
  options: BatchOptions,
): void {
  const first = records[0];
  const last = records.at(-1);
  if (first === undefined || last === undefined) return;
  const { mapping } = options;
  if (mapping.failureQueueArn !== undefined) {
    options.sendToFailureQueue(
      mapping.failureQueueArn,
      JSON.stringify({
        requestContext: {
          requestId: randomUUID(),
          functionArn: options.functionArn,
          condition: 'RetryAttemptsExhausted',
          approximateInvokeCount: attempts,
        },
        responseContext: {
          statusCode: 200,
          executedVersion: '$LATEST',
          functionError: 'Unhandled',
        },
        version: '1.0',
        timestamp: new Date().toISOString(),
        DDBStreamBatchInfo: {
          shardId: options.shardId,
          startSequenceNumber: first.dynamodb.SequenceNumber,
          endSequenceNumber: last.dynamodb.SequenceNumber,
          approximateArrivalOfFirstRecord: arrivedAtOf(first),
          approximateArrivalOfLastRecord: arrivedAtOf(last),
          batchSize: records.length,
          streamArn: first.eventSourceARN,
        },
      }),
    );
  }
  options.checkpoint(last.dynamodb.SequenceNumber);
}

function arrivedAtOf({ dynamodb }: StreamRecord): string {
  return new Date(dynamodb.ApproximateCreationDateTime * 1000).toISOString();
}
