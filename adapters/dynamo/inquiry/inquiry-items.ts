import { createHash } from 'node:crypto';
import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { isClockRunning } from '../../../core/inquiry/clock/clock.ts';
import { applyLeaseChange } from '../../../core/inquiry/decide-and-append.ts';
import type { InquiryEvent } from '../../../core/inquiry/events/events.ts';
import { computeAlarmAt, noAlarmAt } from '../../../core/inquiry/fire-alarm.ts';
import type { VolumeEntry } from '../../../core/inquiry/outbox/contract-volume.ts';
import { type Notice, noticeKeyOf } from '../../../core/inquiry/outbox/notice.ts';
import type { AppendOutcome, PendingAppend } from '../../../core/inquiry/ports.ts';
import type { Inquiry } from '../../../core/inquiry/snapshot.ts';
import { addSeconds, type Instant } from '../../../core/inquiry/values/ids.ts';
import { Priority } from '../../../core/inquiry/values/vocabulary.ts';
import {
  alarmShards,
  computeShard,
  indexPartitions,
  noticeAlarmSeconds,
  receiptKeptSeconds,
  type TableItem,
  tableKeys,
  toEpochSeconds,
  worklistShards,
} from '../table.ts';
import { buildLeaseWrite } from './lease-items.ts';
import { buildVerdictUpdate } from './verdict-items.ts';

/** The desk of quarantined inquiries in the worklist index; no desk id has a `~`. */
export const quarantineDesk = '~quarantine';

/** Long enough to look back on a whole year. */
const volumeKeptSeconds = 400 * 86_400;

type Conflict = Extract<AppendOutcome, { appended: false }>['conflict'];

/** A write of a transaction, with the conflict it means when its condition fails. */
export type ConditionalWrite = { readonly item: TransactWriteItem; readonly conflict: Conflict };

/** Builds all the writes of one append, the snapshot first. */
export function buildAppendWrites(table: string, pendingAppend: PendingAppend): ConditionalWrite[] {
  const { id, before, after, events, at } = pendingAppend;
  const alarm = computeAlarmAt(after, applyLeaseChange(before?.lease, pendingAppend.lease));
  const first = after.version - events.length + 1;
  const put = (
    conflict: Conflict,
    item: TableItem,
    condition?: WriteCondition,
  ): ConditionalWrite => ({
    conflict,
    item: { Put: { TableName: table, Item: item, ...(condition ?? absentCondition) } },
  });
  return [
    put(
      'version',
      buildSnapshotItem(after, alarm, at),
      before === undefined
        ? absentCondition
        : {
            ConditionExpression: 'version = :version',
            ExpressionAttributeValues: { ':version': { N: String(before.inquiry.version) } },
          },
    ),
    ...events.map((event, index) =>
      put(
        'version',
        buildEventItem(id, first + index, event, index === events.length - 1 ? alarm : undefined),
      ),
    ),
    ...buildLeaseWrites(table, pendingAppend),
    ...pendingAppend.notices.map((notice) => put('version', buildNoticeItem(notice))),
    ...(before === undefined
      ? [put('number', { ...tableKeys.number(after.number), kind: { S: 'number' }, id: { S: id } })]
      : []),
    ...(pendingAppend.idempotencyRecords ?? []).map((idempotencyRecord) =>
      put(
        'once',
        {
          ...tableKeys.idempotency(idempotencyRecord.key),
          kind: { S: 'once' },
          value: { S: idempotencyRecord.value },
          expiresAt: toEpochSeconds(idempotencyRecord.expiresAt),
        },
        buildExpiredCondition(at),
      ),
    ),
    ...(pendingAppend.threads ?? []).map((messageId) =>
      put('thread', { ...tableKeys.thread(messageId), kind: { S: 'thread' }, id: { S: id } }),
    ),
    ...buildReceiptWrites(put, pendingAppend),
    ...buildClaimWrites(put, pendingAppend),
    // Without a condition: no decision depends on a verdict record.
    ...pendingAppend.verdicts.map(
      (verdict): ConditionalWrite => ({
        conflict: 'version',
        item: buildVerdictUpdate(table, verdict),
      }),
    ),
    ...(pendingAppend.volumes ?? []).map(
      (entry): ConditionalWrite => ({
        conflict: 'version',
        item: { Put: { TableName: table, Item: buildVolumeItem(entry) } },
      }),
    ),
  ];
}

