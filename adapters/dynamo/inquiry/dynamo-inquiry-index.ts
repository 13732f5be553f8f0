import { QueryCommand, type QueryCommandInput } from '@aws-sdk/client-dynamodb';
import type {
  HeldInquiry,
  InquiryIndex,
  InquiryListQuery,
  WaitingInquiry,
} from '../../../core/inquiry/ports.ts';
import type { Inquiry } from '../../../core/inquiry/snapshot.ts';
import type { DeskId, InquiryId, Instant, Sub } from '../../../core/inquiry/values/ids.ts';
import { Priority } from '../../../core/inquiry/values/vocabulary.ts';
import { mergeShards } from '../merge-shards.ts';
import {
  alarmShards,
  type DynamoTable,
  dataOf,
  getItems,
  indexPartitions,
  readStringAttribute,
  type TableItem,
  tableKeys,
  worklistShards,
} from '../table.ts';
import { quarantineDesk } from './inquiry-items.ts';

const indexes = {
  worklist: ['wlPk', 'wlSk'],
  agent: ['agPk', 'agSk'],
  requester: ['rqPk', 'rqSk'],
  alarms: ['alPk', 'alSk'],
} as const;
type IndexName = keyof typeof indexes;

/** Where a list is read: the partitions of an index, and the order. */
type IndexRange = {
  readonly index: IndexName;
  readonly partitions: readonly string[];
  readonly newestFirst: boolean;
  /** Whether an inquiry still belongs to the list, since the index may lag behind. */
  readonly includes: (inquiry: Inquiry) => boolean;
};

/** An inquiry in an index: `at` is its sort key, comparable across all partitions. */
type IndexEntry = { readonly id: InquiryId; readonly at: string };

/**
 * The indexes of inquiries: keys only, merged over their shards; the items are then read
 * consistently.
 *
 * An index lags behind its table, so inquiries that no longer belong to a list are left out, and
 * new ones may be missing for a moment.
 */
export class DynamoInquiryIndex implements InquiryIndex {
  readonly #table: DynamoTable;

  constructor(table: DynamoTable) {
    this.#table = table;
  }

  async listWaiting(desk: DeskId, limit: number): Promise<WaitingInquiry[]> {
    const { inquiries } = await this.page({ by: 'desk', desk }, limit);
    return inquiries.map((inquiry) => ({ id: inquiry.id, inquiry }));
  }

  async page(
    list: InquiryListQuery,
    limit: number,
    after?: string,
  ): Promise<{ inquiries: Inquiry[]; next?: string }> {
    const range = indexRangeOf(list);
    const inquiries: Inquiry[] = [];
    let last = after;
    let chunk: IndexEntry[] = [];
    const read = async () => {
      const snapshots = await getItems(
        this.#table,
        chunk.map(({ id }) => tableKeys.snapshot(id)),
      );
      for (const snapshot of snapshots) {
        const inquiry = dataOf<Inquiry>(snapshot);
        if (inquiry !== undefined && range.includes(inquiry)) inquiries.push(inquiry);
      }
      last = chunk.at(-1)?.at ?? last;
      chunk = [];
    };
    for await (const entry of this.#entries(range, limit, after)) {
      if (inquiries.length === limit && last !== undefined) return { inquiries, next: last };
      chunk.push(entry);
      if (inquiries.length + chunk.length === limit) await read();
    }
    if (chunk.length > 0) await read();
    return { inquiries };
  }

