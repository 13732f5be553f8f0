import { describe, expect, onTestFinished, test } from 'vitest';
import { startDynamoEngine } from '../../../local/engines/dynamo-engine.ts';
import { readNoted, startFixture } from '../start-fixture.ts';
import { databaseFile, startEngine, THINGS } from './start-engine.ts';

describe('a DynamoDB', () => {
  test('can be another one, named by its address', async () => {
    const engine = await startDynamoEngine({ file: undefined, endpoint: undefined });
    onTestFinished(() => engine.stop());
    const host = await startFixture({ dynamoEndpoint: engine.endpoint });
    onTestFinished(() => host.stop());
    expect(await readNoted(host, 'admit-people')).toHaveLength(8);
    const { TableNames } = await engine.call('DynamoDB_20120810.ListTables', {});
    expect(TableNames).toEqual([expect.stringMatching(/^fixture-Table/)]);
  });

  test('is told what expires when it is another one, also when it knows', async () => {
    const { endpoint, call } = await startEngine(databaseFile(), []);
    const other = await startDynamoEngine({ file: undefined, endpoint });
    await other.createTables([THINGS]);
    await other.createTables([THINGS]);
    expect(await call('DynamoDB_20120810.DescribeTimeToLive', { TableName: 'things' })).toEqual({
      TimeToLiveDescription: { AttributeName: 'expiresAt', TimeToLiveStatus: 'ENABLED' },
    });
  });
});
