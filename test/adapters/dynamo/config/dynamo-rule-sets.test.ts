import { afterAll, beforeAll, expect, test } from 'vitest';
import { DynamoRoutingConfigLedger } from '../../../../adapters/dynamo/config/dynamo-routing-config-ledger.ts';
import { DynamoRuleSets } from '../../../../adapters/dynamo/config/dynamo-rule-sets.ts';
import type { Instant } from '../../../../core/inquiry/values/ids.ts';
import type { RuleSet } from '../../../../core/routing/rules/rule-set.ts';
import { shippedRules } from '../../../../core/routing/rules/shipped-rules.ts';
import { onClientCommand, type StartedDynamo, startDynamo } from '../../../support/start-dynamo.ts';

const recordedAt = '2026-11-24T01:00:00.000Z' as Instant;
let dynamo: StartedDynamo;
let versions: DynamoRoutingConfigLedger;
beforeAll(async () => {
  dynamo = await startDynamo();
  versions = new DynamoRoutingConfigLedger(dynamo.table);
});
afterAll(() => dynamo.stop());

async function put(body: RuleSet): Promise<void> {
  const heads = await versions.readNewestNumbers();
  const { version } = body;
  expect(await versions.put('routing', { version, recordedAt, body }, heads)).toBe(true);
}

test('the newest rule set is in force, and a newer one within five seconds', async () => {
  let milliseconds = 0;
  const commands: string[] = [];
  const rules = new DynamoRuleSets(dynamo.table, () => milliseconds);
  expect(await rules.readNewest()).toBeUndefined();
  await put({ ...shippedRules, version: 1 });
  await put({ ...shippedRules, version: 2 });
  milliseconds = 4_999;
  expect(await rules.readNewest()).toBeUndefined();
  milliseconds = 5_000;
  const newest = await rules.readNewest();
  expect(newest).toEqual({ ...shippedRules, version: 2 });
  onClientCommand(dynamo.client, (name) => commands.push(name));
  milliseconds = 10_000;
  // The same object, so its compilation still holds; one read of a version number is enough.
  expect(await rules.readNewest()).toBe(newest);
  expect(commands).toEqual(['GetItemCommand']);
  await put({ ...shippedRules, version: 3 });
  milliseconds = 15_000;
  expect((await rules.readNewest())?.version).toBe(3);
});

test('a rule set that is none is not taken for one', async () => {
  await put({ version: 4, rules: 'all' } as never);
  await expect(new DynamoRuleSets(dynamo.table, () => 0).readNewest()).rejects.toThrow();
});
