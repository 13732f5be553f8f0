import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { TableResource } from '../../../local/deployment/read-tables.ts';
import { type DynamoEngine, startDynamoEngine } from '../../../local/engines/dynamo-engine.ts';

export function tableNamed(name: string): TableResource {
  const text = (AttributeName: string) => ({ AttributeName, AttributeType: 'S' });
  return {
    name,
    arn: '',
    streamArn: '',
    keys: ['pk', 'sk'],
    definition: {
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [text('pk'), text('sk')],
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
    },
    ttlAttribute: 'expiresAt',
  };
}

export const THINGS = tableNamed('things');

/** A database file for an engine, deleted after the test. */
export function databaseFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'toritsugi-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'dynamo.db');
}

/** Starts the engine with tables; it stops when the test has finished. */
export async function startEngine(
  file: string | undefined,
  tables: readonly TableResource[] = [THINGS],
): Promise<DynamoEngine> {
  const engine = await startDynamoEngine({ file, endpoint: undefined });
  onTestFinished(() => engine.stop());
  await engine.createTables(tables);
  return engine;
}

export function putThing(
  { call }: Pick<DynamoEngine, 'call'>,
  pk: string,
  more: Record<string, unknown> = {},
) {
  return call('DynamoDB_20120810.PutItem', {
    TableName: 'things',
    Item: { pk: { S: pk }, sk: { S: 'it' }, ...more },
  });
}

/** The partition keys in the table, sorted. */
export async function thingsIn({ call }: Pick<DynamoEngine, 'call'>): Promise<string[]> {
  const { Items } = (await call('DynamoDB_20120810.Scan', { TableName: 'things' })) as {
    Items: { pk: { S: string } }[];
  };
  return Items.map(({ pk }) => pk.S).sort();
}

/** The sequence numbers of a stream's records, from the oldest, or after one of them. */
export async function sequenceNumbers(
  { call, streamArnOf }: DynamoEngine,
  table: TableResource = THINGS,
  after?: number,
): Promise<number[]> {
  const { ShardIterator } = await call('DynamoDBStreams_20120810.GetShardIterator', {
    StreamArn: await streamArnOf(table),
    ShardId: `shardId-00000001-${table.name}`,
    ...(after === undefined
      ? { ShardIteratorType: 'TRIM_HORIZON' }
      : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: String(after) }),
  });
  const { Records } = (await call('DynamoDBStreams_20120810.GetRecords', { ShardIterator })) as {
    Records: { dynamodb: { SequenceNumber: string } }[];
  };
  return Records.map(({ dynamodb }) => Number(dynamodb.SequenceNumber));
}
