import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { type DynamoEngine, startDynamoEngine } from '../../../local/engines/dynamo-engine.ts';
import { requireLoopback } from '../../../local/engines/external-tables.ts';
import { type HostOptions, startHost } from '../../../local/host.ts';
import { createStorage } from '../../../local/open-storage.ts';
import { sendMail } from '../mail/send-mail.ts';
import { readNoted, startFixture } from '../start-fixture.ts';
import { tableNamed } from './start-engine.ts';

const tableOperation = 'DynamoDB_20120810';
let other: DynamoEngine;
let folders: string[];

beforeEach(async () => {
  folders = [];
  other = await startDynamoEngine({ file: undefined, endpoint: undefined });
});
afterEach(async () => {
  await other.stop();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'toritsugi-test-'));
  folders.push(folder);
  return folder;
}

type Noted = { readonly mail: { readonly commonHeaders: { readonly subject: string } } };

/** Runs a host on the other DynamoDB, which takes in one mail; returns what stands there then. */
async function runWith(subject: string, options: HostOptions): Promise<object> {
  const host = await startFixture({ dynamoEndpoint: other.endpoint, ...options });
  try {
    await sendMail(host, { subject });
    await host.idle();
    const mails = await readNoted<Noted>(host, 'process-mail');
    const sent = (await (await fetch(`${host.url}/mailbox/messages`)).json()) as unknown[];
    return {
      mails: mails.map(({ mail }) => mail.commonHeaders.subject).sort(),
      admitted: (await readNoted(host, 'admit-people')).length,
      answers: (await readNoted(host, 'answer-mail')).length,
      sent: sent.length,
    };
  } finally {
    await host.stop();
  }
}

describe('a host on another DynamoDB', () => {
  test('takes up its tables again, and begins anew with them when it is to', async () => {
    const dataDir = makeFolder();
    await other.createTables([tableNamed('somebody-elses')]);
    const once = { mails: ['one'], admitted: 8, answers: 1, sent: 1 };
    expect(await runWith('one', { dataDir })).toEqual(once);
    const twice = { mails: ['one', 'two'], admitted: 8, answers: 2, sent: 2 };
    expect(await runWith('two', { dataDir })).toEqual(twice);
    expect(await runWith('three', { dataDir, fresh: true })).toEqual({ ...once, mails: ['three'] });
    expect(await runWith('four', { dataDir })).toEqual({ ...twice, mails: ['four', 'three'] });
    const { TableNames } = await other.call(`${tableOperation}.ListTables`, {});
    expect(TableNames).toContain('somebody-elses');
  });

  test('begins anew where the tables of another folder are left', async () => {
    await runWith('one', { dataDir: makeFolder() });
    expect(await runWith('two', { dataDir: makeFolder(), fresh: true })).toEqual({
      ...{ mails: ['two'], admitted: 8, answers: 1, sent: 1 },
    });
  });

  test('is refused a folder that does not belong to its tables, in words', async () => {
    const [mine, theirs] = [makeFolder(), makeFolder()];
    await runWith('one', { dataDir: mine });
    await expect(runWith('two', { dataDir: theirs })).rejects.toThrow(
      /do not belong together: the table fixture-Table.* has items that it knows nothing of\.\n.*--data.*--fresh/s,
    );
    await expect(startFixture({ dataDir: mine })).rejects.toThrow(
      /its table fixture-Table.* is in another DynamoDB, not in the folder/,
    );
    await runWith('three', { dataDir: theirs, fresh: true });
    await expect(runWith('four', { dataDir: mine })).rejects.toThrow(
      /the table fixture-Table.* is not the one that it was used with/,
    );
    const [{ name = '' } = {}] = await listTables();
    await other.call(`${tableOperation}.DeleteTable`, { TableName: name });
    await expect(runWith('five', { dataDir: theirs })).rejects.toThrow(/is not there any more/);
  });

  test('takes up tables that were made for its folder before it starts', async () => {
    const [dataDir, dynamoEndpoint] = [makeFolder(), other.endpoint];
    const root = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');
    const storage = await createStorage({ dataDir, dynamoEndpoint, root });
    await storage.close();
    await other.call(`${tableOperation}.PutItem`, {
      TableName: storage.table,
      Item: { pk: { S: 'PERSON#x' }, sk: { S: 'PERSON' } },
    });
    await (
      await startHost({ ...{ port: 0, smtpPort: 0, quiet: true }, dataDir, dynamoEndpoint })
    ).stop();
  });

  test('is refused a folder that holds its own database', async () => {
    const dataDir = makeFolder();
    await (await startFixture({ dataDir })).stop();
    await expect(runWith('one', { dataDir })).rejects.toThrow(/is in the folder, not in another/);
  });

  test('elsewhere than on this machine never begins anew, and the folder stays as it is', async () => {
    const dataDir = makeFolder();
    await (await startFixture({ dataDir })).stop();
    const dynamoEndpoint = 'https://dynamodb.ap-northeast-1.amazonaws.com';
    await expect(startFixture({ dataDir, fresh: true, dynamoEndpoint })).rejects.toThrow(
      /on this machine only, not at https:\/\/dynamodb\.ap-northeast-1\.amazonaws\.com/,
    );
    expect(existsSync(join(dataDir, 'people-admitted'))).toBe(true);
  });
});

async function listTables(): Promise<{ name: string }[]> {
  const { TableNames } = await other.call(`${tableOperation}.ListTables`, {});
  return (TableNames as string[]).map((name) => ({ name }));
}

describe('an endpoint', () => {
  it.each([
    'http://localhost:8000',
    'http://127.0.0.1:8000',
    'http://127.8.9.1',
    'http://[::1]:8000',
  ])('is on this machine: %s', (endpoint) => {
    expect(() => requireLoopback(endpoint)).not.toThrow();
  });

  it.each([
    'https://dynamodb.ap-northeast-1.amazonaws.com',
    'http://dynamodb:8000',
    'http://10.0.0.7:8000',
    'http://127.0.0.1.example.com',
    'http://localhost.example.com',
    'http://0.0.0.0:8000',
    'http://127.example',
  ])('is not: %s', (endpoint) => {
    expect(() => requireLoopback(endpoint)).toThrow(/not at http/);
  });
});
