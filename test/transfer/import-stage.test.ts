import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { GetItemCommand, type WriteRequest } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exportStage } from '../../transfer/export-stage.ts';
import { importStage } from '../../transfer/import-stage.ts';
import type { Manifest } from '../../transfer/manifest.ts';
import type { OpenStage } from '../../transfer/open-stage.ts';
import { type Item, makeKey, openFolder, putItem, putObject } from './stage-fixture.ts';

const folder = openFolder();
afterAll(folder.stop);

/** Every type of value. */
const manySided: Item = {
  ...makeKey('TYPES', 'X'),
  text: { S: '件名 "quoted"\n\u{1f600}' },
  number: { N: '12345678901234567890.5' },
  binary: { B: new Uint8Array([0, 255, 10]) },
  yes: { BOOL: true },
  nothing: { NULL: true },
  list: { L: [{ S: 'a' }, { M: { deep: { B: new Uint8Array([1]) } } }] },
  texts: { SS: ['b', 'a'] },
  numbers: { NS: ['2', '1'] },
  binaries: { BS: [new Uint8Array([2]), new Uint8Array([1])] },
  expiresAt: { N: '1' },
};
const count = 130;
const oddKey = 'upload/a%2Fb%25 Ｃ/Ärger+1';
const metadata = { name: '5Lu25ZCN' };

let exported: string;
let manifest: Manifest;

beforeAll(async () => {
  const source = await folder.openEmptyStage('source');
  await putItem(source, manySided);
  for (let number = 1; number < count; number += 1) {
    await putItem(source, { ...makeKey(`K#${number}`, 'X'), text: { S: '本文'.repeat(100) } });
  }
  const { client, names } = source.buckets;
  await client.send(
    new PutObjectCommand({
      ...{ Bucket: names.content, Key: oddKey, Body: 'bytes', Metadata: metadata },
      ...{ ContentType: 'text/csv', ContentDisposition: 'attachment; filename="a.csv"' },
    }),
  );
  await putObject(source, 'mail', 'incoming/one', 'a mail');
  exported = folder.path('export');
  manifest = await exportStage(source, exported, { settleSeconds: 0 });
});

async function readItem({ table }: OpenStage, Key: Item): Promise<Item | undefined> {
  const { Item } = await table.client.send(
    new GetItemCommand({ TableName: table.name, Key, ConsistentRead: true }),
  );
  return Item;
}

/** Makes the client fail once it has sent so many commands of a kind. */
function failAfter(
  client: OpenStage['table']['client'] | OpenStage['buckets']['client'],
  command: string,
  sent: number,
): () => void {
  let left = sent;
  const stack = client.middlewareStack as OpenStage['table']['client']['middlewareStack'];
  stack.add(
    (next, { commandName }) =>
      (args) => {
        if (commandName === command) left -= 1;
        return left < 0 ? Promise.reject(new Error('Killed.')) : next(args);
      },
    { step: 'initialize', name: 'failing' },
  );
  return () => {
    stack.remove('failing');
  };
}

test('items and objects come as they were, with all that S3 keeps of an object', async () => {
  const target = await folder.openEmptyStage('target');
  await importStage(target, exported);
  const item = await readItem(target, makeKey('TYPES', 'X'));
  const { texts, numbers, binaries, ...others } = manySided;
  expect(item).toMatchObject(JSON.parse(JSON.stringify(others)));
  expect(new Set(item?.['texts']?.SS)).toEqual(new Set(texts?.SS));
  expect(new Set(item?.['numbers']?.NS)).toEqual(new Set(numbers?.NS));
  expect(item?.['binaries']?.BS).toHaveLength(binaries?.BS?.length ?? 0);
  const { client, names } = target.buckets;
  const object = await client.send(new GetObjectCommand({ Bucket: names.content, Key: oddKey }));
  expect(await object.Body?.transformToString()).toBe('bytes');
  expect(object).toMatchObject({
    ...{ ContentType: 'text/csv', ContentDisposition: 'attachment; filename="a.csv"' },
    Metadata: metadata,
  });
  const again = folder.path('export-of-target');
  const { items, objects } = await exportStage(target, again, { settleSeconds: 0 });
  expect([items, objects]).toEqual([manifest.items, manifest.objects]);
});

test.each([
  ['BatchWriteItemCommand', 0],
  ['BatchWriteItemCommand', 3],
  ['PutObjectCommand', 1],
  ['ScanCommand', 2],
])('what was interrupted, by %s after %s, is continued', async (command, sent) => {
  const target = await folder.openEmptyStage(`interrupted-${command}-${sent}`);
  const isObject = command === 'PutObjectCommand';
  const repair = failAfter(isObject ? target.buckets.client : target.table.client, command, sent);
  await expect(importStage(target, exported)).rejects.toThrow('Killed.');
  repair();
  const lines: string[] = [];
  await importStage(target, exported, { report: (line) => lines.push(line) });
  expect(lines).toContain('An import that was interrupted is continued.');
  const again = folder.path(`export-${command}-${sent}`);
  const { items, objects } = await exportStage(target, again, { settleSeconds: 0 });
  expect([items, objects]).toEqual([manifest.items, manifest.objects]);
});

