import {
  type AttributeValue,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { AuditEntry, AuditLog } from '../../../core/access/audit-entry.ts';
import {
  type AuditArchive,
  type AuditRange,
  type AuditSlice,
  auditPlaceOf,
} from '../../../core/audit/ports.ts';
import type { Randomness } from '../../../core/inquiry/ports.ts';
import { addSeconds, type Instant } from '../../../core/inquiry/values/ids.ts';
import { type DynamoTable, dataOf, getItems, type TableItem } from '../table.ts';
import { auditIndexKeys, buildAuditItem, listAuditPartitions } from './audit-items.ts';

/** One stream of entries in order of time: a partition of the table or of an index. */
type AuditEntryStream = {
  readonly partition: string;
  readonly index?: 'agent' | 'requester';
  /** Only entries about several inquiries that name one of these. */
  readonly refs?: readonly string[];
};

/** A piece of a stream; `reached` is how far it was read, unless that was its end. */
type StreamSlice = { readonly entries: readonly AuditEntry[]; readonly reached?: string };

/** An index holds keys only; their items are then read a hundred at a time. */
const keysAtOnce = 100;

/** The audit in DynamoDB: items that are written once and expire by themselves. */
export class DynamoAuditLog implements AuditLog, AuditArchive {
  readonly #table: DynamoTable;
  readonly #random: Pick<Randomness, 'id'>;

  constructor(table: DynamoTable, random: Pick<Randomness, 'id'>) {
    this.#table = table;
    this.#random = random;
  }

  async append(entries: readonly Omit<AuditEntry, 'id'>[]): Promise<void> {
    await Promise.all(
      entries.map((entry) => {
        const item = buildAuditItem({ id: this.#random.id(entry.at), ...entry });
        return this.#table.client.send(
          new PutItemCommand({
            TableName: this.#table.name,
            Item: item,
            // The SDK repeats a put whose answer was lost.
            ConditionExpression: 'attribute_not_exists(pk) OR #data = :data',
            ExpressionAttributeNames: { '#data': 'data' },
            ExpressionAttributeValues: { ':data': item['data'] as AttributeValue },
          }),
        );
      }),
    );
  }

  /**
   * Reads the entries of an actor, or of one day: one piece of each stream, as far back as all of
   * them were read. What some streams were read further is read again with the next slice.
   */
  async readSlice(range: AuditRange, before: string, enough: number): Promise<AuditSlice> {
    const { from, actor, inquiry } = range;
    const day = findDayBefore(before);
    const isByActor = actor !== undefined;
    const low = isByActor || from > startOfDay(day) ? from : startOfDay(day);
    // A default range moves on with time and may have passed the place.
    if (before <= low) return { entries: [] };
    const pieces = await Promise.all(
      listStreams(day, actor, inquiry).map((stream) =>
        this.#readSlice(stream, low, before, enough),
      ),
    );
    const reached = pieces.flatMap((piece) => piece.reached ?? []).sort();
    const frontier = reached.at(-1) ?? '';
    const entries = pieces
      .flatMap((piece) => piece.entries)
      .filter((entry) => auditPlaceOf(entry) >= frontier)
      .sort((one, other) => (auditPlaceOf(one) < auditPlaceOf(other) ? 1 : -1));
    if (frontier !== '') return { entries, next: frontier };
    return low === from ? { entries } : { entries, next: low };
  }

  async #readSlice(
    stream: AuditEntryStream,
    low: string,
    before: string,
    enough: number,
  ): Promise<StreamSlice> {
    const { Items = [], LastEvaluatedKey } = await this.#table.client.send(
      new QueryCommand({ TableName: this.#table.name, ...buildQuery(stream, low, before, enough) }),
    );
    const items =
      stream.index === undefined ? Items : await getItems(this.#table, Items.map(keyOf));
    const entries = items
      .flatMap((item) => dataOf<AuditEntry>(item) ?? [])
      .filter((entry) => auditPlaceOf(entry) < before);
    const reached = LastEvaluatedKey?.['sk']?.S;
    return reached === undefined ? { entries } : { entries, reached };
  }
}

function buildQuery(
  { partition, index, refs }: AuditEntryStream,
  low: string,
  before: string,
  enough: number,
): Omit<QueryCommandInput, 'TableName'> {
  const [pk, sk] = keyNames[index ?? 'table'];
  const placeholders = refs?.map((ref, index) => [`:name${index}`, { S: ref }] as const) ?? [];
  return {
    ...(index === undefined ? {} : { IndexName: index }),
    KeyConditionExpression: `${pk} = :pk AND ${sk} BETWEEN :low AND :high`,
    ExpressionAttributeValues: {
      ':pk': { S: partition },
      ':low': { S: low },
      ':high': { S: before },
      ...Object.fromEntries(placeholders),
    },
    ScanIndexForward: false,
    ...(placeholders.length === 0
      ? // One more, since the entry at `before` itself may be among them.
        { Limit: index === undefined ? enough + 1 : Math.min(enough + 1, keysAtOnce) }
      : {
          FilterExpression: placeholders.map(([name]) => `contains(#data, ${name})`).join(' OR '),
          ExpressionAttributeNames: { '#data': 'data' },
        }),
  };
}

const keyNames = {
  table: ['pk', 'sk'],
  agent: ['agPk', 'agSk'],
  requester: ['rqPk', 'rqSk'],
} as const;

/** An actor has one stream; an inquiry has one of the entries about it alone. */
function listStreams(
  day: string,
  actor: string | undefined,
  inquiry: readonly string[] | undefined,
): AuditEntryStream[] {
  if (actor !== undefined) return [{ partition: auditIndexKeys.actor(actor), index: 'agent' }];
  if (inquiry === undefined) return listAuditPartitions(day).map((partition) => ({ partition }));
  return [
    ...inquiry.map((ref) => ({
      partition: auditIndexKeys.inquiry(ref),
      index: 'requester' as const,
    })),
    ...listAuditPartitions(day, 'list').map((partition) => ({ partition, refs: inquiry })),
  ];
}

/** Finds the day to read next before a place; a bare start of a day means that this day is read. */
function findDayBefore(place: string): string {
  const at = place.slice(0, 24) as Instant;
  return place === startOfDay(at) ? addSeconds(at, -1).slice(0, 10) : at.slice(0, 10);
}

function startOfDay(day: string): Instant {
  return `${day.slice(0, 10)}T00:00:00.000Z` as Instant;
}

function keyOf({ pk, sk }: TableItem): { pk: { S: string }; sk: { S: string } } {
  return { pk: { S: pk?.S ?? '' }, sk: { S: sk?.S ?? '' } };
}
