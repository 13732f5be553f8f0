import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DynamoRoutingConfigLedger } from '../../../../adapters/dynamo/config/dynamo-routing-config-ledger.ts';
import type { Instant } from '../../../../core/inquiry/values/ids.ts';
import { shippedRules } from '../../../../core/routing/rules/shipped-rules.ts';
import { type StartedDynamo, startDynamo } from '../../../support/start-dynamo.ts';

const recordedAt = '2026-11-24T01:00:00.000Z' as Instant;
let dynamo: StartedDynamo;
beforeAll(async () => {
  dynamo = await startDynamo();
});
afterAll(() => dynamo.stop());

test('the history goes beyond the megabyte that one page of versions has', async () => {
  const versions = new DynamoRoutingConfigLedger(dynamo.table);
  for (const version of [1, 2, 3, 4, 5]) {
    // Random bytes, so that compression cannot make it smaller than 300 KB.
    const lists = { long: [randomBytes(300_000).toString('base64')] };
    const body = { ...shippedRules, version, lists };
    const heads = await versions.readNewestNumbers();
    expect(await versions.put('routing', { version, recordedAt, body }, heads)).toBe(true);
  }
  const numbers = async (limit: number) =>
    (await versions.listVersions('routing', limit)).map(({ version }) => version);
  expect(await numbers(200)).toEqual([5, 4, 3, 2, 1]);
  expect(await numbers(4)).toEqual([5, 4, 3, 2]);
});
