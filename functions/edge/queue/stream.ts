import middy from '@middy/core';
import type {
  AttributeValue,
  Context,
  DynamoDBBatchResponse,
  DynamoDBRecord,
  DynamoDBStreamEvent,
} from 'aws-lambda';
import type * as z from 'zod';
import { makeMetricsMiddleware } from '../telemetry/metrics-middleware.ts';
import type { Log, Meter } from '../telemetry/telemetry.ts';
import {
  acknowledgeRecord,
  parseRecord,
  type RecordOutcome,
  reportRecordCrash,
} from './record-outcome.ts';

export type StreamHandler = (
  event: DynamoDBStreamEvent,
  context: Context,
) => Promise<DynamoDBBatchResponse>;

type StreamContext = { readonly remainingMs: number };

/** Handles one item at a time, or a run of items together with one outcome for each. */
type ItemHandling<Item> =
  | { readonly handle: (item: Item, context: StreamContext) => Promise<RecordOutcome> }
  | {
      readonly handleRun: (
        items: readonly Item[],
        context: StreamContext,
      ) => Promise<readonly RecordOutcome[]>;
    };

/**
 * Makes a handler for a table's stream (`NEW_IMAGE`) that keeps the order.
 *
 * `item` reads the new image as a plain object. The batch is acknowledged up to the first item that
 * fails; that one and all after it come again, until the mapping's retries end in its DLQ. An item
 * that does not fit the schema ends the run before it, so that it comes first in the next delivery.
 */
export function makeStreamHandler<S extends z.ZodType>(
  options: {
    readonly item: S;
    readonly logger: Log;
    readonly meter: Meter;
  } & ItemHandling<z.output<S>>,
): StreamHandler {
  const { item: schema, logger, meter } = options;

  async function handleBatch(
    event: DynamoDBStreamEvent,
    context: Context,
  ): Promise<DynamoDBBatchResponse> {
    const read = (record: DynamoDBRecord) =>
      parseRecord(
        sequenceOf(record),
        () => toPlainItem(record.dynamodb?.NewImage ?? {}),
        schema,
        logger,
        meter,
      );
    const streamContext = { remainingMs: context.getRemainingTimeInMillis() };
    const acknowledged = await ('handle' in options
      ? acknowledgeOneByOne(event.Records, read, (item) => options.handle(item, streamContext))
      : acknowledgeRun(event.Records, read, (items) => options.handleRun(items, streamContext)));
    const failed = event.Records[acknowledged];
    return {
      batchItemFailures: failed === undefined ? [] : [{ itemIdentifier: sequenceOf(failed) }],
    };
  }

  async function acknowledgeOneByOne(
    records: readonly DynamoDBRecord[],
    read: ReadItem<z.output<S>>,
    handle: (item: z.output<S>) => Promise<RecordOutcome>,
  ): Promise<number> {
    for (const [index, record] of records.entries()) {
      const item = read(record);
      if (item === undefined) return index;
      try {
        if (!acknowledgeRecord(sequenceOf(record), await handle(item.value), logger, meter))
          return index;
      } catch (error) {
        reportRecordCrash(sequenceOf(record), error, logger, meter);
        return index;
      }
    }
    return records.length;
  }

  async function acknowledgeRun(
    records: readonly DynamoDBRecord[],
    read: ReadItem<z.output<S>>,
    handle: (items: readonly z.output<S>[]) => Promise<readonly RecordOutcome[]>,
  ): Promise<number> {
    const items: z.output<S>[] = [];
    for (const record of records) {
      const item = read(record);
      if (item === undefined) break;
      items.push(item.value);
    }
    if (items.length === 0) return 0;
    try {
      const outcomes = await handle(items);
      for (const [index, record] of records.slice(0, items.length).entries()) {
        if (!acknowledgeRecord(sequenceOf(record), outcomes[index] ?? 'retry', logger, meter))
          return index;
      }
      return items.length;
    } catch (error) {
      reportRecordCrash(records.slice(0, 1).map(sequenceOf).join(), error, logger, meter);
      return 0;
    }
  }

  return middy<DynamoDBStreamEvent, DynamoDBBatchResponse>(handleBatch, {
    timeoutEarlyInMillis: 0,
  }).use(makeMetricsMiddleware(meter));
}

type ReadItem<Item> = (record: DynamoDBRecord) => { readonly value: Item } | undefined;

function sequenceOf(record: DynamoDBRecord): string {
  return record.dynamodb?.SequenceNumber ?? '';
}

/** Reads DynamoDB's JSON as a plain object; numbers become numbers, sets become lists. */
export function toPlainItem(
  image: Readonly<Record<string, AttributeValue>>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(image).map(([name, value]) => [name, toPlainValue(value)]),
  );
}

function toPlainValue(value: AttributeValue): unknown {
  if (value.S !== undefined) return value.S;
  if (value.N !== undefined) return Number(value.N);
  if (value.BOOL !== undefined) return value.BOOL;
  if (value.L !== undefined) return value.L.map(toPlainValue);
  if (value.M !== undefined) return toPlainItem(value.M);
  if (value.SS !== undefined) return value.SS;
  if (value.NS !== undefined) return value.NS.map(Number);
  return value.B ?? value.BS ?? null;
}