test('what DynamoDB leaves unprocessed is written again', async () => {
  const target = await folder.openEmptyStage('throttled');
  let refused = 0;
  target.table.client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName !== 'BatchWriteItemCommand') return next(args);
        const input = args.input as { RequestItems: Record<string, WriteRequest[]> };
        const [table = '', requests = []] = Object.entries(input.RequestItems)[0] ?? [];
        if (requests.length === 1) return next(args);
        const taken = { RequestItems: { [table]: requests.slice(1) } };
        const { response, output } = await next({ ...args, input: taken as never });
        refused += 1;
        const UnprocessedItems = { [table]: requests.slice(0, 1) };
        return { response, output: { ...output, UnprocessedItems } };
      },
    { step: 'initialize' },
  );
  await importStage(target, exported);
  expect(refused).toBeGreaterThan(5);
});

describe('is refused', () => {
  let target: OpenStage;
  beforeAll(async () => {
    target = await folder.openEmptyStage('refused');
  });

  function copyExport(name: string, change: (path: string) => void): string {
    const copy = folder.path(name);
    cpSync(exported, copy, { recursive: true });
    change(copy);
    return copy;
  }

  /** Refused exports begin nothing, so they may share a target. */
  test.each<[string, (path: string) => void, string]>([
    ['no-manifest', (path) => rmSync(`${path}/manifest.json`), 'did not come to its end'],
    [
      'later-format',
      (path) => writeFileSync(`${path}/manifest.json`, '{"format": 2}'),
      'has format 2; this version reads format 1',
    ],
    ['damaged', (path) => writeFileSync(`${path}/manifest.json`, '{"format": 1}'), 'is damaged'],
  ])('an export that is incomplete or of another format: %s', async (name, change, reason) => {
    await expect(importStage(target, copyExport(name, change))).rejects.toThrow(reason);
    expect(await readItem(target, makeKey('IMPORT', 'IMPORT'))).toBeUndefined();
  });

  test.each<[string, (path: string) => void, string]>([
    [
      'changed-items',
      (path) => writeFileSync(`${path}/items-000001.jsonl.gz`, 'other'),
      'is not what was exported',
    ],
    ['missing-items', (path) => rmSync(`${path}/items-000001.jsonl.gz`), 'is missing'],
    [
      'changed-object',
      (path) => writeFileSync(`${path}/objects/mail/incoming/one`, 'b mail'),
      'is not what was exported',
    ],
  ])('an export that has changed since: %s', async (name, change, reason) => {
    const changed = await folder.openEmptyStage(name);
    await expect(importStage(changed, copyExport(`${name}-export`, change))).rejects.toThrow(
      reason,
    );
  });

  test('a target that is not empty', async () => {
    const full = await folder.openEmptyStage('full');
    await putObject(full, 'content', 'body/1', '{}');
    await expect(importStage(full, exported)).rejects.toThrow('it has body/1');
    await putItem(full, makeKey('PERSON#a', 'PERSON'));
    await expect(importStage(full, exported)).rejects.toThrow('is not empty');
    expect(await readItem(full, makeKey('IMPORT', 'IMPORT'))).toBeUndefined();
  });

  test('a target with a part of another export', async () => {
    const part = await folder.openEmptyStage('part');
    const repair = failAfter(part.table.client, 'BatchWriteItemCommand', 1);
    await expect(importStage(part, exported)).rejects.toThrow('Killed.');
    repair();
    const other = copyExport('other', (path) => {
      const text = readFileSync(`${path}/manifest.json`, 'utf8');
      writeFileSync(`${path}/manifest.json`, text.replace(/"id": "./, '"id": "f'));
    });
    await expect(importStage(part, other)).rejects.toThrow('a part of another export');
  });

  test('a target that something else writes to meanwhile', async () => {
    const used = await folder.openEmptyStage('used');
    used.table.client.middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          if (commandName === 'BatchWriteItemCommand') {
            await putItem(used, makeKey('FOREIGN', 'X'));
          }
          return next(args);
        },
      { step: 'initialize' },
    );
    await expect(importStage(used, exported)).rejects.toThrow('Something else writes to it');
  });

  test('a table of other keys, and one that is not there', async () => {
    const named = (name: string) => ({ ...target, table: { ...target.table, name } });
    await expect(importStage(named('nowhere'), exported)).rejects.toThrow(
      'There is no table nowhere',
    );
  });
});

test('an object that did not arrive is found missing', async () => {
  const target = await folder.openEmptyStage('losing');
  const { client, names } = target.buckets;
  client.middlewareStack.add(
    (next, { commandName }) =>
      (args) =>
        commandName === 'PutObjectCommand' &&
        (args.input as { Key?: string }).Key === 'incoming/one'
          ? Promise.resolve({ response: {}, output: { $metadata: {} } } as never)
          : next(args),
    { step: 'initialize' },
  );
  await expect(importStage(target, exported)).rejects.toThrow(
    '1 objects did not arrive, such as mail incoming/one',
  );
  const head = new HeadObjectCommand({ Bucket: names.content, Key: oddKey });
  expect((await client.send(head)).ContentLength).toBe(5);
});
