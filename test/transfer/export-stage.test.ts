import { existsSync, readdirSync } from 'node:fs';
import { Readable } from 'node:stream';
import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { CopyObjectCommand, DeleteObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exportStage } from '../../transfer/export-stage.ts';
import type { OpenStage } from '../../transfer/open-stage.ts';
import {
  type Item,
  makeDataItem,
  makeKey,
  openFolder,
  putItem,
  putObject,
  readItems,
  readObjectKeys,
  writeTogether,
} from './stage-fixture.ts';

const folder = openFolder();
afterAll(folder.stop);

const options = { settleSeconds: 0 };
const inquiry = '01a22e25-b1e0-7b2c-953e-9dbd316d0614';

describe('a table that is being written', () => {
  let stage: OpenStage;
  let isWriting = true;
  let written = 0;
  let writing: Promise<void>;

  /** Each transaction raises both sides, adds an event and moves a token from one key to another. */
  async function write(round: number): Promise<void> {
    const version = { N: String(round) };
    await writeTogether(
      stage,
      [
        { ...makeKey(`INQ#${inquiry}`, 'SNAPSHOT'), version },
        makeDataItem(`INQ#${inquiry}`, `EVT#${String(round).padStart(8, '0')}`, 'event', {}),
        { ...makeKey('A#last', 'SIDE'), version },
        { ...makeKey('Z#last', 'SIDE'), version },
        makeKey(`TOKEN#${round % 7}`, 'TOKEN'),
      ],
      [makeKey(`TOKEN#${(round + 6) % 7}`, 'TOKEN')],
    );
  }

  beforeAll(async () => {
    stage = await folder.openEmptyStage('written');
    // More than one page of a scan.
    for (let number = 0; number < 60; number += 1) {
      await putItem(stage, { ...makeKey(`M#${number}`, 'X'), text: { S: 'x'.repeat(50_000) } });
    }
    stage.table.client.middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          // Each page is of another moment.
          const before = written;
          if (commandName === 'ScanCommand')
            await expect.poll(() => written).toBeGreaterThan(before);
          return next(args);
        },
      { step: 'initialize' },
    );
    writing = (async () => {
      for (let round = 1; isWriting; round += 1) {
        await write(round);
        written = round;
      }
    })();
  });
  afterAll(async () => {
    isWriting = false;
    await writing;
  });

  test.each([1, 2, 3])('is exported as it was at one instant, try %s', async (number) => {
    const to = folder.path(`written-${number}`);
    const manifest = await exportStage(stage, to, options);
    const items = await readItems(to, manifest);
    const find = (pk: string) => items.filter((item) => item['pk']?.S === pk);
    const version = find('A#last')[0]?.['version']?.N;
    expect(Number(version)).toBeGreaterThan(0);
    expect(find('Z#last')[0]?.['version']?.N).toBe(version);
    expect(find(`INQ#${inquiry}`)).toHaveLength(Number(version) + 1);
    expect(items.filter(({ sk }) => sk?.S === 'TOKEN').map(({ pk }) => pk?.S)).toEqual([
      `TOKEN#${Number(version) % 7}`,
    ]);
    expect(items.filter(({ pk }) => pk?.S?.startsWith('M#'))).toHaveLength(60);
    expect(manifest.items.count).toBe(items.length);
  });
});

test('an item that is deleted after it was scanned is not in the export', async () => {
  const stage = await folder.openEmptyStage('deleted');
  const { client, name: TableName } = stage.table;
  await putItem(stage, makeKey('KEPT', 'X'));
  await putItem(stage, makeKey('GONE', 'X'));
  let scans = 0;
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const answer = await next(args);
        if (commandName !== 'ScanCommand') return answer;
        scans += 1;
        if (scans === 4) {
          await client.send(new DeleteItemCommand({ TableName, Key: makeKey('GONE', 'X') }));
        }
        return answer;
      },
    { step: 'initialize' },
  );
  const to = folder.path('deleted-export');
  const items = await readItems(to, await exportStage(stage, to, options));
  expect(scans).toBe(4);
  expect(items.map(({ pk }) => pk?.S)).toEqual(['KEPT']);
});

test('a folder that holds anything is left alone', async () => {
  const stage = await folder.openEmptyStage('twice');
  const to = folder.path('twice-export');
  await exportStage(stage, to, options);
  const before = readdirSync(to);
  await expect(exportStage(stage, to, options)).rejects.toThrow('is not empty');
  expect(readdirSync(to)).toEqual(before);
});

test('an export that fails leaves no manifest', async () => {
  const stage = await folder.openEmptyStage('failing');
  stage.buckets.client.middlewareStack.add(
    () => () => Promise.reject(new Error('The network is gone.')),
    { step: 'initialize' },
  );
  const to = folder.path('failing-export');
  await expect(exportStage(stage, to, options)).rejects.toThrow('The network is gone.');
  expect(existsSync(`${to}/manifest.json`)).toBe(false);
});

