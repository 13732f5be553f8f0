import {
  GetItemCommand,
  QueryCommand,
  TransactionCanceledException,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { InquiryEvent, RecordedEvent } from '../../../core/inquiry/events/events.ts';
import type {
  AppendOutcome,
  InquiryLedger,
  LoadedInquiry,
  PendingAppend,
  PendingClaimIndex,
} from '../../../core/inquiry/ports.ts';
import type { Inquiry, Lease } from '../../../core/inquiry/snapshot.ts';
import type { DeskId, InquiryId, Instant, Sub } from '../../../core/inquiry/values/ids.ts';
import type { InquiryNumber } from '../../../core/inquiry/values/inquiry-number.ts';
import { type Message, markMissingRest } from '../../../core/inquiry/values/message.ts';
import type { S3ContentStore } from '../../s3/content-store.ts';
import { BatchedReads } from '../batched-reads.ts';
import {
  type DynamoTable,
  dataOf,
  getItems,
  readStringAttribute,
  type TableItem,
  tableKeys,
} from '../table.ts';
import { isConditionMet, writeTransaction } from '../write-unless-raced.ts';
import { buildAppendWrites, makeAlarmKey, makeBodyKey } from './inquiry-items.ts';

/** Bodies over this many bytes are stored in the content bucket; an item holds 400 KB in all. */
export const inlineBodyLimit = 65_536;
/** How much of such a body stays in the event, in characters. */
const bodyExcerptLength = 2_000;

/**
 * The inquiry ledger in DynamoDB: events, snapshot and all that follows from them in one
 * transaction.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
 */
export class DynamoInquiryLedger implements InquiryLedger, PendingClaimIndex {
  readonly #table: DynamoTable;
  readonly #reads: BatchedReads;
  readonly #content: Pick<S3ContentStore, 'put' | 'get'>;

  constructor(table: DynamoTable, content: Pick<S3ContentStore, 'put' | 'get'>) {
    this.#table = table;
    this.#reads = new BatchedReads(table);
    this.#content = content;
  }

  async load(id: InquiryId): Promise<LoadedInquiry | undefined> {
    const [snapshot, lease] = await this.#reads.read([tableKeys.snapshot(id), tableKeys.lease(id)]);
    return buildLoadedInquiry(snapshot, lease);
  }

  async loadOpening(
    id: InquiryId,
  ): Promise<{ loaded: LoadedInquiry; opening: RecordedEvent } | undefined> {
    const keys = [tableKeys.snapshot(id), tableKeys.lease(id), tableKeys.event(id, 1)];
    const [snapshot, lease, first] = await getItems(this.#table, keys);
    const loaded = buildLoadedInquiry(snapshot, lease);
    if (loaded === undefined || first === undefined) return undefined;
    return { loaded, opening: await this.#readRecordedEvent(first) };
  }

  async idOf(number: InquiryNumber): Promise<InquiryId | undefined> {
    const { Item } = await this.#table.client.send(
      new GetItemCommand({
        TableName: this.#table.name,
        Key: tableKeys.number(number),
        ConsistentRead: true,
      }),
    );
    return readStringAttribute(Item, 'id') as InquiryId | undefined;
  }

  async append(...pendingAppends: readonly PendingAppend[]): Promise<AppendOutcome> {
    const stored = await Promise.all(
      pendingAppends.map((pendingAppend) => this.#storeLongBodies(pendingAppend)),
    );
    const writes = stored.flatMap((pendingAppend) =>
      buildAppendWrites(this.#table.name, pendingAppend),
    );
    try {
      await writeTransaction(
        this.#table,
        writes.map((write) => write.item),
      );
      return { appended: true };
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      const reasons = error.CancellationReasons ?? [];
      // A repeated input is reported before lost races: reading again would not change it.
      const conflicts = writes
        .filter((_, index) => reasons[index]?.Code === 'ConditionalCheckFailed')
        .map((write) => write.conflict);
      const conflict =
        conflicts.find((one) => one === 'receipt') ??
        conflicts.find((one) => one === 'once' || one === 'claim') ??
        conflicts[0];
      if (conflict !== undefined) return { appended: false, conflict };
      if (reasons.some((reason) => reason.Code === 'TransactionConflict')) {
        return { appended: false, conflict: 'busy' };
      }
      throw error;
    }
  }

  async events(id: InquiryId, after: number, limit: number): Promise<RecordedEvent[]> {
    const recorded: RecordedEvent[] = [];
    let start: TableItem | undefined;
    do {
      const answer = await this.#table.client.send(
        new QueryCommand({
          TableName: this.#table.name,
          KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
          ExpressionAttributeValues: {
            ':pk': tableKeys.event(id, 0).pk,
            ':from': tableKeys.event(id, after + 1).sk,
            ':to': tableKeys.event(id, 99_999_999).sk,
          },
          ConsistentRead: true,
          Limit: limit - recorded.length,
          ExclusiveStartKey: start,
        }),
      );
      for (const item of answer.Items ?? []) recorded.push(await this.#readRecordedEvent(item));
      start = answer.LastEvaluatedKey;
    } while (start !== undefined && recorded.length < limit);
    return recorded;
  }

  prolong(id: InquiryId, lease: Lease, now: Instant, until: Instant): Promise<boolean> {
    return isConditionMet(
      this.#table.client.send(
        new UpdateItemCommand({
          TableName: this.#table.name,
          Key: tableKeys.lease(id),
          UpdateExpression: 'SET #until = :until, confirmed = :confirmed',
          ConditionExpression: 'fence = :fence AND #agent = :agent AND #until > :now',
          ExpressionAttributeNames: { '#agent': 'agent', '#until': 'until' },
          ExpressionAttributeValues: {
            ':until': { S: until },
            ':confirmed': { BOOL: true },
            ':fence': { N: String(lease.fence) },
            ':agent': { S: lease.agent },
            ':now': { S: now },
          },
        }),
      ),
    );
  }

  async rearm(id: InquiryId, version: number, alarmAt: Instant): Promise<void> {
    // A writer that has changed the inquiry has also set its alarm.
    await moveInAlarms(this.#table, { id, version }, makeAlarmKey(id, alarmAt));
  }

  async find(agent: Sub, desk: DeskId): Promise<InquiryId | undefined> {
    const { Item } = await this.#table.client.send(
      new GetItemCommand({
        TableName: this.#table.name,
        Key: tableKeys.claim(agent, desk),
        ConsistentRead: true,
      }),
    );
    return readStringAttribute(Item, 'id') as InquiryId | undefined;
  }

  /** Runs before the transaction: if that fails, the body is unreferenced and ages out. */
  async #storeLongBodies(pendingAppend: PendingAppend): Promise<PendingAppend> {
    const first = pendingAppend.after.version - pendingAppend.events.length + 1;
    const events = await Promise.all(
      pendingAppend.events.map(async (event, index) => {
        const message = messageOf(event);
        if (message === undefined) return event;
        const body = JSON.stringify({ text: message.text, fullText: message.fullText });
        if (Buffer.byteLength(body) <= inlineBodyLimit) return event;
        const key = makeBodyKey(pendingAppend.id, first + index, body);
        await this.#content.put(key, body, 'application/json');
        const { fullText: _, ...rest } = message;
        return withMessage(event, {
          ...rest,
          text: message.text.slice(0, bodyExcerptLength),
          bodyKey: key,
        });
      }),
    );
    return { ...pendingAppend, events };
  }

  async #readRecordedEvent(item: TableItem): Promise<RecordedEvent> {
    const seq = Number(readStringAttribute(item, 'sk')?.slice('EVT#'.length));
    const event = dataOf<InquiryEvent>(item);
    if (event === undefined) throw new TypeError(`event ${seq} has no data`);
    return { seq, event: await readStoredBody(this.#content, event) };
  }
}

/**
 * Adds to an event the body of its message that is stored in the content bucket. When that is gone,
 * its beginning in the event stands for it and says so.
 */
/**
 * Moves an inquiry within the `alarms` index; returns false when it is no longer of that version.
 *
 * @param key from `makeAlarmKey` or `makeEndedKey`
 */
export function moveInAlarms(
  { client, name }: DynamoTable,
  { id, version }: Pick<Inquiry, 'id' | 'version'>,
  { alPk, alSk }: TableItem,
): Promise<boolean> {
  return isConditionMet(
    client.send(
      new UpdateItemCommand({
        TableName: name,
        Key: tableKeys.snapshot(id),
        UpdateExpression: 'SET alPk = :alPk, alSk = :alSk',
        ConditionExpression: 'version = :version',
        ExpressionAttributeValues: {
          ':alPk': alPk ?? { NULL: true },
          ':alSk': alSk ?? { NULL: true },
          ':version': { N: String(version) },
        },
      }),
    ),
  );
}

export async function readStoredBody(
  content: Pick<S3ContentStore, 'get'>,
  event: InquiryEvent,
): Promise<InquiryEvent> {
  const message = messageOf(event);
  if (message?.bodyKey === undefined) return event;
  const bytes = await content.get(message.bodyKey);
  if (bytes === undefined) return withMessage(event, markMissingRest(message));
  const body = JSON.parse(Buffer.from(bytes).toString()) as Pick<Message, 'text' | 'fullText'>;
  return withMessage(event, { ...message, ...body });
}

/** Builds a loaded inquiry from the ledger's snapshot and lease items. */
export function buildLoadedInquiry(
  snapshot: TableItem | undefined,
  lease: TableItem | undefined,
): LoadedInquiry | undefined {
  const inquiry = dataOf<Inquiry>(snapshot);
  if (inquiry === undefined) return undefined;
  return lease === undefined ? { inquiry } : { inquiry, lease: leaseOf(lease) };
}

function leaseOf(item: TableItem): Lease {
  return {
    agent: readStringAttribute(item, 'agent') as Sub,
    desk: readStringAttribute(item, 'desk') as DeskId,
    fence: Number(item['fence']?.N),
    until: readStringAttribute(item, 'until') as Instant,
    confirmed: item['confirmed']?.BOOL ?? false,
  };
}

/** The message that an event carries, if any. */
export function messageOf(event: InquiryEvent): Message | undefined {
  if (event.type === 'InquiryReceived' || event.type === 'InquiryAdmitted') {
    return event.received.message;
  }
  return 'message' in event ? event.message : undefined;
}

export function withMessage(event: InquiryEvent, message: Message): InquiryEvent {
  if (event.type === 'InquiryReceived' || event.type === 'InquiryAdmitted') {
    return { ...event, received: { ...event.received, message } };
  }
  return { ...event, message } as InquiryEvent;
}
