import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { Synthesized, useCaseOf } from '../lib/synthesize.ts';
import { rooms, root } from './cruise.ts';

const sources = rooms
  .flatMap((room) =>
    readdirSync(root, { withFileTypes: true }).some(({ name }) => name === room)
      ? readdirSync(join(root, room), { recursive: true, encoding: 'utf8' }).map((path) =>
          join(room, path),
        )
      : [],
  )
  .filter((path) => path.endsWith('.ts') && !path.includes('cdk.out'));

const textOf = (path: string) => readFileSync(join(root, path), 'utf8');
const isIn =
  (...starts: readonly string[]) =>
  (path: string) =>
    starts.some((start) => path.startsWith(`${start}/`));

/** The sources that a rule finds fault with. */
function faulty(paths: readonly string[], fault: (path: string) => boolean): string[] {
  return paths.filter(fault);
}

test('the sources are found', () => {
  expect(sources.length).toBeGreaterThan(150);
});

test('no source file is longer than 350 lines, tests aside', () => {
  const shipped = sources.filter((path) => !isIn('test')(path));
  expect(faulty(shipped, (path) => textOf(path).split('\n').length > 351)).toEqual([]);
});

test('file names are in kebab-case, and say by one suffix what they are besides', () => {
  const name = /^[a-z0-9]+(-[a-z0-9]+)*(\.(lambda|wiring|d|(property\.)?test))?\.ts$/;
  expect(faulty(sources, (path) => !name.test(basename(path)))).toEqual([]);
});

test('no file is named for having no one purpose', () => {
  const vague =
    /(^|[-/])(managers?|helpers?|utils?|services?|commons?|misc)([-./]|$)|(^|\/)index\.ts$/;
  // The AWS service has this name.
  const named = sources.filter((path) => !basename(path).startsWith('secrets-manager-'));
  expect(faulty(named, (path) => vague.test(path))).toEqual([]);
});

test('the environment is read in entries and outside the business only', () => {
  const business = sources
    .filter(isIn('core', 'adapters', 'functions', 'lib'))
    .filter((path) => !path.endsWith('.lambda.ts'));
  expect(business.length).toBeGreaterThan(100);
  const reading = /process\s*\.\s*env|\benv\b[^;]*from 'node:process'/;
  expect(faulty(business, (path) => reading.test(textOf(path)))).toEqual([]);
});

test('core asks neither the clock nor chance', () => {
  const asking =
    /Date\.now\(|new Date\(\)|Math\.random\(|performance\.now\(|randomUUID|Temporal\.Now/;
  const core = sources.filter(isIn('core'));
  expect(core.length).toBeGreaterThan(30);
  expect(faulty(core, (path) => asking.test(textOf(path)))).toEqual([]);
});

test('every suppression says why', () => {
  const suppressions = sources
    .filter((path) => !path.startsWith('test/architecture/'))
    .flatMap((path) =>
      textOf(path)
        .split('\n')
        .filter((line) => /biome-ignore|@ts-expect-error|@ts-ignore|@ts-nocheck/.test(line))
        .map((line) => `${path}: ${line.trim()}`),
    );
  const reasoned = /biome-ignore[-a-z]* [\w/]+: \S.{10,}|@ts-expect-error:? \S.{10,}/;
  expect(suppressions.filter((line) => !reasoned.test(line))).toEqual([]);
});

describe('each function', () => {
  const entries = sources.filter(
    (path) => path.startsWith('functions/') && path.endsWith('.lambda.ts'),
  );
  const stage = new Synthesized('dev');

  test('of the stack has its entry, and each entry its function', () => {
    const useCases = entries.map((path) => path.slice('functions/'.length, -'.lambda.ts'.length));
    expect(stage.functions.map(useCaseOf).sort()).toEqual(useCases.sort());
  });

  test.each(entries)('%s has a use case beside it, named by verb and noun', (entry) => {
    expect(basename(entry)).toMatch(/^[a-z]+(-[a-z]+)+\.lambda\.ts$/);
    expect(sources).toContain(entry.replace('.lambda.ts', '.ts'));
    expect(textOf(entry)).toMatch(/export const handler\b/);
  });

  test.each(entries)('%s is given the variables that it declares, and no others', async (entry) => {
    const useCase: { Env?: unknown; makeHandler?: unknown } = await import(
      join(root, entry.replace('.lambda.ts', '.ts'))
    );
    expect(useCase.makeHandler).toBeTypeOf('function');
    const declared = useCase.Env instanceof z.ZodObject ? Object.keys(useCase.Env.shape) : [];
    const { Properties } = stage.functionOf(entry.slice('functions/'.length, -'.lambda.ts'.length));
    const given = Object.keys(Properties.Environment?.Variables ?? {});
    // What Lambda sets itself, and what the libraries read.
    const ours = (name: string) => !/^(POWERTOOLS|AWS|NODE)_/.test(name);
    expect(given.filter(ours).sort()).toEqual(declared.filter(ours).sort());
  });
});
