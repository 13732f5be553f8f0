import { QueryCommand, type QueryCommandInput } from '@aws-sdk/client-dynamodb';
import type { VerdictKey, VerdictRecord } from '../../../core/inquiry/clock/verdict.ts';
import type { DeskId } from '../../../core/inquiry/values/ids.ts';
import type { BreachSelection, ListedBreach, VerdictLedger } from '../../../core/sla/ports.ts';
import type { MonthRecords } from '../../../core/sla/report/report-ports.ts';
import { verdictRecordOf } from '../inquiry/verdict-items.ts';
import { mergeShards } from '../merge-shards.ts';
import {
  computeShard,
  type DynamoTable,
  getItems,
  indexPartitions,
  makeVerdictPartition,
  type TableItem,
  verdictShards,
} from '../table.ts';

/** A breach in the index: its sort key, and the key of its record. */
type BreachEntry = { readonly at: string; readonly key: Parameters<typeof getItems>[1][number] };

/** Breaches sort by instants, which begin with the year, so between these two. */
const belowAll = '0';
const aboveAll = '~';

/** Verdict records in DynamoDB: written by the inquiry ledger, read here. */
export class DynamoVerdictLedger implements VerdictLedger, MonthRecords {
  readonly #table: DynamoTable;

  constructor(table: DynamoTable) {
    this.#table = table;
  }

  async *readMonth(
    month: string,
    desk: DeskId | undefined,
  ): AsyncGenerator<readonly VerdictRecord[]> {
    for (const partition of mapShards((shard) => makeVerdictPartition(month, desk, shard))) {
      yield* this.#records(partition);
    }
  }

  async listBreaches(
    selection: BreachSelection,
    limit: number,
    after?: string,
  ): Promise<{ breaches: ListedBreach[]; next?: string }> {
    const newestFirst = selection.state === 'done';
    const streams = mapShards((shard) => this.#entries(selection, shard, limit, after));
    const merged = mergeShards(streams, (a, b) => (newestFirst ? a.at > b.at : a.at < b.at));
    const entries: BreachEntry[] = [];
    let next: string | undefined;
    for await (const entry of merged) {
      if (entries.length === limit) {
        next = entries.at(-1)?.at;
        break;
      }
      entries.push(entry);
    }
    const items = await getItems(
      this.#table,
      entries.map(({ key }) => key),
    );
    const breaches = entries.flatMap(({ at }, index) => {
      const record = verdictRecordOf(items[index]);
      // Reviewed since, while the index lags: it belongs to the other list now.
      const isListedHere = (record?.reviews.length ?? 0) > 0 === newestFirst;
      return record === undefined || !isListedHere ? [] : [{ at, record }];
    });
    return next === undefined ? { breaches } : { breaches, next };
  }

  async readClockRecords({
    inquiryId,
    clock,
    judged,
  }: Omit<VerdictKey, 'cycle' | 'run'>): Promise<VerdictRecord[]> {
    const shard = computeShard(inquiryId, verdictShards);
    const partition = makeVerdictPartition(judged.month, judged.desk, shard);
    const records: VerdictRecord[] = [];
    for await (const page of this.#records(partition, `${inquiryId}#${clock}#`)) {
      records.push(...page);
    }
    return records.sort(
      ({ verdict: one }, { verdict: other }) => one.cycle - other.cycle || one.run - other.run,
    );
  }

  async *#entries(
    { state, from, before }: BreachSelection,
    shard: number,
    limit: number,
    after: string | undefined,
  ): AsyncGenerator<BreachEntry> {
    const newestFirst = state === 'done';
    const low = (newestFirst ? undefined : after) ?? from ?? belowAll;
    const high = (newestFirst ? after : undefined) ?? before ?? aboveAll;
    for await (const items of this.#pages({
      IndexName: 'worklist',
      KeyConditionExpression: 'wlPk = :pk AND wlSk BETWEEN :low AND :high',
      ExpressionAttributeValues: {
        ':pk': { S: indexPartitions.breach(state, shard) },
        ':low': { S: low },
        ':high': { S: high },
      },
      ScanIndexForward: !newestFirst,
      // One more than the limit: the entry after which the page begins is among them.
      Limit: limit + 1,
    })) {
      for (const { pk, sk, wlSk } of items) {
        const at = wlSk?.S;
        if (at === undefined || at === after) continue;
        yield { at, key: { pk: { S: pk?.S ?? '' }, sk: { S: sk?.S ?? '' } } };
      }
    }
  }

  async *#records(partition: string, prefix?: string): AsyncGenerator<VerdictRecord[]> {
    const isWhole = prefix === undefined;
    for await (const items of this.#pages({
      KeyConditionExpression: isWhole ? 'pk = :pk' : 'pk = :pk AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: {
        ':pk': { S: partition },
        ...(isWhole ? {} : { ':prefix': { S: prefix } }),
      },
      ConsistentRead: true,
    })) {
      yield items.map(verdictRecordOf).filter((record) => record !== undefined);
    }
  }

  async *#pages(query: Omit<QueryCommandInput, 'TableName'>): AsyncGenerator<TableItem[]> {
    let start: TableItem | undefined;
    do {
      const answer = await this.#table.client.send(
        new QueryCommand({
          TableName: this.#table.name,
          ...query,
          ...(start === undefined ? {} : { ExclusiveStartKey: start }),
        }),
      );
      yield answer.Items ?? [];
      start = answer.LastEvaluatedKey;
    } while (start !== undefined);
  }
}

function mapShards<Of>(keyOf: (shard: number) => Of): Of[] {
  return Array.from({ length: verdictShards }, (_, shard) => keyOf(shard));
}
