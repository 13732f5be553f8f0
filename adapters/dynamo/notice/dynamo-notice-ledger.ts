import {
  GetItemCommand,
  QueryCommand,
  TransactionCanceledException,
  type TransactWriteItem,
} from '@aws-sdk/client-dynamodb';
import type { InquiryEvent } from '../../../core/inquiry/events/events.ts';
import { type Notice, noticeKeyOf } from '../../../core/inquiry/outbox/notice.ts';
import type { NoticeQueueMessage } from '../../../core/inquiry/outbox/queue-messages.ts';
import type { Inquiry } from '../../../core/inquiry/snapshot.ts';
import type { ReplyAudience } from '../../../core/inquiry/tokens/reply-token.ts';
import {
  addSeconds,
  type EmailAddress,
  type InquiryId,
  type Instant,
} from '../../../core/inquiry/values/ids.ts';
import type {
  NoticeLedger,
  NoticeStep,
  NoticeStepOutcome,
  OwedNotice,
  PrecedingMessages,
  SendingHistory,
  SentMailIndex,
  VersionedBurst,
} from '../../../core/notice/ports.ts';
import type { NoticeDigest } from '../../../core/notice/sending/notice-bursts.ts';
import type { AutomaticSending } from '../../../core/notice/sending/sending-limits.ts';
import type { S3ContentStore } from '../../s3/content-store.ts';
import { messageOf, readStoredBody } from '../inquiry/dynamo-inquiry-ledger.ts';
import { buildNoticeItem } from '../inquiry/inquiry-items.ts';
import {
  buildRevisionCondition,
  type DynamoTable,
  dataOf,
  digestKey,
  getItems,
  listSortKeys,
  readStringAttribute,
  type TableItem,
  tableKeys,
  toEpochSeconds,
} from '../table.ts';
import { hasReason, writeTransaction } from '../write-unless-raced.ts';
import { buildBurstPut, makeHeldNoticeKey, queryHeldNotices, readBurst } from './burst-items.ts';

/** The latest mail to an address and the latest message are among this many before a notice. */
const precedingNotices = 20;
const precedingEvents = 20;

/** The limits look back one day; then the item may expire. */
const sendingsLifeSeconds = 2 * 86_400;

/**
 * Notices in DynamoDB, with what was sent to each address and the inquiry of each sent mail.
 *
 * A thread item says in `audience` for whom the mail was.
 */
export class DynamoNoticeLedger implements NoticeLedger, SentMailIndex {
  readonly #table: DynamoTable;
  readonly #content: Pick<S3ContentStore, 'get'>;

  constructor(table: DynamoTable, content: Pick<S3ContentStore, 'get'>) {
    this.#table = table;
    this.#content = content;
  }