test('an object whose bytes break off is copied again', async () => {
  const stage = await folder.openEmptyStage('breaking');
  await putObject(stage, 'content', 'body/1', '0123456789');
  let reads = 0;
  stage.buckets.client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const answer = await next(args);
        if (commandName !== 'GetObjectCommand') return answer;
        reads += 1;
        if (reads > 1) return answer;
        const Body = Readable.from(
          (function* () {
            yield Buffer.from('012');
            throw new Error('The connection is gone.');
          })(),
        );
        return { ...answer, output: { ...(answer.output as object), Body } } as never;
      },
    { step: 'initialize' },
  );
  const to = folder.path('breaking-export');
  expect((await exportStage(stage, to, options)).objects).toMatchObject({ count: 1, bytes: 10 });
  expect(reads).toBe(2);
});

describe('objects', () => {
  let stage: OpenStage;
  let exports = 0;
  beforeAll(async () => {
    stage = await folder.openEmptyStage('objects');
  });

  async function exportKeys() {
    exports += 1;
    const to = folder.path(`objects-${exports}`);
    const manifest = await exportStage(stage, to, options);
    return { manifest, keys: await readObjectKeys(to, manifest) };
  }

  function makeReceipt(id: string, raw: string, at = new Date().toISOString()): Item {
    return makeDataItem(`RCPT#${at.slice(0, 10)}#1`, `${at}#${id}`, 'receipt', { id, at, raw });
  }

  test('that a message names are required, whatever event has the message', async () => {
    const event = {
      messages: [{ attachments: [{ id: 'file-1' }] }, { bodyKey: `body/${inquiry}/1.json` }],
    };
    const item = makeDataItem(`INQ#${inquiry}`, 'EVT#00000001', 'event', event);
    await putItem(stage, item);
    await putObject(stage, 'content', `attachment/${inquiry}/file-1`, 'file');
    await expect(exportKeys()).rejects.toThrow(/1 objects .*\n.*body\/.*1\.json/);
    await putObject(stage, 'content', `body/${inquiry}/1.json`, '{}');
    const { keys } = await exportKeys();
    expect(keys).toEqual([
      `content attachment/${inquiry}/file-1`,
      `content body/${inquiry}/1.json`,
    ]);
  });

  test('that age out are counted once they have, and required before', async () => {
    const days = (count: number) => new Date(Date.now() - count * 86_400_000).toISOString();
    await putItem(stage, makeReceipt('old', 'raw/2020/01/01/old', days(40)));
    expect((await exportKeys()).manifest.objects.expired).toBe(1);
    await putItem(stage, makeReceipt('new', 'raw/2026/01/01/new'));
    await expect(exportKeys()).rejects.toThrow('raw/2026/01/01/new');
    await putObject(stage, 'mail', 'raw/2026/01/01/new', 'mail');
    expect((await exportKeys()).keys).toContain('mail raw/2026/01/01/new');
  });

  test('a mail that has its fate after the instant comes without one', async () => {
    await putObject(stage, 'mail', 'raw/2026/01/01/late', 'mail');
    const { keys } = await exportKeys();
    expect(keys).toContain('mail incoming/late');
    expect(keys).not.toContain('mail raw/2026/01/01/late');
  });

  test('a mail with a receipt that is still to be moved is carried once', async () => {
    await putItem(stage, makeReceipt('slow', 'raw/2026/01/01/slow'));
    await putObject(stage, 'mail', 'incoming/slow', 'mail');
    expect((await exportKeys()).keys).toContain('mail incoming/slow');
    await putObject(stage, 'mail', 'raw/2026/01/01/slow', 'mail');
    const { keys } = await exportKeys();
    expect(keys.filter((key) => key.endsWith('/slow'))).toEqual(['mail raw/2026/01/01/slow']);
  });

  test.each([
    ['without a receipt, comes without a fate', 'moving-1', false, 'incoming/moving-1'],
    ['with a receipt, comes where the receipt says', 'moving-2', true, undefined],
  ])('a mail that moves while it is copied, %s', async (_, id, hasReceipt, expected) => {
    const { client, names } = stage.buckets;
    const raw = `raw/${new Date().toISOString().slice(0, 10).replaceAll('-', '/')}/${id}`;
    await putObject(stage, 'mail', `incoming/${id}`, 'mail');
    if (hasReceipt) await putItem(stage, makeReceipt(id, raw));
    let isMoved = false;
    client.middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          const { Key } = args.input as { Key?: string };
          if (!isMoved && commandName === 'GetObjectCommand' && Key === `incoming/${id}`) {
            isMoved = true;
            const CopySource = `${names.mail}/${Key}`;
            await client.send(new CopyObjectCommand({ Bucket: names.mail, Key: raw, CopySource }));
            await client.send(new DeleteObjectCommand({ Bucket: names.mail, Key }));
          }
          return next(args);
        },
      { step: 'initialize' },
    );
    const { keys } = await exportKeys();
    expect(isMoved).toBe(true);
    expect(keys.filter((key) => key.endsWith(`/${id}`))).toEqual([`mail ${expected ?? raw}`]);
  });
});
