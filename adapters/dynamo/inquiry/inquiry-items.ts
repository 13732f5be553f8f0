import { createHash } from 'node:crypto';
import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { isClockRunning } from '../../../core/inquiry/clock/clock.ts';
import { applyLeaseChange } from '../../../core/inquiry/decide-and-append.ts';
import type { InquiryEvent } from '../../../core/inquiry/events/events.ts';
import { computeAlarmAt, noAlarmAt } from '../../../core/inquiry/fire-alarm.ts';
import type { VolumeEntry } from '../../../core/inquiry/outbox/contract-volume.ts';
import { type Notice, noticeKeyOf } from '../../../core/inquiry/outbox/notice.ts';
import type { AppendOutcome, LeaseChange, PendingAppend } from '../../../core/inquiry/ports.ts';
import type { Inquiry } from '../../../core/inquiry/snapshot.ts';
import { addSeconds, type Instant } from '../../../core/inquiry/values/ids.ts';
import { Priority } from '../../../core/inquiry/values/vocabulary.ts';
import {
  alarmShards,
  epochSeconds,
  type Item,
  indexKeys,
  keys,
  shardOf,
  worklistShards,
} from '../table.ts';
import { verdictUpdate } from './verdict-items.ts';

/** The desk under which quarantined inquiries stand in the worklist index; no desk id has a `~`. */
export const quarantineDesk = '~quarantine';

/** An unsent notice is looked at again after this: the relay has long sent it to its queue. */
const noticeAlarmSeconds = 120;

/** Long enough for a whole year to be looked back on. */
const volumeKeptSeconds = 400 * 86_400;

type Conflict = Extract<AppendOutcome, { appended: false }>['conflict'];

/** An item of a transaction with what it means when its condition fails. */
export type Write = { readonly item: TransactWriteItem; readonly conflict: Conflict };

/** All the items of one appending, the snapshot's first. */
export function writesOf(table: string, appending: PendingAppend): Write[] {
  const { id, before, after, events, at } = appending;
  const alarm = computeAlarmAt(after, applyLeaseChange(before?.lease, appending.lease));
  const first = after.version - events.length + 1;
  const put = (conflict: Conflict, item: Item, condition?: Condition): Write => ({
    conflict,
    item: { Put: { TableName: table, Item: item, ...(condition ?? absent) } },
  });
  return [
    put(
      'version',
      snapshotItem(after, alarm),
      before === undefined
        ? absent
        : {
            ConditionExpression: 'version = :version',
            ExpressionAttributeValues: { ':version': { N: String(before.inquiry.version) } },
          },
    ),
    ...events.map((event, index) =>
      put(
        'version',
        eventItem(id, first + index, event, index === events.length - 1 ? alarm : undefined),
      ),
    ),
    ...leaseWrites(table, appending),
    ...appending.notices.map((notice) => put('version', noticeItem(notice))),
    ...(before === undefined
      ? [put('number', { ...keys.number(after.number), kind: { S: 'number' }, id: { S: id } })]
      : []),
    ...(appending.idempotencyRecords ?? []).map((once) =>
      put(
        'once',
        {
          ...keys.once(once.key),
          kind: { S: 'once' },
          value: { S: once.value },
          expiresAt: epochSeconds(once.expiresAt),
        },
        expired(at),
      ),
    ),
    ...(appending.threads ?? []).map((messageId) =>
      put('thread', { ...keys.thread(messageId), kind: { S: 'thread' }, id: { S: id } }),
    ),
    ...receiptWrites(put, appending),
    ...claimWrites(put, appending),
    // Without a condition: nothing is decided from a record.
    ...appending.verdicts.map(
      (verdict): Write => ({ conflict: 'version', item: verdictUpdate(table, verdict) }),
    ),
    ...(appending.volumes ?? []).map(
      (mark): Write => ({
        conflict: 'version',
        item: { Put: { TableName: table, Item: volumeItem(mark) } },
      }),
    ),
  ];
}

type Condition = {
  ConditionExpression: string;
  ExpressionAttributeValues?: Item;
  ExpressionAttributeNames?: Record<string, string>;
};
type Put = (conflict: Conflict, item: Item, condition?: Condition) => Write;

const absent: Condition = { ConditionExpression: 'attribute_not_exists(pk)' };

/** TTL deletes late, so an expired item counts as absent. */
function expired(at: Instant): Condition {
  return {
    ConditionExpression: 'attribute_not_exists(pk) OR expiresAt <= :at',
    ExpressionAttributeValues: { ':at': epochSeconds(at) },
  };
}

export function snapshotItem(inquiry: Inquiry, alarm: Instant | undefined): Item {
  const { id, requester } = inquiry;
  return {
    ...keys.snapshot(id),
    kind: { S: 'snapshot' },
    version: { N: String(inquiry.version) },
    data: { S: JSON.stringify(inquiry) },
    ...worklistKey(inquiry),
    ...(alarm === undefined ? {} : alarmKey(id, alarm)),
    ...(requester.address === undefined
      ? {}
      : {
          rqPk: { S: indexKeys.requester(requester.address) },
          rqSk: { S: `${inquiry.receivedAt}#${id}` },
        }),
    ...agentKey(inquiry),
  };
}

/**
 * Under who holds it, with the priority by which it weighs on them; once it is answered, under who
 * held it last.
 */
function agentKey({ id, holder, lastAgent, resolvedAt, priority }: Inquiry): Item {
  if (holder !== undefined) {
    const agSk = { S: `${holder.since}#${id}#${priority}` };
    return { agPk: { S: indexKeys.agent(holder.agent) }, agSk };
  }
  if (lastAgent === undefined || resolvedAt === undefined) return {};
  return { agPk: { S: indexKeys.handled(lastAgent.agent) }, agSk: { S: `${resolvedAt}#${id}` } };
}