  async load(id: InquiryId, key: string): Promise<OwedNotice | undefined> {
    const seq = Number.parseInt(key, 10);
    if (!Number.isSafeInteger(seq)) return undefined;
    const [noticeItem, snapshotItem, eventItem] = await getItems(this.#table, [
      tableKeys.notice(id, key),
      tableKeys.snapshot(id),
      tableKeys.event(id, seq),
    ]);
    const notice = dataOf<Notice>(noticeItem);
    const inquiry = dataOf<Inquiry>(snapshotItem);
    const event = dataOf<InquiryEvent>(eventItem);
    if (notice === undefined || inquiry === undefined || event === undefined) return undefined;
    return { notice, inquiry, event: await readStoredBody(this.#content, event) };
  }

  async readPreceding(notice: Notice): Promise<PrecedingMessages> {
    const { inquiryId, seq } = notice;
    const [notices, events] = await Promise.all([
      this.#readItemsUpTo(
        inquiryId,
        'NOTICE#',
        `NOTICE#${String(seq).padStart(8, '0')}`,
        precedingNotices,
      ),
      this.#readItemsUpTo(
        inquiryId,
        'EVT#',
        tableKeys.event(inquiryId, seq - 1).sk.S,
        precedingEvents,
      ),
    ]);
    const wireId = notices
      .map((item) => dataOf<Notice>(item))
      .find((sent) => sent?.wireId && isSameRecipient(sent, notice))?.wireId;
    const messages = events.flatMap((item) => {
      const event = dataOf<InquiryEvent>(item);
      const message = event && messageOf(event);
      return event === undefined || message === undefined ? [] : [{ at: event.at, message }];
    });
    return wireId === undefined ? { messages } : { wireId, messages };
  }

  async readSendings(address: EmailAddress): Promise<SendingHistory> {
    const { Item } = await this.#table.client.send(
      new GetItemCommand({
        TableName: this.#table.name,
        Key: makeSendingsKey(address),
        ConsistentRead: true,
      }),
    );
    return {
      revision: Number(Item?.['revision']?.N ?? 0),
      sendings: dataOf<AutomaticSending[]>(Item) ?? [],
    };
  }

  readBurst(track: string): Promise<VersionedBurst> {
    return readBurst(this.#table, track);
  }

  readHeldNotices(
    track: string,
    digest: NoticeDigest,
    limit: number,
  ): Promise<{ count: number; first: NoticeQueueMessage[] }> {
    return queryHeldNotices(this.#table, track, digest, limit);
  }

  async keysOf(id: InquiryId, seq: number): Promise<string[]> {
    const key = tableKeys.notice(id, `${String(seq).padStart(8, '0')}#`);
    const keys = await listSortKeys(this.#table, key);
    return keys.map((one) => one.slice('NOTICE#'.length));
  }

  async applyStep(step: NoticeStep): Promise<NoticeStepOutcome> {
    try {
      await writeTransaction(this.#table, this.#buildWrites(step));
      return 'stepped';
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      const reasons = error.CancellationReasons ?? [];
      if (reasons[0]?.Code === 'ConditionalCheckFailed') return 'changed';
      if (hasReason(error, 'ConditionalCheckFailed') || hasReason(error, 'TransactionConflict')) {
        return 'busy';
      }
      throw error;
    }
  }

  async find(
    wireId: string,
  ): Promise<{ inquiryId: InquiryId; audience: ReplyAudience } | undefined> {
    const { Item } = await this.#table.client.send(
      new GetItemCommand({
        TableName: this.#table.name,
        Key: tableKeys.thread(wireId),
        ConsistentRead: true,
      }),
    );
    const inquiryId = readStringAttribute(Item, 'id') as InquiryId | undefined;
    const audience = readStringAttribute(Item, 'audience') as ReplyAudience | undefined;
    return inquiryId === undefined || audience === undefined ? undefined : { inquiryId, audience };
  }

  /** The notice's own write comes first: if its condition fails, the notice itself was changed. */
  #buildWrites(step: NoticeStep): TransactWriteItem[] {
    const { before, after, children, sendings, burst, held, thread } = step;
    const TableName = this.#table.name;
    const writes: TransactWriteItem[] = [
      {
        Put: {
          TableName,
          Item: {
            ...buildNoticeItem(after),
            ...(held === undefined ? {} : makeHeldNoticeKey(held, after)),
          },
          ConditionExpression: '#state = :state AND attempts = :attempts',
          ExpressionAttributeNames: { '#state': 'state' },
          ExpressionAttributeValues: {
            ':state': { S: before.state },
            ':attempts': { N: String(before.attempts) },
          },
        },
      },
    ];
    for (const child of children ?? []) {
      writes.push({
        Put: {
          TableName,
          Item: buildNoticeItem(child),
          ConditionExpression: 'attribute_not_exists(pk)',
        },
      });
    }
    if (sendings !== undefined) writes.push({ Put: { TableName, ...buildSendingsPut(sendings) } });
    if (burst !== undefined) writes.push({ Put: { TableName, ...buildBurstPut(burst) } });
    if (thread !== undefined && after.wireId !== undefined) {
      const Item = {
        ...tableKeys.thread(after.wireId),
        kind: { S: 'thread' },
        id: { S: after.inquiryId },
        audience: { S: thread },
      };
      writes.push({ Put: { TableName, Item } });
    }
    return writes;
  }

  /** Reads items of an inquiry from a prefix up to a key, the latest first. */
  async #readItemsUpTo(
    id: InquiryId,
    prefix: string,
    sk: string,
    limit: number,
  ): Promise<TableItem[]> {
    const { Items } = await this.#table.client.send(
      new QueryCommand({
        TableName: this.#table.name,
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
        ExpressionAttributeValues: {
          ':pk': tableKeys.snapshot(id).pk,
          ':from': { S: prefix },
          ':to': { S: sk },
        },
        ConsistentRead: true,
        ScanIndexForward: false,
        Limit: limit,
      }),
    );
    return Items ?? [];
  }
}

function isSameRecipient(one: Notice, other: Notice): boolean {
  return noticeKeyOf({ ...one, seq: 0, kind: other.kind }) === noticeKeyOf({ ...other, seq: 0 });
}

/** By digest, so that keys hold no addresses of people who wrote once. */
function makeSendingsKey(address: EmailAddress): TableItem {
  return { pk: { S: `SENT#${digestKey(address)}` }, sk: { S: 'SENT' } };
}

function buildSendingsPut({ address, was, now }: NonNullable<NoticeStep['sendings']>) {
  const latest = now.sendings.at(-1)?.at ?? ('1970-01-01T00:00:00.000Z' as Instant);
  return {
    Item: {
      ...makeSendingsKey(address),
      kind: { S: 'sent' },
      revision: { N: String(now.revision) },
      data: { S: JSON.stringify(now.sendings) },
      expiresAt: toEpochSeconds(addSeconds(latest, sendingsLifeSeconds)),
    },
    ...buildRevisionCondition(was.revision),
  };
}
