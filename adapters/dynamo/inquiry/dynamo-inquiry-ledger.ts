import {
  ConditionalCheckFailedException,
  GetItemCommand,
  QueryCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
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
import type { Message } from '../../../core/inquiry/values/message.ts';
import type { S3ContentStore } from '../../s3/content-store.ts';
import { GatheredReads } from '../batched-reads.ts';
import { dataOf, getItems, type Item, keys, type Table, text } from '../table.ts';
import { alarmKey, bodyKey, writesOf } from './inquiry-items.ts';

/** Bodies over this many bytes stand in the content bucket; an item holds 400 KB in all. */
export const bodyInlineLimit = 65_536;
/** How much of such a body stays in the event, in characters. */
const bodyExcerpt = 2_000;

/**
 * The inquiry ledger in DynamoDB: events, snapshot and all they owe in one transaction.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
 */
export class DynamoInquiryLedger implements InquiryLedger, PendingClaimIndex {
  readonly #table: Table;
  readonly #reads: GatheredReads;
  readonly #content: Pick<S3ContentStore, 'put' | 'get'>;

  constructor(table: Table, content: Pick<S3ContentStore, 'put' | 'get'>) {
    this.#table = table;
    this.#reads = new GatheredReads(table);
    this.#content = content;
  }

  async load(id: InquiryId): Promise<LoadedInquiry | undefined> {
    const [snapshot, lease] = await this.#reads.read([keys.snapshot(id), keys.lease(id)]);
    return loadedOf(snapshot, lease);
  }

  async loadOpening(
    id: InquiryId,
  ): Promise<{ loaded: LoadedInquiry; opening: RecordedEvent } | undefined> {
    const wanted = [keys.snapshot(id), keys.lease(id), keys.event(id, 1)];
    const [snapshot, lease, first] = await getItems(this.#table, wanted);
    const loaded = loadedOf(snapshot, lease);
    if (loaded === undefined || first === undefined) return undefined;
    return { loaded, opening: await this.#recordedOf(first) };
  }

  async idOf(number: InquiryNumber): Promise<InquiryId | undefined> {
    const { Item } = await this.#table.client.send(
      new GetItemCommand({
        TableName: this.#table.name,
        Key: keys.number(number),
        ConsistentRead: true,
      }),
    );
    return text(Item, 'id') as InquiryId | undefined;
  }

  async append(...appendings: readonly PendingAppend[]): Promise<AppendOutcome> {
    const stored = await Promise.all(
      appendings.map((appending) => this.#withBodiesAside(appending)),
    );
    const writes = stored.flatMap((appending) => writesOf(this.#table.name, appending));
    try {
      await this.#table.client.send(
        new TransactWriteItemsCommand({ TransactItems: writes.map((write) => write.item) }),
      );
      return { appended: true };
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      const reasons = error.CancellationReasons ?? [];
      // A repeated input is recognized before lost races: reading again would not change it.
      const failed = writes
        .filter((_, index) => reasons[index]?.Code === 'ConditionalCheckFailed')
        .map((write) => write.conflict);
      const conflict =
        failed.find((one) => one === 'receipt') ??
        failed.find((one) => one === 'once' || one === 'claim') ??
        failed[0];
      if (conflict !== undefined) return { appended: false, conflict };
      if (reasons.some((reason) => reason.Code === 'TransactionConflict')) {
        return { appended: false, conflict: 'busy' };
      }
      throw error;
    }
  }

  async events(id: InquiryId, after: number, limit: number): Promise<RecordedEvent[]> {
    const recorded: RecordedEvent[] = [];
    let start: Item | undefined;
    do {
      const answer = await this.#table.client.send(
        new QueryCommand({
          TableName: this.#table.name,
          KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
          ExpressionAttributeValues: {
            ':pk': keys.event(id, 0).pk,
            ':from': keys.event(id, after + 1).sk,
            ':to': keys.event(id, 99_999_999).sk,
          },
          ConsistentRead: true,
          Limit: limit - recorded.length,
          ExclusiveStartKey: start,
        }),
      );
      for (const item of answer.Items ?? []) recorded.push(await this.#recordedOf(item));
      start = answer.LastEvaluatedKey;
    } while (start !== undefined && recorded.length < limit);
    return recorded;
  }

  async prolong(id: InquiryId, lease: Lease, now: Instant, until: Instant): Promise<boolean> {
    try {
      await this.#table.client.send(
        new UpdateItemCommand({
          TableName: this.#table.name,
          Key: keys.lease(id),
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
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  async rearm(id: InquiryId, version: number, alarmAt: Instant): Promise<void> {
    const { alPk, alSk } = alarmKey(id, alarmAt);
    try {
      await this.#table.client.send(
        new UpdateItemCommand({
          TableName: this.#table.name,
          Key: keys.snapshot(id),
          UpdateExpression: 'SET alPk = :alPk, alSk = :alSk',
          ConditionExpression: 'version = :version',
          ExpressionAttributeValues: {
            ':alPk': alPk ?? { NULL: true },
            ':alSk': alSk ?? { NULL: true },
            ':version': { N: String(version) },
          },
        }),
      );
    } catch (error) {
      // Whoever changed the inquiry has set its alarm anew.
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  }

  async find(agent: Sub, desk: DeskId): Promise<InquiryId | undefined> {
    const { Item } = await this.#table.client.send(
      new GetItemCommand({
        TableName: this.#table.name,
        Key: keys.claim(agent, desk),
        ConsistentRead: true,
      }),
    );
    return text(Item, 'id') as InquiryId | undefined;
  }

  /** Before the transaction: a body that is left over when it fails is found by nobody and ages out. */
  async #withBodiesAside(appending: PendingAppend): Promise<PendingAppend> {
    const first = appending.after.version - appending.events.length + 1;
    const events = await Promise.all(
      appending.events.map(async (event, index) => {
        const message = messageOf(event);
        if (message === undefined) return event;
        const body = JSON.stringify({ text: message.text, fullText: message.fullText });
        if (Buffer.byteLength(body) <= bodyInlineLimit) return event;
        const key = bodyKey(appending.id, first + index, body);
        await this.#content.put(key, body, 'application/json');
        const { fullText: _, ...kept } = message;
        return withMessage(event, {
          ...kept,
          text: message.text.slice(0, bodyExcerpt),
          bodyKey: key,
        });
      }),
    );
    return { ...appending, events };
  }

  async #recordedOf(item: Item): Promise<RecordedEvent> {
    const seq = Number(text(item, 'sk')?.slice('EVT#'.length));
    const event = dataOf<InquiryEvent>(item);
    if (event === undefined) throw new TypeError(`event ${seq} has no data`);
    const message = messageOf(event);
    if (message?.bodyKey === undefined) return { seq, event };
    const bytes = await this.#content.get(message.bodyKey);
    if (bytes === undefined) return { seq, event };
    const body = JSON.parse(Buffer.from(bytes).toString()) as Pick<Message, 'text' | 'fullText'>;
    return { seq, event: withMessage(event, { ...message, ...body }) };
  }
}

/** A snapshot and its lease as the ledger's items hold them. */
export function loadedOf(
  snapshot: Item | undefined,
  lease: Item | undefined,
): LoadedInquiry | undefined {
  const inquiry = dataOf<Inquiry>(snapshot);
  if (inquiry === undefined) return undefined;
  return lease === undefined ? { inquiry } : { inquiry, lease: leaseOf(lease) };
}

function leaseOf(item: Item): Lease {
  return {
    agent: text(item, 'agent') as Sub,
    desk: text(item, 'desk') as DeskId,
    fence: Number(item['fence']?.N),
    until: text(item, 'until') as Instant,
    confirmed: item['confirmed']?.BOOL ?? false,
  };
}

/** The message that an event carries, if it carries one. */
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
