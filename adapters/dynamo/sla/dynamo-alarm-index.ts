import { GetItemCommand, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { InquiryId, Instant } from '../../../core/inquiry/values/ids.ts';
import type { AlarmIndex, DueAlarm, SweepMark } from '../../../core/sla/ports.ts';
import {
  alarmShards,
  type DynamoTable,
  indexPartitions,
  readStringAttribute,
  type TableItem,
} from '../table.ts';
import { isConditionMet } from '../write-unless-raced.ts';

/** Length of the instant, with milliseconds, at the start of an alarm's sort key. */
const instantLength = '2026-11-22T00:00:00.000Z'.length;
const pageLimit = 500;

/** The `alarms` index, whose shards are read in parallel. */
export class DynamoAlarmIndex implements AlarmIndex {
  readonly #table: DynamoTable;

  constructor(table: DynamoTable) {
    this.#table = table;
  }

  async *findDue(from: Instant, before: Instant): AsyncIterable<readonly DueAlarm[]> {
    const starts = new Map<number, TableItem | undefined>(
      Array.from({ length: alarmShards }, (_, shard) => [shard, undefined]),
    );
    while (starts.size > 0) {
      const pages = await Promise.all(
        [...starts].map(([shard, start]) => this.#page(shard, from, before, start)),
      );
      for (const page of pages) {
        if (page.next === undefined) starts.delete(page.shard);
        else starts.set(page.shard, page.next);
      }
      const alarms = pages.flatMap((page) => page.alarms);
      if (alarms.length > 0) yield alarms;
    }
  }

  async #page(shard: number, from: Instant, before: Instant, start: TableItem | undefined) {
    const answer = await this.#table.client.send(
      new QueryCommand({
        TableName: this.#table.name,
        IndexName: 'alarms',
        KeyConditionExpression: 'alPk = :shard AND alSk BETWEEN :from AND :before',
        ExpressionAttributeValues: {
          ':shard': { S: indexPartitions.alarm(shard) },
          ':from': { S: from },
          // A sort key continues after the instant, so it is greater than the bare instant.
          ':before': { S: before },
        },
        Limit: pageLimit,
        ExclusiveStartKey: start,
      }),
    );
    const alarms = (answer.Items ?? []).flatMap(parseAlarm);
    return { shard, alarms, next: answer.LastEvaluatedKey };
  }
}

function parseAlarm(item: TableItem): DueAlarm[] {
  const pk = readStringAttribute(item, 'pk') ?? '';
  const sk = readStringAttribute(item, 'sk') ?? '';
  const alarmAt = readStringAttribute(item, 'alSk')?.slice(0, instantLength) as Instant;
  const notice = sk.startsWith('NOTICE#') ? sk.slice('NOTICE#'.length) : undefined;
  if (pk.startsWith('JOB#')) {
    const jobId = pk.slice('JOB#'.length);
    return notice === undefined
      ? [{ kind: 'job', jobId, alarmAt }]
      : [{ kind: 'job-notice', jobId, notice, alarmAt }];
  }
  const inquiryId = pk.slice('INQ#'.length) as InquiryId;
  if (sk === 'SNAPSHOT') return [{ kind: 'inquiry', inquiryId, alarmAt }];
  return notice === undefined ? [] : [{ kind: 'notice', inquiryId, notice, alarmAt }];
}

const markKey = { pk: { S: 'SWEEP' }, sk: { S: 'MARK' } };

/** How far the sweep has got, in an item of its own. */
export class DynamoSweepMark implements SweepMark {
  readonly #table: DynamoTable;

  constructor(table: DynamoTable) {
    this.#table = table;
  }

  async read(): Promise<number | undefined> {
    const { Item } = await this.#table.client.send(
      new GetItemCommand({ TableName: this.#table.name, Key: markKey, ConsistentRead: true }),
    );
    return Item?.['slot']?.N === undefined ? undefined : Number(Item['slot'].N);
  }

  advance(from: number | undefined, to: number): Promise<boolean> {
    return isConditionMet(
      this.#table.client.send(
        new PutItemCommand({
          TableName: this.#table.name,
          Item: { ...markKey, kind: { S: 'mark' }, slot: { N: String(to) } },
          ...(from === undefined
            ? { ConditionExpression: 'attribute_not_exists(pk)' }
            : {
                ConditionExpression: 'slot = :from',
                ExpressionAttributeValues: { ':from': { N: String(from) } },
              }),
        }),
      ),
    );
  }
}