export function alarmKey(id: string, at: Instant): Item {
  return {
    alPk: { S: indexKeys.alarm(shardOf(id, alarmShards)) },
    alSk: { S: `${at}#${id}` },
  };
}

/**
 * Worklist order: the highest priority first, of these what is expedited, then the earliest
 * deadline, missed or not, then the one received first. What is held back until its desk opens is not in it.
 */
function worklistKey(inquiry: Inquiry): Item {
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
    wlPk: { S: indexKeys.worklist(desk, shardOf(id, worklistShards)) },
    wlSk: { S: `${rank}#${expedite ? '0' : '1'}#${due}#${receivedAt}#${id}` },
  };
}

function eventItem(id: string, seq: number, event: InquiryEvent, alarm: Instant | undefined): Item {
  return {
    ...keys.event(id, seq),
    kind: { S: 'event' },
    type: { S: event.type },
    data: { S: JSON.stringify(event) },
    ...(alarm === undefined ? {} : { alarmAt: { S: alarm } }),
  };
}

export function noticeItem(notice: Notice): Item {
  const open = notice.state === 'pending' || notice.state === 'sending';
  const since = notice.sendingUntil ?? notice.digest?.until ?? notice.owedAt;
  const due = addSeconds(since, noticeAlarmSeconds);
  return {
    ...keys.notice(notice.inquiryId, noticeKeyOf(notice)),
    kind: { S: 'notice' },
    state: { S: notice.state },
    attempts: { N: String(notice.attempts) },
    data: { S: JSON.stringify(notice) },
    ...(open
      ? {
          alPk: { S: indexKeys.alarm(shardOf(notice.inquiryId, alarmShards)) },
          alSk: { S: `${due}#${notice.inquiryId}#${noticeKeyOf(notice)}` },
        }
      : {}),
  };
}

function leaseWrites(table: string, { id, lease: change, at }: PendingAppend): Write[] {
  if (change === undefined) return [];
  return [{ conflict: 'lease', item: leaseWrite(table, id, change, at) }];
}

function leaseWrite(
  table: string,
  id: string,
  change: LeaseChange,
  at: Instant,
): TransactWriteItem {
  const fence = { ':fence': { N: String(change.change === 'grant' ? 0 : change.fence) } };
  const ExpressionAttributeNames = { '#until': 'until' };
  switch (change.change) {
    case 'grant': {
      const { lease } = change;
      return {
        Put: {
          TableName: table,
          Item: {
            ...keys.lease(id),
            kind: { S: 'lease' },
            agent: { S: lease.agent },
            desk: { S: lease.desk },
            fence: { N: String(lease.fence) },
            until: { S: lease.until },
            confirmed: { BOOL: lease.confirmed },
          },
          ConditionExpression: 'attribute_not_exists(pk) OR #until <= :at',
          ExpressionAttributeNames,
          ExpressionAttributeValues: { ':at': { S: at } },
        },
      };
    }
    case 'end':
      return {
        Delete: {
          TableName: table,
          Key: keys.lease(id),
          ConditionExpression: 'fence = :fence',
          ExpressionAttributeValues: fence,
        },
      };
    case 'expire':
      return {
        Delete: {
          TableName: table,
          Key: keys.lease(id),
          ConditionExpression: 'attribute_not_exists(pk) OR (fence = :fence AND #until <= :at)',
          ExpressionAttributeNames,
          ExpressionAttributeValues: { ...fence, ':at': { S: change.by } },
        },
      };
    case 'hold':
      return {
        ConditionCheck: {
          TableName: table,
          Key: keys.lease(id),
          ConditionExpression: 'fence = :fence AND #until > :at',
          ExpressionAttributeNames,
          ExpressionAttributeValues: { ...fence, ':at': { S: change.at } },
        },
      };
    default:
      return change satisfies never;
  }
}

/** A later fate replaces the receipt only when nobody else has added one. */
function receiptWrites(put: Put, { receipt }: PendingAppend): Write[] {
  if (receipt === undefined) return [];
  const fates = receipt.fates.length;
  const item = {
    ...keys.receipt(receipt.at, receipt.id),
    kind: { S: 'receipt' },
    fates: { N: String(fates) },
    data: { S: JSON.stringify(receipt) },
  };
  if (fates === 1) return [put('receipt', item)];
  return [
    put('receipt', item, {
      ConditionExpression: 'fates = :before',
      ExpressionAttributeValues: { ':before': { N: String(fates - 1) } },
    }),
  ];
}

function claimWrites(put: Put, { pendingClaim: claim, at }: PendingAppend): Write[] {
  if (claim === undefined) return [];
  const item = {
    ...keys.claim(claim.agent, claim.desk),
    kind: { S: 'claim' },
    id: { S: claim.inquiryId },
    expiresAt: epochSeconds(claim.until),
  };
  const condition = expired(at);
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

/** The mark of an inquiry in a month's volume, which is written over by its coming again. */
function volumeItem({ desk, month, id, at }: VolumeEntry): Item {
  return {
    ...keys.volume(desk, month, id),
    kind: { S: 'volume' },
    expiresAt: epochSeconds(addSeconds(at, volumeKeptSeconds)),
  };
}

/** Digest of a body's place in the content bucket. */
export function bodyKey(id: string, seq: number, body: string): string {
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 16);
  return `body/${id}/${String(seq).padStart(8, '0')}-${hash}.json`;
}
