import { createHash } from 'node:crypto';
import {
  type AttributeValue,
  BatchGetItemCommand,
  type BatchGetItemCommandInput,
  type BatchGetItemCommandOutput,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import type { VerdictKey } from '../../core/inquiry/clock/verdict.ts';

export type Item = Record<string, AttributeValue>;

/** The one table and the client that reaches it. */
export type Table = { readonly client: DynamoDBClient; readonly name: string };

/*
 * How many partitions a hot index key is spread over; a partition takes 1,000 writes a second.
 * A busy help desk takes in 10 inquiries a second, each written about 10 times in its life, so
 * 4 worklist shards a desk and 16 alarm and receipt shards leave two orders of magnitude. They are
 * merged on read, so each further shard costs one more query.
 */
export const worklistShards = 4;
export const alarmShards = 16;
export const receiptShards = 16;
/*
 * The records of verdicts, and the breaches that wait for a review, take five writes an inquiry at
 * most, each of two units in its transaction: 10 inquiries a second make 100 units. Deadlines come
 * at full hours, though: of 10,000 in one second, 4 shards take 2,000 a second. A month's report
 * reads each shard of each desk, and the list of breaches 4 partitions.
 */
export const verdictShards = 4;
/** A mark for each inquiry that comes to an outsourced desk: far fewer than its other writes. */
export const volumeShards = 4;

/** The shard of an id: stable, and even since a UUIDv7 ends in random bits. */
export function shardOf(id: string, shards: number): number {
  return Number.parseInt(id.slice(-4), 16) % shards;
}

/** The shard of anything else. */
export function shardOfText(text: string, shards: number): number {
  return createHash('sha256').update(text).digest().readUInt16BE(0) % shards;
}

/** A key that may be long or hold personal data, as a digest of 128 bits. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

export const keys = {
  snapshot: (id: string) => key(`INQ#${id}`, 'SNAPSHOT'),
  lease: (id: string) => key(`INQ#${id}`, 'LEASE'),
  event: (id: string, seq: number) => key(`INQ#${id}`, `EVT#${String(seq).padStart(8, '0')}`),
  notice: (id: string, notice: string) => key(`INQ#${id}`, `NOTICE#${notice}`),
  number: (number: string) => key(`NUMBER#${number}`, 'NUMBER'),
  once: (once: string) => key(`ONCE#${digest(once)}`, 'ONCE'),
  thread: (messageId: string) => key(`MSGID#${digest(messageId)}`, 'INQ'),
  claim: (agent: string, desk: string) => key(`CLAIM#${agent}`, `CLAIM#${desk}`),
  receipt: (at: string, id: string) =>
    key(`RCPT#${at.slice(0, 10)}#${shardOfText(id, receiptShards)}`, `${at}#${id}`),
  personByAddress: (address: string) => key(`PERSON#${address}`, 'PERSON'),
  personBySub: (sub: string) => key(`PERSON#sub:${sub}`, 'PERSON'),
  job: (id: string) => key(`JOB#${id}`, 'JOB'),
  offboarding: (agent: string) => key(`OFFBOARD#${agent}`, 'OFFBOARD'),
  turn: (desk: string) => key(`TURN#${desk}`, 'TURN'),
  seat: (agent: string) => key(`SEAT#${agent}`, 'SEAT'),
  config: (kind: string, version: number) =>
    key(`CONFIG#${kind}`, `V#${String(version).padStart(8, '0')}`),
  configHead: key('CONFIG#head', 'HEAD'),
  overflow: (desk: string) => key(`OVERFLOW#${desk}`, 'OVERFLOW'),
  volume: (desk: string, month: string, id: string) =>
    key(volumePartition(desk, month, shardOf(id, volumeShards)), id),
  verdict: ({ inquiryId, clock, cycle, run, judged }: VerdictKey) =>
    key(
      verdictPartition(judged.month, judged.desk, shardOf(inquiryId, verdictShards)),
      `${inquiryId}#${clock}#${cycle}#${run}`,
    ),
} as const;

export const indexKeys = {
  worklist: (desk: string, shard: number) => `DESK#${desk}#${shard}`,
  alarm: (shard: number) => `ALARM#${shard}`,
  agent: (agent: string) => `AGENT#${agent}`,
  handled: (agent: string) => `HANDLED#${agent}`,
  role: (role: string) => `ROLE#${role}`,
  requester: (address: string) => `REQUESTER#${address}`,
  breach: (state: 'open' | 'done', shard: number) => `BREACH#${state}#${shard}`,
} as const;

/** Where the records of one month and desk stand; `-` is for inquiries at no desk. */
export function verdictPartition(month: string, desk: string | undefined, shard: number): string {
  return `SLA#${month}#${desk ?? '-'}#${shard}`;
}

export function volumePartition(desk: string, month: string, shard: number): string {
  return `VOLUME#${desk}#${month}#${shard}`;
}

function key(pk: string, sk: string): { pk: { S: string }; sk: { S: string } } {
  return { pk: { S: pk }, sk: { S: sk } };
}

export function text(item: Item | undefined, attribute: string): string | undefined {
  return item?.[attribute]?.S;
}

/** The domain object in an item's `data`, which this project alone writes. */
export function dataOf<Type>(item: Item | undefined): Type | undefined {
  const data = text(item, 'data');
  return data === undefined ? undefined : (JSON.parse(data) as Type);
}

/** The condition of putting an item in place of the revision that was read; 0 is none. */
export function unlessRevised(revision: number) {
  return revision === 0
    ? { ConditionExpression: 'attribute_not_exists(pk)' }
    : {
        ConditionExpression: 'revision = :was',
        ExpressionAttributeValues: { ':was': { N: String(revision) } },
      };
}

export function epochSeconds(instant: string): { N: string } {
  return { N: String(Math.ceil(Date.parse(instant) / 1000)) };
}

/**
 * Reads items by key, consistently, in the order of the keys; what is not there is undefined.
 *
 * Goes on with what DynamoDB leaves unprocessed, at most 100 keys a call.
 */
export async function getItems(
  { client, name }: Table,
  wanted: readonly ReturnType<typeof key>[],
): Promise<(Item | undefined)[]> {
  const found = new Map<string, Item>();
  for (let start = 0; start < wanted.length; start += 100) {
    const unique = new Map(wanted.slice(start, start + 100).map((one) => [nameOf(one), one]));
    let request: BatchGetItemCommandInput['RequestItems'] = {
      [name]: { Keys: [...unique.values()], ConsistentRead: true },
    };
    while (request !== undefined && Object.keys(request).length > 0) {
      const answer: BatchGetItemCommandOutput = await client.send(
        new BatchGetItemCommand({ RequestItems: request }),
      );
      for (const item of answer.Responses?.[name] ?? []) found.set(nameOf(item), item);
      request = answer.UnprocessedKeys;
    }
  }
  return wanted.map((one) => found.get(nameOf(one)));
}

function nameOf(item: Item): string {
  return `${item['pk']?.S}\n${item['sk']?.S}`;
}
