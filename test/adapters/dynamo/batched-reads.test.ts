import { setImmediate } from 'node:timers/promises';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { BatchedReads } from '../../../adapters/dynamo/batched-reads.ts';
import { getItems, readStringAttribute, tableKeys } from '../../../adapters/dynamo/table.ts';
import {
  makeLocalDynamoClient,
  onClientCommand,
  type StartedDynamo,
  startDynamo,
} from '../../support/start-dynamo.ts';
import { startDynamoProxy } from '../../support/start-dynamo-proxy.ts';

let engine: StartedDynamo;
/** The commands sent to the table since the last test began. */
let commands: string[] = [];

beforeAll(async () => {
  engine = await startDynamo();
  onClientCommand(engine.table.client, (name) => commands.push(name));
});
afterAll(() => engine.stop());

async function put(name: string, value: string): Promise<void> {
  const Item = { ...tableKeys.number(name), id: { S: value } };
  await engine.client.send(new PutItemCommand({ TableName: engine.table.name, Item }));
}

describe('reads that are gathered', () => {
  beforeEach(async () => {
    await put('one', 'first');
    await put('two', 'second');
    commands = [];
  });

  it('share one request when they start together, and each gets its own items', async () => {
    const reads = new BatchedReads(engine.table);
    const [both, none, again] = await Promise.all([
      reads.read([tableKeys.number('two'), tableKeys.number('one')]),
      reads.read([tableKeys.number('missing')]),
      reads.read([tableKeys.number('one'), tableKeys.number('missing')]),
    ]);
    expect(both.map((item) => readStringAttribute(item, 'id'))).toEqual(['second', 'first']);
    expect(none).toEqual([undefined]);
    expect(again.map((item) => readStringAttribute(item, 'id'))).toEqual(['first', undefined]);
    expect(commands).toEqual(['BatchGetItemCommand']);
  });

  it('see what was written before they started, while an earlier one is under way', async () => {
    const reads = new BatchedReads(engine.table);
    const early = reads.read([tableKeys.number('one')]);
    await early;
    await put('one', 'third');
    const underWay = reads.read([tableKeys.number('two')]);
    // By now the request of the read under way has been sent.
    await setImmediate();
    const [late] = await reads.read([tableKeys.number('one')]);
    await underWay;
    expect(readStringAttribute(late, 'id')).toBe('third');
    expect(commands.filter((one) => one === 'BatchGetItemCommand')).toHaveLength(3);
  });

  it('all fail with their request, and the next ones ask anew', async () => {
    const reads = new BatchedReads({ ...engine.table, name: 'no-such-table' });
    const both = [reads.read([tableKeys.number('one')]), reads.read([tableKeys.number('two')])];
    const outcomes = await Promise.allSettled(both);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(reads.read([tableKeys.number('one')])).rejects.toThrow();
    expect(commands).toHaveLength(2);
  });
});

describe('items that DynamoDB leaves unread since their partitions are throttled', () => {
  it('are asked for again, and given up as a fault that will pass', async () => {
    const proxy = await startDynamoProxy(engine.endpoint);
    const client = makeLocalDynamoClient(proxy.endpoint);
    onTestFinished(async () => {
      client.destroy();
      await proxy.stop();
    });
    await put('three', 'read');
    const table = { client, name: engine.table.name };
    const keys = [tableKeys.number('three')];
    proxy.leaveUnread(3);
    const [item] = await getItems(table, keys);
    expect(readStringAttribute(item, 'id')).toBe('read');
    proxy.leaveUnread(Number.POSITIVE_INFINITY);
    await expect(getItems(table, keys)).rejects.toMatchObject({ code: 'transient.unavailable' });
  });
});
