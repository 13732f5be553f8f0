import { afterAll, beforeAll, expect, it } from 'vitest';
import { DynamoRoutingConfigLedger } from '../../../../adapters/dynamo/config/dynamo-routing-config-ledger.ts';
import { VersionedDeskSettings } from '../../../../adapters/dynamo/people/versioned-desk-settings.ts';
import {
  type DeskSettings,
  DeskSettings as Settings,
} from '../../../../core/inquiry/terms/desk-settings.ts';
import { type Instant, Sub } from '../../../../core/inquiry/values/ids.ts';
import { type StartedDynamo, startDynamo } from '../../../support/start-dynamo.ts';

let dynamo: StartedDynamo;
beforeAll(async () => {
  dynamo = await startDynamo();
});
afterAll(() => dynamo.stop());

const version = {
  by: { sub: Sub.parse('lead'), name: 'Lead' },
  note: 'Offboarding',
  at: '2026-11-24T00:00:00.000Z' as Instant,
};
const withPool = (id: string) => (settings: DeskSettings) =>
  Settings.parse({
    ...settings,
    pools: {
      ...settings.pools,
      [id]: { name: { ja: id, en: id }, choose: 'order', members: [{ desk: 'bpo' }] },
    },
  });

it('settings that several change at once take every change, each as a version', async () => {
  const settings = new VersionedDeskSettings(new DynamoRoutingConfigLedger(dynamo.table));
  expect(await settings.change(() => undefined, version)).toBeUndefined();
  expect(await settings.read()).toEqual(Settings.parse({}));
  const ids = ['a', 'b', 'c', 'd'];
  const versions = await Promise.all(ids.map((id) => settings.change(withPool(id), version)));
  expect(versions.sort()).toEqual([1, 2, 3, 4]);
  expect(Object.keys((await settings.read()).pools).sort()).toEqual(ids);
  expect(await new DynamoRoutingConfigLedger(dynamo.table).listVersions('desks', 1)).toEqual([
    { version: 4, recordedAt: version.at, by: version.by, note: version.note },
  ]);
});
