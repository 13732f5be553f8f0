import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DynamoRuleSets } from '../../../adapters/dynamo/dynamo-rule-sets.ts';
import { keys } from '../../../adapters/dynamo/table.ts';
import { shippedRules } from '../../../core/routing/shipped-rules.ts';
import { type StartedDynamo, startDynamo } from '../../support/start-dynamo.ts';

let dynamo: StartedDynamo;
beforeAll(async () => {
  dynamo = await startDynamo();
});
afterAll(() => dynamo.stop());

const put = (version: number, data: unknown) =>
  dynamo.client.send(
    new PutItemCommand({
      TableName: dynamo.table.name,
      Item: { ...keys.config('routing', version), data: { S: JSON.stringify(data) } },
    }),
  );

test('the newest rule set by number is in force, and a newer one within five seconds', async () => {
  let milliseconds = 0;
  const rules = new DynamoRuleSets(dynamo.table, () => milliseconds);
  expect(await rules.newest()).toBeUndefined();
  await put(9, { ...shippedRules, version: 9 });
  await put(10, { ...shippedRules, version: 10 });
  milliseconds = 4_999;
  expect(await rules.newest()).toBeUndefined();
  milliseconds = 5_000;
  expect(await rules.newest()).toEqual({ ...shippedRules, version: 10 });
  await put(100, { ...shippedRules, version: 100 });
  milliseconds = 10_000;
  expect((await rules.newest())?.version).toBe(100);
});

test('a rule set that is none is not taken for one', async () => {
  await put(101, { version: 101, rules: 'all' });
  await expect(new DynamoRuleSets(dynamo.table, () => 0).newest()).rejects.toThrow();
});
