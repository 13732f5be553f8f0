import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DynamoServiceLevelConfigLedger } from '../../../../adapters/dynamo/config/dynamo-service-level-config-ledger.ts';
import { DynamoTerms } from '../../../../adapters/dynamo/config/dynamo-terms.ts';
import { DynamoJobLedger } from '../../../../adapters/dynamo/job/dynamo-job-ledger.ts';
import { nodeRandomness } from '../../../../adapters/random/node-randomness.ts';
import {
  shippedCalendars,
  shippedPolicies,
} from '../../../../core/inquiry/terms/shipped-service-levels.ts';
import { addSeconds, type Instant, type Sub } from '../../../../core/inquiry/values/ids.ts';
import type { JobId } from '../../../../core/job/job.ts';
import type { PendingConfigVersion } from '../../../../core/sla/configuration/config-ports.ts';
import { deskList } from '../../../core/help-desk.ts';
import { onClientCommand, type StartedDynamo, startDynamo } from '../../../support/start-dynamo.ts';

const now = '2026-11-24T03:00:00.000Z' as Instant;
const by = { sub: 'lead-1' as Sub, name: 'Lead One' };
let engine: StartedDynamo;
/** The commands sent to the table since the last test began. */
let commands: string[] = [];

beforeAll(async () => {
  engine = await startDynamo();
  onClientCommand(engine.table.client, (name) => commands.push(name));
});
afterAll(() => engine.stop());

type Head = PendingConfigVersion['head'];

/** Puts the shipped document as the next version of a kind. */
async function put(
  kind: 'calendars' | 'policies',
  head: Head,
  from = now,
): Promise<string | false> {
  const dated = { version: head[kind] + 1, from, recordedAt: now, by };
  const id = nodeRandomness.id(now);
  const ledger = new DynamoServiceLevelConfigLedger(engine.table);
  const version: PendingConfigVersion =
    kind === 'calendars'
      ? { kind, version: { ...dated, body: shippedCalendars.body }, head }
      : { kind, version: { ...dated, body: shippedPolicies.body }, head };
  return (await ledger.put(version, { id, startedBy: by.sub })) && id;
}

async function headNow(): Promise<Head> {
  const { calendars, policies } = await new DynamoTerms(engine.table, deskList).readVersions();
  return {
    calendars: calendars.at(-1)?.version ?? 0,
    policies: policies.at(-1)?.version ?? 0,
  };
}

describe('the terms in force', () => {
  beforeEach(() => {
    commands = [];
  });

  it('are the shipped ones, version 0, while nobody has put any', async () => {
    const terms = await new DynamoTerms(engine.table, deskList).read();
    expect(terms.desks).toEqual(deskList);
    expect(terms.serviceLevels.versionsAt(now)).toEqual({ policies: 0, known: 0, calendars: 0 });
    expect(commands).toEqual(['GetItemCommand']);
  });

  it('hold a version from the very next read on, in the instance that has long been running', async () => {
    const running = new DynamoTerms(engine.table, deskList);
    await running.read();
    await put('policies', await headNow());
    expect((await running.read()).serviceLevels.versionsAt(now)).toMatchObject({
      policies: 1,
      calendars: 0,
    });
    await put('calendars', await headNow());
    expect((await running.read()).serviceLevels.versionsAt(now)).toMatchObject({
      policies: 1,
      calendars: 1,
    });
    const { policies, calendars } = await running.readVersions();
    expect(policies.map(({ version }) => version)).toEqual([0, 1]);
    expect(calendars.map(({ version }) => version)).toEqual([0, 1]);
  });

  it('keep what is compiled, and load nothing, while there is no newer version', async () => {
    const running = new DynamoTerms(engine.table, deskList);
    const { serviceLevels } = await running.read();
    commands = [];
    expect((await running.read()).serviceLevels).toBe(serviceLevels);
    expect(commands).toEqual(['GetItemCommand']);
  });

  it('are asked for once by a batch of ten messages, and again by the next batch', async () => {
    const running = new DynamoTerms(engine.table, deskList);
    await running.read();
    commands = [];
    await Promise.all(Array.from({ length: 10 }, () => running.read()));
    expect(commands).toEqual(['GetItemCommand']);
    await Promise.all(Array.from({ length: 10 }, () => running.read()));
    expect(commands).toEqual(['GetItemCommand', 'GetItemCommand']);
  });

  it('are not answered to a read by a request that was sent before it began', async () => {
    const running = new DynamoTerms(engine.table, deskList);
    await running.read();
    const head = await headNow();
    const early = running.read();
    await put('policies', head);
    expect((await running.read()).serviceLevels.versionsAt(now).known).toBe(head.policies + 1);
    await early;
  });

  it('are asked for again after a read that failed', async () => {
    const running = new DynamoTerms({ ...engine.table, name: 'no-such-table' }, deskList);
    await expect(running.read()).rejects.toThrow();
    commands = [];
    await expect(running.read()).rejects.toThrow();
    expect(commands).toEqual(['GetItemCommand']);
  });

  it('know of a version that comes into force later, and until when the one before holds', async () => {
    const head = await headNow();
    const later = addSeconds(now, 86_400);
    await put('policies', head, later);
    const { serviceLevels } = await new DynamoTerms(engine.table, deskList).read();
    expect(serviceLevels.versionsAt(now)).toMatchObject({
      policies: head.policies,
      reckonAt: later,
    });
    expect(serviceLevels.versionsAt(later)).toMatchObject({ policies: head.policies + 1 });
  });
});

describe('putting a version', () => {
  it('is refused to whoever judged it beside an older version of either kind', async () => {
    const head = await headNow();
    expect(await put('calendars', head)).not.toBe(false);
    expect(await put('calendars', head)).toBe(false);
    expect(await put('policies', head)).toBe(false);
    expect(await headNow()).toEqual({ ...head, calendars: head.calendars + 1 });
  });

  it('is done by one of two at the same time', async () => {
    const head = await headNow();
    const put2 = await Promise.all([put('calendars', head), put('policies', head)]);
    expect(put2.filter((one) => one === false)).toHaveLength(1);
  });

  it('starts the recomputation in the same transaction, and none where it is refused', async () => {
    const jobs = new DynamoJobLedger(engine.table);
    const head = await headNow();
    const id = await put('policies', head);
    expect(await jobs.find(id as JobId)).toMatchObject({
      jobKind: 'sla-recomputation',
      state: 'queued',
      startedBy: 'lead-1',
      input: `policies@${head.policies + 1}`,
    });
  });
});