type WriteCondition = {
  ConditionExpression: string;
  ExpressionAttributeValues?: TableItem;
  ExpressionAttributeNames?: Record<string, string>;
};
type PutBuilder = (
  conflict: Conflict,
  item: TableItem,
  condition?: WriteCondition,
) => ConditionalWrite;

const absentCondition: WriteCondition = { ConditionExpression: 'attribute_not_exists(pk)' };

/** TTL deletes late, so an expired item counts as absent. */
function buildExpiredCondition(at: Instant): WriteCondition {
  return {
    ConditionExpression: 'attribute_not_exists(pk) OR expiresAt <= :at',
    ExpressionAttributeValues: { ':at': toEpochSeconds(at) },
  };
}

/** @param at when it is written, by which a merged inquiry counts as ended */
export function buildSnapshotItem(
  inquiry: Inquiry,
  alarm: Instant | undefined,
  at: Instant = inquiry.receivedAt,
): TableItem {
  const { id, requester } = inquiry;
  return {
    ...tableKeys.snapshot(id),
    kind: { S: 'snapshot' },
    version: { N: String(inquiry.version) },
    data: { S: JSON.stringify(inquiry) },
    ...makeWorklistKey(inquiry),
    ...(alarm === undefined ? makeEndedKey(id, inquiry.closedAt ?? at) : makeAlarmKey(id, alarm)),
    ...(requester.address === undefined
      ? {}
      : {
          rqPk: { S: indexPartitions.requester(requester.address) },
          rqSk: { S: `${inquiry.receivedAt}#${id}` },
        }),
    ...makeAgentKey(inquiry),
  };
}

/** Under the holder, with the priority as workload weight; once resolved, under the last one. */
function makeAgentKey({ id, holder, lastAgent, resolvedAt, priority }: Inquiry): TableItem {
  if (holder !== undefined) {
    const agSk = { S: `${holder.since}#${id}#${priority}` };
    return { agPk: { S: indexPartitions.agent(holder.agent) }, agSk };
  }
  if (lastAgent === undefined || resolvedAt === undefined) return {};
  return {
    agPk: { S: indexPartitions.handled(lastAgent.agent) },
    agSk: { S: `${resolvedAt}#${id}` },
  };
}

export function makeAlarmKey(id: string, at: Instant): TableItem {
  return {
    alPk: { S: indexPartitions.alarm(computeShard(id, alarmShards)) },
    alSk: { S: `${at}#${id}` },
  };
}

/** In place of an alarm, since nothing but retention is still to come. */
export function makeEndedKey(id: string, endedAt: Instant): TableItem {
  return {
    alPk: { S: indexPartitions.ended(computeShard(id, alarmShards)) },
    alSk: { S: `${endedAt}#${id}` },
  };
}

/**
 * Worklist order: highest priority first, then expedited, then earliest deadline, missed or not,
 * then earliest receipt. Inquiries held back until their desk opens are left out.
 */
function makeWorklistKey(inquiry: Inquiry): TableItem {
  const { id, status, priority, clocks, receivedAt, availableAt, expedite } = inquiry;
  const desk = status === 'quarantined' ? quarantineDesk : inquiry.desk;
  if (desk === undefined || availableAt !== undefined) return {};
  if (status !== 'queued' && status !== 'quarantined') return {};
  const rank = Priority.options.indexOf(priority);
  const due = clocks
    .filter(isClockRunning)
    .map(({ dueAt }) => dueAt ?? noAlarmAt)
    .reduce((one, other) => (one < other ? one : other), noAlarmAt);
  return {
    wlPk: { S: indexPartitions.worklist(desk, computeShard(id, worklistShards)) },
    wlSk: { S: `${rank}#${expedite ? '0' : '1'}#${due}#${receivedAt}#${id}` },
  };
}

