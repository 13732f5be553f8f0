import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { TableResource } from '../../../local/deployment/read-tables.ts';
import { type DynamoEngine, startDynamoEngine } from '../../../local/engines/dynamo-engine.ts';
import { sweepTable } from '../../../local/engines/sweep-expired.ts';
import { readNoted, startFixture } from '../start-fixture.ts';

const TABLE: TableResource = {
  name: 'things',
  arn: '',
  streamArn: '',
  keys: ['pk', 'sk'],
  definition: {
    TableName: 'things',
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'sk', AttributeType: 'S' },
    ],
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
  },
  ttlAttribute: 'expiresAt',
};

async function start(file: string | undefined): Promise<DynamoEngine> {
  const engine = await startDynamoEngine({ file, endpoint: undefined });
  onTestFinished(() => engine.stop());
  await engine.createTables([TABLE]);
  return engine;
}

function put(engine: DynamoEngine, pk: string, more: Record<string, unknown> = {}) {
  return engine.call('DynamoDB_20120810.PutItem', {
    TableName: 'things',
    Item: { pk: { S: pk }, sk: { S: 'it' }, ...more },
  });
}

async function sequenceNumbers(engine: DynamoEngine): Promise<number[]> {
  const StreamArn = await engine.streamArnOf(TABLE);
  const { ShardIterator } = await engine.call('DynamoDBStreams_20120810.GetShardIterator', {
    StreamArn,
    ShardId: 'shardId-00000001-things',
    ShardIteratorType: 'TRIM_HORIZON',
  });
  const { Records } = (await engine.call('DynamoDBStreams_20120810.GetRecords', {
    ShardIterator,
  })) as { Records: { dynamodb: { SequenceNumber: string } }[] };
  return Records.map(({ dynamodb }) => Number(dynamodb.SequenceNumber));
}

describe('the embedded DynamoDB', () => {
  test('deletes what has expired, and nothing else', async () => {
    const engine = await start(undefined);
    await put(engine, 'past', { expiresAt: { N: '100' } });
    await put(engine, 'future', { expiresAt: { N: '300' } });
    await put(engine, 'never');
    await sweepTable(TABLE, engine.call, 200);
    const { Items } = (await engine.call('DynamoDB_20120810.Scan', { TableName: 'things' })) as {
      Items: { pk: { S: string } }[];
    };
    expect(Items.map(({ pk }) => pk.S).sort()).toEqual(['future', 'never']);
  });

  test('forgets stream records of yesterday, and counts on from the last', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'toritsugi-test-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const file = join(folder, 'dynamo.db');
    const first = await start(file);
    for (const pk of ['a', 'b', 'c']) await put(first, pk);
    await first.stop();
    const database = new DatabaseSync(file);
    database.exec('UPDATE _stream_records SET created_at = created_at - 90000');
    database.close();

    const second = await start(file);
    expect(await sequenceNumbers(second)).toEqual([3]);
    await put(second, 'd');
    expect(await sequenceNumbers(second)).toEqual([3, 4]);
  });

  test('can be another one, named by its address', async () => {
    const engine = await startDynamoEngine({ file: undefined, endpoint: undefined });
    onTestFinished(() => engine.stop());
    const host = await startFixture({ dynamoEndpoint: engine.endpoint });
    onTestFinished(() => host.stop());
    expect(await readNoted(host, 'admit-people')).toHaveLength(8);
    const { TableNames } = await engine.call('DynamoDB_20120810.ListTables', {});
    expect(TableNames).toEqual([expect.stringMatching(/^fixture-Table/)]);
  });
});
