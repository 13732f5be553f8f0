import { createHash } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import {
  type AttributeValue,
  BatchGetItemCommand,
  type BatchGetItemCommandInput,
  type BatchGetItemCommandOutput,
  type DynamoDBClient,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import type { VerdictKey } from '../../core/inquiry/clock/verdict.ts';
import { TransientError } from '../../core/inquiry/transient-error.ts';

export type TableItem = Record<string, AttributeValue>;

/** The one table and the client that reaches it. */
export type DynamoTable = { readonly client: DynamoDBClient; readonly name: string };

/** An unsent notice is looked at again after this: the relay has long sent it to its queue. */
export const noticeAlarmSeconds = 120;

/*
 * How many partitions a hot index key is spread over; a partition takes 1,000 writes a second. A
 * busy help desk takes in 10 inquiries a second, each written about 10 times in its life, so 4
 * worklist shards a desk and 16 alarm and receipt shards leave two orders of magnitude to spare.
 * Shards are merged on read, so each further one costs one more query.
 */
export const worklistShards = 4;
export const alarmShards = 16;
export const receiptShards = 16;
/** As long as a mail is recognized when it comes again, and the audit can be read. */
export const receiptKeptSeconds = 400 * 86_400;
/*
 * Verdict records, and breaches that wait for a review, take at most five writes an inquiry, each
 * of two units in its transaction: 10 inquiries a second make 100 units. Deadlines come at full
 * hours, though: of 10,000 in one second, 4 shards take 2,000 a second. A month's report reads each
 * shard of each desk, and the list of breaches 4 partitions.
 */
export const verdictShards = 4;
/** One entry for each inquiry that reaches an outsourced desk: far fewer than its other writes. */
export const volumeShards = 4;

/** Computes the shard of an id: stable, and evenly spread since a UUIDv7 ends in random bits. */
export function computeShard(id: string, shards: number): number {
  return Number.parseInt(id.slice(-4), 16) % shards;
}

export function computeTextShard(text: string, shards: number): number {
  return createHash('sha256').update(text).digest().readUInt16BE(0) % shards;
}

/** Digests a key that may be long or hold personal data to 128 bits. */
export function digestKey(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

export const tableKeys = {
  snapshot: (id: string) => makeKey(`INQ#${id}`, 'SNAPSHOT'),
  lease: (id: string) => makeKey(`INQ#${id}`, 'LEASE'),
  event: (id: string, seq: number) => makeKey(`INQ#${id}`, `EVT#${String(seq).padStart(8, '0')}`),
  notice: (id: string, notice: string) => makeKey(`INQ#${id}`, `NOTICE#${notice}`),
  number: (number: string) => makeKey(`NUMBER#${number}`, 'NUMBER'),
  idempotency: (idempotencyKey: string) => makeKey(`ONCE#${digestKey(idempotencyKey)}`, 'ONCE'),
  thread: (messageId: string) => makeKey(`MSGID#${digestKey(messageId)}`, 'INQ'),
  claim: (agent: string, desk: string) => makeKey(`CLAIM#${agent}`, `CLAIM#${desk}`),
  receipt: (at: string, id: string) =>
    makeKey(`RCPT#${at.slice(0, 10)}#${computeTextShard(id, receiptShards)}`, `${at}#${id}`),
  personByAddress: (address: string) => makeKey(`PERSON#${address}`, 'PERSON'),
  personBySub: (sub: string) => makeKey(`PERSON#sub:${sub}`, 'PERSON'),
  /** By a digest, since it outlives a person who is erased. */
  firstLead: (address: string) => makeKey(`FIRSTLEAD#${digestKey(address)}`, 'FIRSTLEAD'),
  job: (id: string) => makeKey(`JOB#${id}`, 'JOB'),
  jobNotice: (id: string, notice: string) => makeKey(`JOB#${id}`, `NOTICE#${notice}`),
  offboarding: (agent: string) => makeKey(`OFFBOARD#${agent}`, 'OFFBOARD'),
  roundRobin: (desk: string) => makeKey(`TURN#${desk}`, 'TURN'),
  capacityReservation: (agent: string) => makeKey(`SEAT#${agent}`, 'SEAT'),
  config: (kind: string, version: number) =>
    makeKey(`CONFIG#${kind}`, `V#${String(version).padStart(8, '0')}`),
  configHead: makeKey('CONFIG#head', 'HEAD'),
  overflow: (desk: string) => makeKey(`OVERFLOW#${desk}`, 'OVERFLOW'),
  volume: (desk: string, month: string, id: string) =>
    makeKey(makeVolumePartition(desk, month, computeShard(id, volumeShards)), id),
  verdict: ({ inquiryId, clock, cycle, run, judged }: VerdictKey) =>
    makeKey(
      makeVerdictPartition(judged.month, judged.desk, computeShard(inquiryId, verdictShards)),
      `${inquiryId}#${clock}#${cycle}#${run}`,
    ),
} as const;

export const indexPartitions = {
  worklist: (desk: string, shard: number) => `DESK#${desk}#${shard}`,
  alarm: (shard: number) => `ALARM#${shard}`,
  /** Closed and merged inquiries, which retention ends; beside the alarms, whose partitions are what is open. */
  ended: (shard: number) => `ENDED#${shard}`,
  agent: (agent: string) => `AGENT#${agent}`,
  handled: (agent: string) => `HANDLED#${agent}`,
  role: (role: string) => `ROLE#${role}`,
  requester: (address: string) => `REQUESTER#${address}`,
  breach: (state: 'open' | 'done', shard: number) => `BREACH#${state}#${shard}`,
} as const;

/** Makes the partition of a month's and desk's verdict records; `-` is for inquiries at no desk. */
export function makeVerdictPartition(
  month: string,
  desk: string | undefined,
  shard: number,
): string {
  return `SLA#${month}#${desk ?? '-'}#${shard}`;
}

export function makeVolumePartition(desk: string, month: string, shard: number): string {
  return `VOLUME#${desk}#${month}#${shard}`;
}

function makeKey(pk: string, sk: string): { pk: { S: string }; sk: { S: string } } {
  return { pk: { S: pk }, sk: { S: sk } };
}

export function readStringAttribute(
  item: TableItem | undefined,
  attribute: string,
): string | undefined {
  return item?.[attribute]?.S;
}

/** The domain object in an item's `data`, unchecked since only this project writes it. */
export function dataOf<Type>(item: TableItem | undefined): Type | undefined {
  const data = readStringAttribute(item, 'data');
  return data === undefined ? undefined : (JSON.parse(data) as Type);
}

/** Builds the condition for replacing the revision that was read; 0 means there was no item. */
export function buildRevisionCondition(revision: number) {
  return revision === 0
    ? { ConditionExpression: 'attribute_not_exists(pk)' }
    : {
        ConditionExpression: 'revision = :was',
        ExpressionAttributeValues: { ':was': { N: String(revision) } },
      };
}

export function toEpochSeconds(instant: string): { N: string } {
  return { N: String(Math.ceil(Date.parse(instant) / 1000)) };
}

/** Lists the sort keys of a partition that begin with that of `key`, consistently. */
export async function listSortKeys(
  { client, name }: DynamoTable,
  { pk, sk }: ReturnType<typeof makeKey>,
): Promise<string[]> {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName: name,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :sk)',
      ExpressionAttributeValues: { ':pk': pk, ':sk': sk },
      ProjectionExpression: 'sk',
      ConsistentRead: true,
    }),
  );
  return Items.map((item) => readStringAttribute(item, 'sk') ?? '');
}

