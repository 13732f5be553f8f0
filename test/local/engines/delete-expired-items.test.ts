import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { startClock } from '../../../local/clock.ts';
import { deleteExpiredItems } from '../../../local/engines/delete-expired-items.ts';
import { type DynamoCall, makeDynamoCall } from '../../../local/engines/dynamo-call.ts';
import { startFixture } from '../start-fixture.ts';
import { databaseFile, putThing, startEngine, THINGS, thingsIn } from './start-engine.ts';

/** What the tests' clocks show as they start, in seconds. */
const NOW = 1_800_000_000;
const PATIENCE = { timeout: 20_000, interval: 20 };

/** Starts an engine whose expired items are deleted, by calls that a test may intercept. */
async function startExpiry(
  options: { file?: string; stepInto?: (call: DynamoCall) => DynamoCall } = {},
) {
  const engine = await startEngine(options.file ?? databaseFile());
  const clock = startClock({ at: new Date(NOW * 1000) });
  const problems: string[] = [];
  const end = deleteExpiredItems({
    file: engine.file,
    tables: [THINGS],
    call: options.stepInto?.(engine.call) ?? engine.call,
    clock,
    report: (problem) => problems.push(problem),
  });
  onTestFinished(() => end());
  return { engine, clock, problems, end };
}

/** An expiry so many seconds after the tests' clocks start. */
function makeExpiry(seconds: number) {
  return { expiresAt: { N: String(NOW + seconds) } };
}

async function untilLeft(engine: { call: DynamoCall }, names: readonly string[]): Promise<void> {
  await vi.waitFor(async () => expect(await thingsIn(engine)).toEqual([...names].sort()), PATIENCE);
}

describe('items whose time to live has ended', () => {
  test('are deleted, and nothing else is', async () => {
    const { engine, clock } = await startExpiry();
    await putThing(engine, 'past', makeExpiry(-1));
    await putThing(engine, 'long past', { expiresAt: { N: '12.5' } });
    await putThing(engine, 'soon', makeExpiry(3000));
    await putThing(engine, 'later', makeExpiry(9000));
    await putThing(engine, 'never');
    await putThing(engine, 'no number', { expiresAt: { S: '1' } });
    clock.shift(60);
    await untilLeft(engine, ['soon', 'later', 'never', 'no number']);
    clock.shift(3600);
    await untilLeft(engine, ['later', 'never', 'no number']);
  });

  test('are deleted one by one, however many, and the table is not read', async () => {
    const calls: string[] = [];
    let underWay = 0;
    let most = 0;
    const { engine, clock } = await startExpiry({
      stepInto: (call) => async (operation, input) => {
        calls.push(operation);
        underWay += 1;
        most = Math.max(most, underWay);
        return call(operation, input).finally(() => {
          underWay -= 1;
        });
      },
    });
    const names = Array.from({ length: 25 }, (_, index) => `past ${index}`);
    await Promise.all(names.map((name, index) => putThing(engine, name, makeExpiry(-index))));
    await putThing(engine, 'later', makeExpiry(9000));
    clock.shift(60);
    await untilLeft(engine, ['later']);
    expect(calls).toEqual(names.map(() => 'DynamoDB_20120810.DeleteItem'));
    expect(most).toBe(1);
  });

  test('stay when they are given more time meanwhile', async () => {
    const { engine, clock } = await startExpiry({
      stepInto: (call) => async (operation, input) => {
        // The first deletion; the second's key was read together with it.
        if ('first' === nameIn(input)) await putThing({ call }, 'second', makeExpiry(9000));
        return call(operation, input);
      },
    });
    await putThing(engine, 'first', makeExpiry(-3));
    await putThing(engine, 'second', makeExpiry(-2));
    await putThing(engine, 'third', makeExpiry(-1));
    clock.shift(60);
    await untilLeft(engine, ['second']);
  });

  test('are deleted from a table that was filled before it had the index', async () => {
    const file = databaseFile();
    const former = await startEngine(file);
    await putThing(former, 'past', makeExpiry(-1));
    await former.stop();
    const database = new DatabaseSync(file);
    database.exec('DROP INDEX "things::expiry::expiresAt"');
    database.close();
    const { engine, clock } = await startExpiry({ file });
    clock.shift(60);
    await untilLeft(engine, []);
  });

  test('are tried again a minute after a deletion failed', async () => {
    let failures = 1;
    const { engine, clock, problems } = await startExpiry({
      stepInto: (call) => async (operation, input) => {
        if (failures-- > 0) throw new Error('out of order');
        return call(operation, input);
      },
    });
    await putThing(engine, 'past', makeExpiry(-1));
    clock.shift(60);
    await vi.waitFor(() => {
      expect(problems).toEqual(['Expired items could not be deleted: Error: out of order']);
    }, PATIENCE);
    clock.shift(60);
    await untilLeft(engine, []);
  });

  test('wait for the next host once this one stops', async () => {
    let calls = 0;
    let ended: Promise<void> | undefined;
    const { engine, clock, problems, end } = await startExpiry({
      stepInto: (call) => async (operation, input) => {
        calls += 1;
        if (calls === 3) ended = end();
        return call(operation, input);
      },
    });
    const names = Array.from({ length: 9 }, (_, index) => `past ${index}`);
    await Promise.all(names.map((name, index) => putThing(engine, name, makeExpiry(index - 9))));
    clock.shift(60);
    await vi.waitFor(() => expect(ended).toBeDefined(), PATIENCE);
    await ended;
    expect(calls).toBe(3);
    expect(await thingsIn(engine)).toEqual(names.slice(3));
    expect(problems).toEqual([]);
  });

  test('are deleted by a host that runs', async () => {
    const host = await startFixture({ dataDir: dirname(databaseFile()) });
    onTestFinished(() => host.stop());
    const call = makeDynamoCall(String(process.env['AWS_ENDPOINT_URL_DYNAMODB']));
    const { TableNames } = (await call('DynamoDB_20120810.ListTables', {})) as {
      TableNames: string[];
    };
    const table = { TableName: TableNames[0] };
    const Key = { pk: { S: 'past' }, sk: { S: 'it' } };
    const expiresAt = { N: String(Math.floor(host.clock.now() / 1000) - 1) };
    await call('DynamoDB_20120810.PutItem', { ...table, Item: { ...Key, expiresAt } });
    host.clock.shift(60);
    await vi.waitFor(async () => {
      expect(await call('DynamoDB_20120810.GetItem', { ...table, Key })).toEqual({});
    }, PATIENCE);
  });
});

function nameIn(input: Readonly<Record<string, unknown>>): string | undefined {
  return (input['Key'] as { pk: { S: string } } | undefined)?.pk.S;
}