function buildEventItem(
  id: string,
  seq: number,
  event: InquiryEvent,
  alarm: Instant | undefined,
): TableItem {
  return {
    ...tableKeys.event(id, seq),
    kind: { S: 'event' },
    type: { S: event.type },
    data: { S: JSON.stringify(event) },
    ...(alarm === undefined ? {} : { alarmAt: { S: alarm } }),
  };
}

export function buildNoticeItem(notice: Notice): TableItem {
  const isOpen = notice.state === 'pending' || notice.state === 'sending';
  const since = notice.sendingUntil ?? notice.digest?.until ?? notice.owedAt;
  const due = addSeconds(since, noticeAlarmSeconds);
  return {
    ...tableKeys.notice(notice.inquiryId, noticeKeyOf(notice)),
    kind: { S: 'notice' },
    state: { S: notice.state },
    attempts: { N: String(notice.attempts) },
    data: { S: JSON.stringify(notice) },
    ...(isOpen
      ? {
          alPk: { S: indexPartitions.alarm(computeShard(notice.inquiryId, alarmShards)) },
          alSk: { S: `${due}#${notice.inquiryId}#${noticeKeyOf(notice)}` },
        }
      : {}),
  };
}

function buildLeaseWrites(
  table: string,
  { id, lease: change, at }: PendingAppend,
): ConditionalWrite[] {
  if (change === undefined) return [];
  return [{ conflict: 'lease', item: buildLeaseWrite(table, id, change, at) }];
}

/** A later fate replaces the receipt only if no other has been added. */
function buildReceiptWrites(put: PutBuilder, { receipt }: PendingAppend): ConditionalWrite[] {
  if (receipt === undefined) return [];
  const fates = receipt.fates.length;
  const item = {
    ...tableKeys.receipt(receipt.at, receipt.id),
    kind: { S: 'receipt' },
    fates: { N: String(fates) },
    data: { S: JSON.stringify(receipt) },
    expiresAt: toEpochSeconds(addSeconds(receipt.at, receiptKeptSeconds)),
  };
  if (fates === 1) return [put('receipt', item)];
  return [
    put('receipt', item, {
      ConditionExpression: 'fates = :before',
      ExpressionAttributeValues: { ':before': { N: String(fates - 1) } },
    }),
  ];
}

function buildClaimWrites(
  put: PutBuilder,
  { pendingClaim: claim, at }: PendingAppend,
): ConditionalWrite[] {
  if (claim === undefined) return [];
  const item = {
    ...tableKeys.claim(claim.agent, claim.desk),
    kind: { S: 'claim' },
    id: { S: claim.inquiryId },
    expiresAt: toEpochSeconds(claim.until),
  };
  const condition = buildExpiredCondition(at);
  if (claim.replaces === undefined) return [put('claim', item, condition)];
  return [
    put('claim', item, {
      ConditionExpression: `${condition.ConditionExpression} OR id = :replaced`,
      ExpressionAttributeValues: {
        ...condition.ExpressionAttributeValues,
        ':replaced': { S: claim.replaces },
      },
    }),
  ];
}

/** An inquiry's entry in a month's volume; when the inquiry comes again, it is overwritten. */
function buildVolumeItem({ desk, month, id, at }: VolumeEntry): TableItem {
  return {
    ...tableKeys.volume(desk, month, id),
    kind: { S: 'volume' },
    expiresAt: toEpochSeconds(addSeconds(at, volumeKeptSeconds)),
  };
}

/** Makes a body's key in the content bucket, with a digest of the body. */
export function makeBodyKey(id: string, seq: number, body: string): string {
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 16);
  return `${makeBodyPrefix(id)}${String(seq).padStart(8, '0')}-${hash}.json`;
}

export function makeBodyPrefix(id: string): string {
  return `body/${id}/`;
}
