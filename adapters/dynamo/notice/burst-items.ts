import { GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { type Notice, noticeKeyOf } from '../../../core/inquiry/outbox/notice.ts';
import type { NoticeQueueMessage } from '../../../core/inquiry/outbox/queue-messages.ts';
import { addSeconds, type InquiryId, type Instant } from '../../../core/inquiry/values/ids.ts';
import type { NoticeStep, VersionedBurst } from '../../../core/notice/ports.ts';
import type { NoticeBurst, NoticeDigest } from '../../../core/notice/sending/notice-bursts.ts';
import {
  buildRevisionCondition,
  type DynamoTable,
  dataOf,
  digestKey,
  readStringAttribute,
  type TableItem,
  toEpochSeconds,
} from '../table.ts';

/** Burst limits look back an hour, and a digest three minutes; then the item may expire. */
const burstLifeSeconds = 86_400;

/** By digest, so that keys hold no addresses. */
function makeBurstKey(track: string): TableItem {
  return { pk: { S: `BURST#${digestKey(track)}` }, sk: { S: 'BURST' } };
}

export async function readBurst(
  { client, name }: DynamoTable,
  track: string,
): Promise<VersionedBurst> {
  const { Item } = await client.send(
    new GetItemCommand({ TableName: name, Key: makeBurstKey(track), ConsistentRead: true }),
  );
  return {
    revision: Number(Item?.['revision']?.N ?? 0),
    burst: dataOf<NoticeBurst>(Item) ?? { sent: [] },
  };
}

/** Replaces a track's burst, provided it is still the revision that was read. */
export function buildBurstPut({ track, was, now }: NonNullable<NoticeStep['burst']>) {
  const { sent, digest } = now.burst;
  const latest = digest?.until ?? sent.at(-1) ?? ('1970-01-01T00:00:00.000Z' as Instant);
  return {
    Item: {
      ...makeBurstKey(track),
      kind: { S: 'burst' },
      revision: { N: String(now.revision) },
      data: { S: JSON.stringify(now.burst) },
      expiresAt: toEpochSeconds(addSeconds(latest, burstLifeSeconds)),
    },
    ...buildRevisionCondition(was.revision),
  };
}

/**
 * Index attributes of a held-back notice: the `agent` index lists a track's held notices by time,
 * so that thousands can be held at once without one item that names them all.
 */
export function makeHeldNoticeKey(
  { track, at }: NonNullable<NoticeStep['held']>,
  notice: Pick<Notice, 'inquiryId' | 'seq' | 'kind' | 'recipient'>,
): TableItem {
  return {
    agPk: { S: makeHeldPartition(track) },
    agSk: { S: `${at}#${notice.inquiryId}#${noticeKeyOf(notice)}` },
  };
}

function makeHeldPartition(track: string): string {
  return `HELD#${digestKey(track)}`;
}

/** Counts the notices held back in a digest's time and reads the first of them. */
export async function queryHeldNotices(
  { client, name }: DynamoTable,
  track: string,
  { from, until }: NoticeDigest,
  limit: number,
): Promise<{ count: number; first: NoticeQueueMessage[] }> {
  const first: NoticeQueueMessage[] = [];
  let count = 0;
  let start: TableItem | undefined;
  do {
    const { Items, LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: name,
        IndexName: 'agent',
        // A key continues after its instant, so those at `until` are greater than it.
        KeyConditionExpression: 'agPk = :held AND agSk BETWEEN :from AND :until',
        ExpressionAttributeValues: {
          ':held': { S: makeHeldPartition(track) },
          ':from': { S: from },
          ':until': { S: until },
        },
        ExclusiveStartKey: start,
      }),
    );
    for (const item of Items ?? []) {
      count += 1;
      if (first.length < limit) first.push(queueMessageOf(item));
    }
    start = LastEvaluatedKey;
  } while (start !== undefined);
  return { count, first };
}

function queueMessageOf(item: TableItem): NoticeQueueMessage {
  const inquiryId = (readStringAttribute(item, 'pk') ?? '').slice('INQ#'.length) as InquiryId;
  return { inquiryId, notice: (readStringAttribute(item, 'sk') ?? '').slice('NOTICE#'.length) };
}
