import { DeleteItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { InquiryEvent } from '../../../core/inquiry/events/events.ts';
import type { Notice } from '../../../core/inquiry/outbox/notice.ts';
import type { InquiryId } from '../../../core/inquiry/values/ids.ts';
import type { SourceFacts } from '../../../core/inquiry/values/vocabulary.ts';
import { messageOf } from '../inquiry/dynamo-inquiry-ledger.ts';
import {
  type DynamoTable,
  dataOf,
  getItems,
  readStringAttribute,
  type TableItem,
  tableKeys,
} from '../table.ts';

export type ItemKey = Parameters<typeof getItems>[1][number];

/** A read takes 1 MB, and an event at most 400 KB. */
const pageItems = 100;

/** Reads all items of an inquiry, consistently, a page at a time. */
export async function* readInquiryItems(
  { client, name }: DynamoTable,
  id: InquiryId,
): AsyncGenerator<readonly TableItem[]> {
  let start: TableItem | undefined;
  do {
    const answer = await client.send(
      new QueryCommand({
        TableName: name,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': tableKeys.snapshot(id).pk },
        ConsistentRead: true,
        Limit: pageItems,
        ExclusiveStartKey: start,
      }),
    );
    yield answer.Items ?? [];
    start = answer.LastEvaluatedKey;
  } while (start !== undefined);
}

/** What items of an inquiry lead to elsewhere: threads by Message-ID, and raw mails by key. */
export type InquiryTraces = {
  readonly messageIds: readonly string[];
  readonly rawMails: readonly string[];
};

export function collectTraces(items: readonly TableItem[]): InquiryTraces {
  const messageIds = new Set<string>();
  const rawMails = new Set<string>();
  for (const item of items) {
    const kind = readStringAttribute(item, 'kind');
    if (kind === 'event') {
      const event = dataOf<InquiryEvent>(item);
      if (event === undefined) continue;
      const messageId = messageOf(event)?.messageId;
      if (messageId !== undefined) messageIds.add(messageId);
      const raw = sourceOf(event)?.raw;
      if (raw !== undefined) rawMails.add(raw);
    } else if (kind === 'notice') {
      const { wireId } = dataOf<Notice>(item) ?? {};
      if (wireId !== undefined) messageIds.add(wireId);
    }
  }
  return { messageIds: [...messageIds], rawMails: [...rawMails] };
}

export function sourceOf(event: InquiryEvent): SourceFacts | undefined {
  if (event.type === 'InquiryReceived' || event.type === 'InquiryAdmitted') {
    return event.received.source;
  }
  return 'source' in event ? event.source : undefined;
}

/** The keys of those threads that lead to an inquiry; a Message-ID may lead to another. */
export async function findThreadKeys(
  table: DynamoTable,
  id: InquiryId,
  messageIds: readonly string[],
): Promise<ItemKey[]> {
  const keys = messageIds.map((messageId) => tableKeys.thread(messageId));
  const items = await getItems(table, keys);
  return keys.filter((_, index) => readStringAttribute(items[index], 'id') === id);
}

/** Deletes items that nobody changes any more. */
export async function deleteItems(
  { client, name }: DynamoTable,
  keys: readonly ItemKey[],
): Promise<void> {
  for (let start = 0; start < keys.length; start += concurrentDeletions) {
    await Promise.all(
      keys
        .slice(start, start + concurrentDeletions)
        .map((Key) => client.send(new DeleteItemCommand({ TableName: name, Key }))),
    );
  }
}

const concurrentDeletions = 10;

export function keyOf({ pk, sk }: TableItem): ItemKey {
  return { pk: { S: pk?.S ?? '' }, sk: { S: sk?.S ?? '' } };
}