  async depth(desk: DeskId, limit: number): Promise<{ depth: number; oldest?: Instant }> {
    const { index, partitions } = indexRangeOf({ by: 'desk', desk });
    const shards = await Promise.all(
      partitions.map((partition) => this.#query(index, partition, { Limit: limit })),
    );
    const entries = shards.flatMap(({ items }) => items);
    const oldest = entries
      .map((item) => readStringAttribute(item, 'wlSk')?.split('#').at(-2) as Instant | undefined)
      .filter((receivedAt) => receivedAt !== undefined)
      .sort()[0];
    const depth = Math.min(entries.length, limit);
    return oldest === undefined ? { depth } : { depth, oldest };
  }

  async listHeld(agent: Sub): Promise<HeldInquiry[]> {
    const held: HeldInquiry[] = [];
    let start: TableItem | undefined;
    do {
      const page = await this.#query('agent', indexPartitions.agent(agent), {
        ExclusiveStartKey: start,
      });
      for (const item of page.items) {
        const id = readStringAttribute(item, 'pk')?.slice('INQ#'.length) as InquiryId;
        // Items written before the key ended in the priority count as medium, as most are.
        const priority =
          Priority.safeParse(readStringAttribute(item, 'agSk')?.split('#')[2]).data ?? 'medium';
        held.push({ id, priority });
      }
      start = page.next;
    } while (start !== undefined);
    return held;
  }

  #entries(
    range: IndexRange,
    limit: number,
    after: string | undefined,
  ): AsyncGenerator<IndexEntry> {
    const shards = range.partitions.map((partition) => this.#shard(range, partition, limit, after));
    return mergeShards(shards, (a, b) => (range.newestFirst ? a.at > b.at : a.at < b.at));
  }

  /** Reads one partition's entries in order, a page at a time. */
  async *#shard(
    { index, newestFirst }: IndexRange,
    partition: string,
    limit: number,
    after: string | undefined,
  ): AsyncGenerator<IndexEntry> {
    let start: TableItem | undefined;
    do {
      const page = await this.#query(
        index,
        partition,
        { Limit: limit, ScanIndexForward: !newestFirst, ExclusiveStartKey: start },
        after === undefined ? undefined : { comparison: newestFirst ? '<' : '>', with: after },
      );
      for (const item of page.items) {
        const at = readStringAttribute(item, indexes[index][1]);
        // Notices and jobs are in the alarms index too.
        if (at !== undefined && readStringAttribute(item, 'sk') === 'SNAPSHOT') {
          yield { id: readStringAttribute(item, 'pk')?.slice('INQ#'.length) as InquiryId, at };
        }
      }
      start = page.next;
    } while (start !== undefined);
  }

  async #query(
    index: IndexName,
    partition: string,
    options: Pick<QueryCommandInput, 'Limit' | 'ScanIndexForward' | 'ExclusiveStartKey'>,
    bound?: { readonly comparison: '<' | '>'; readonly with: string },
  ): Promise<{ items: TableItem[]; next: TableItem | undefined }> {
    const [pk, sk] = indexes[index];
    const answer = await this.#table.client.send(
      new QueryCommand({
        TableName: this.#table.name,
        IndexName: index,
        KeyConditionExpression:
          bound === undefined ? `${pk} = :pk` : `${pk} = :pk AND ${sk} ${bound.comparison} :sk`,
        ExpressionAttributeValues: {
          ':pk': { S: partition },
          ...(bound === undefined ? {} : { ':sk': { S: bound.with } }),
        },
        ...options,
      }),
    );
    return {
      items: answer.Items ?? [],
      next: answer.LastEvaluatedKey,
    };
  }
}

function indexRangeOf(list: InquiryListQuery): IndexRange {
  switch (list.by) {
    case 'requester':
      return {
        index: 'requester',
        partitions: [indexPartitions.requester(list.address)],
        newestFirst: true,
        includes: ({ requester }) => requester.address === list.address,
      };
    case 'agent':
      return {
        index: 'agent',
        partitions: [indexPartitions.agent(list.agent)],
        newestFirst: true,
        includes: ({ holder }) => holder?.agent === list.agent,
      };
    case 'handled':
      return {
        index: 'agent',
        partitions: [indexPartitions.handled(list.agent)],
        newestFirst: true,
        includes: ({ holder, lastAgent, resolvedAt }) =>
          holder === undefined && resolvedAt !== undefined && lastAgent?.agent === list.agent,
      };
    case 'desk':
      return {
        index: 'worklist',
        partitions: mapShards(worklistShards, (shard) =>
          indexPartitions.worklist(list.desk, shard),
        ),
        newestFirst: false,
        includes: ({ status, desk, availableAt }) =>
          status === 'queued' && desk === list.desk && availableAt === undefined,
      };
    case 'open':
      return {
        index: 'alarms',
        partitions: mapShards(alarmShards, indexPartitions.alarm),
        newestFirst: false,
        includes: ({ status }) => status !== 'closed' && status !== 'merged',
      };
    case 'quarantine':
      return {
        index: 'worklist',
        partitions: mapShards(worklistShards, (shard) =>
          indexPartitions.worklist(quarantineDesk, shard),
        ),
        newestFirst: false,
        includes: ({ status }) => status === 'quarantined',
      };
    default:
      return list satisfies never;
  }
}

function mapShards(count: number, keyOf: (shard: number) => string): string[] {
  return Array.from({ length: count }, (_, shard) => keyOf(shard));
}