/** 100 items of 400 KB come in three answers. */
const attemptLimit = 8;
const pauseMilliseconds = 10;

/**
 * Reads items by key, consistently, in the order of the keys; a missing item is undefined.
 *
 * Asks for at most 100 keys a call, and again, ever later, for keys that DynamoDB leaves unprocessed
 * because their partitions are throttled or an answer is full.
 * @throws TransientError when keys of a call are left again and again
 */
export async function getItems(
  { client, name }: DynamoTable,
  keys: readonly ReturnType<typeof makeKey>[],
): Promise<(TableItem | undefined)[]> {
  const itemsByName = new Map<string, TableItem>();
  for (let start = 0; start < keys.length; start += 100) {
    const unique = new Map(keys.slice(start, start + 100).map((one) => [nameOf(one), one]));
    let request: BatchGetItemCommandInput['RequestItems'] = {
      [name]: { Keys: [...unique.values()], ConsistentRead: true },
    };
    for (let attempt = 0; request !== undefined && Object.keys(request).length > 0; attempt += 1) {
      if (attempt === attemptLimit) {
        throw new TransientError('transient.unavailable', 'items were left unread again and again');
      }
      // A full answer, of 16 MB, is no reason to wait; several in a row come of throttling.
      if (attempt > 1) await setTimeout(Math.random() * pauseMilliseconds * 2 ** attempt);
      const answer: BatchGetItemCommandOutput = await client.send(
        new BatchGetItemCommand({ RequestItems: request }),
      );
      for (const item of answer.Responses?.[name] ?? []) itemsByName.set(nameOf(item), item);
      request = answer.UnprocessedKeys;
    }
  }
  return keys.map((one) => itemsByName.get(nameOf(one)));
}

function nameOf(item: TableItem): string {
  return `${item['pk']?.S}\n${item['sk']?.S}`;
}
