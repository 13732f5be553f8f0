import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseTransferArguments } from '../../transfer/transfer-arguments.ts';

let folder: string;
let outputs: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'toritsugi-outputs-'));
  outputs = join(folder, 'outputs.json');
  const of = (stage: string) => ({
    TableName: `${stage}-table`,
    MailBucket: `${stage}-mail`,
    ContentBucket: `${stage}-content`,
  });
  const stacks = {
    'toritsugi-dev-data': of('dev'),
    'toritsugi-dev-app': { ApiUrl: 'https://api.example' },
    'toritsugi-development-data': of('development'),
  };
  writeFileSync(outputs, JSON.stringify(stacks));
});
afterAll(() => rmSync(folder, { recursive: true }));

const named = ['--table', 't', '--mail-bucket', 'm', '--content-bucket', 'c'];

test('a stage is named by its data folder, by its names, or by the outputs of its stacks', () => {
  const parse = (...args: string[]) =>
    parseTransferArguments('export', ['--to', 'out', ...args]).stage;
  expect(parse('--data', '.data')).toMatchObject({ data: '.data' });
  const names = { table: 't', mailBucket: 'm', contentBucket: 'c' };
  expect(parse(...named)).toMatchObject(names);
  expect(parse('--outputs', outputs, '--stage', 'dev')).toMatchObject({
    ...{ table: 'dev-table', mailBucket: 'dev-mail', contentBucket: 'dev-content' },
  });
  expect(parse('--outputs', outputs, '--stage', 'dev', '--table', 't')).toMatchObject({
    ...{ table: 't', mailBucket: 'dev-mail' },
  });
});

test.each([
  [[], '--to <folder> is missing'],
  [['--to', 'out'], 'Say which stage'],
  [['--to', 'out', '--table', 't'], 'Say which stage'],
  [['--to', 'out', ...named, '--parallel', 'many'], '--parallel takes a number from 1 to 100'],
  [['--to', 'out', ...named, '--segments', '0'], '--segments takes a number from 1'],
  [['--to', 'out', ...named, '--force'], "Unknown option '--force'"],
  [['--help'], 'Exports all items of a stage'],
])('%j is answered with what is wrong and the usage', (args, reason) => {
  expect(() => parseTransferArguments('export', args)).toThrow(reason);
  expect(() => parseTransferArguments('export', args)).toThrow('Usage: npm run export');
});

test('outputs of several stages need a choice', () => {
  const parse = (...more: string[]) =>
    parseTransferArguments('import', ['--from', 'in', '--outputs', outputs, ...more]);
  expect(() => parse()).toThrow('has 2 stacks with a table');
  expect(() => parse('--stage', 'prod')).toThrow('has 0 stacks with a table of stage prod');
});
