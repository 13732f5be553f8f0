import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { SynthesizedStage, useCaseOf } from '../lib/synthesize.ts';
import { cruisedFolders, repositoryRoot } from './cruise.ts';

const sources = cruisedFolders
  .flatMap((room) =>
    readdirSync(repositoryRoot, { withFileTypes: true }).some(({ name }) => name === room)
      ? readdirSync(join(repositoryRoot, room), { recursive: true, encoding: 'utf8' }).map((path) =>
          join(room, path),
        )
      : [],
  )
  .filter((path) => path.endsWith('.ts') && !path.includes('cdk.out'));

const textOf = (path: string) => readFileSync(join(repositoryRoot, path), 'utf8');
const isIn =
  (...starts: readonly string[]) =>
  (path: string) =>
    starts.some((start) => path.startsWith(`${start}/`));

/** The sources in which a rule finds a fault. */
function findFaulty(paths: readonly string[], fault: (path: string) => boolean): string[] {
  return paths.filter(fault);
}

test('the sources are found', () => {
  expect(sources.length).toBeGreaterThan(150);
});

test('no source file is longer than 350 lines, tests aside', () => {
  const shipped = sources.filter((path) => !isIn('test')(path));
  expect(findFaulty(shipped, (path) => textOf(path).split('\n').length > 351)).toEqual([]);
});

test('file names are in kebab-case, and say by one suffix what they are besides', () => {
  const name = /^[a-z0-9]+(-[a-z0-9]+)*(\.(lambda|wiring|d|(property\.)?test))?\.ts$/;
  expect(findFaulty(sources, (path) => !name.test(basename(path)))).toEqual([]);
});

test('no file is named for having no one purpose', () => {
  const vague =
    /(^|[-/])(managers?|helpers?|utils?|services?|commons?|misc)([-./]|$)|(^|\/)index\.ts$/;
  // Words of an AWS service's name and of service levels.
  const ownTerms = /secrets-manager|service-levels?/;
  expect(
    findFaulty(sources, (path) => vague.test(basename(path).replace(ownTerms, 'term'))),
  ).toEqual([]);
});

test('the environment is read in entries and outside the business only', () => {
  const business = sources
    .filter(isIn('core', 'adapters', 'functions', 'lib'))
    .filter((path) => !path.endsWith('.lambda.ts'));
  expect(business.length).toBeGreaterThan(100);
  const reading = /process\s*\.\s*env|\benv\b[^;]*from 'node:process'/;
  expect(findFaulty(business, (path) => reading.test(textOf(path)))).toEqual([]);
});

test('an error says its own name, since bundling shortens those of classes', () => {
  const errorClass = /class \w+ extends \w*Error\b[^{]*\{/g;
  const isNamed = (text: string) =>
    [...text.matchAll(errorClass)].every(({ 0: head, index }) =>
      /^\s*override readonly name = '\w+';/m.test(
        text.slice(index + head.length, index + head.length + 200),
      ),
    );
  const shipped = sources.filter(isIn('core', 'adapters', 'functions'));
  const raising = shipped.filter((path) => textOf(path).match(errorClass) !== null);
  expect(raising.length).toBeGreaterThan(2);
  expect(findFaulty(raising, (path) => !isNamed(textOf(path)))).toEqual([]);
});

/** Reads the system's time; a monotonic counter of milliseconds does not. */
const systemTimeCall = /Date\.now\b|new Date\(\)|new Date(?!\()\b|\bDate\(\)|Temporal\.Now/;

describe('what time it is', () => {
  /** Files that need the system's time rather than the help desk's, and what for. */
  const systemTimeUses: Readonly<Record<string, string>> = {
    'local/gateway/gateway.ts': 'whether a token is still good',
    'local/gateway/object-endpoint.ts': 'whether an upload is, which the SDK signs by the system',
    'local/host.ts': 'from when on a token is good',
    'local/print-token.ts': 'from when on a token is good',
    'local/demo/run-demo.ts': 'from when on a token is good',
    'local/demo/play-demo.ts': "how far a host's clock is from the system's",
    'local/identity/session-store.ts': 'when a sign-in ends in a browser',
    'local/engines/dynamo-call.ts': 'the date that a signature has',
    'local/engines/secret-store.ts': 'when a secret was generated',
    'local/event-sources/stream-batch.ts': "the age of records that the engine's own clock dates",
    'local/lambda/lambda-context.ts': 'the day in the name of a log stream',
  };

  test('the functions ask of one clock, and core and adapters are told', () => {
    const deployed = sources.filter(isIn('core', 'adapters', 'functions'));
    expect(deployed.length).toBeGreaterThan(150);
    expect(findFaulty(deployed, (path) => systemTimeCall.test(textOf(path)))).toEqual([
      'functions/edge/clock.wiring.ts',
    ]);
  });

  test('the host asks of one clock, but for what goes by the real time', () => {
    const host = sources.filter(isIn('local'));
    const asking = findFaulty(host, (path) => systemTimeCall.test(textOf(path)));
    expect(asking.sort()).toEqual(['local/clock.ts', ...Object.keys(systemTimeUses)].sort());
  });

  test.each([
    ['const now = Date.now();', true],
    ['constructor(now: () => number = Date.now) {}', true],
    ['const at = new Date();', true],
    ['const at = new Date;', true],
    ['const at = Date();', true],
    ['Temporal.Now.instant()', true],
    ['const at = new Date(written);', false],
    ['const begun = performance.now();', false],
    ['const at: Date = given;', false],
    ['new DateTimeFormat()', false],
  ])('%s is found: %s', (source, found) => {
    expect(systemTimeCall.test(source)).toBe(found);
  });
});

test('core asks neither the clock nor chance', () => {
  const asking = /Math\.random\(|performance\.now\(|randomUUID/;
  const core = sources.filter(isIn('core'));
  expect(core.length).toBeGreaterThan(30);
  expect(findFaulty(core, (path) => asking.test(textOf(path)))).toEqual([]);
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
  const stage = new SynthesizedStage('dev');

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
      join(repositoryRoot, entry.replace('.lambda.ts', '.ts'))
    );
    expect(useCase.makeHandler).toBeTypeOf('function');
    const declared = useCase.Env instanceof z.ZodObject ? Object.keys(useCase.Env.shape) : [];
    const { Properties } = stage.functionOf(entry.slice('functions/'.length, -'.lambda.ts'.length));
    const given = Object.keys(Properties.Environment?.Variables ?? {});
    // Variables that Lambda sets itself or that the libraries read.
    const ours = (name: string) => !/^(POWERTOOLS|AWS|NODE)_/.test(name);
    expect(given.filter(ours).sort()).toEqual(declared.filter(ours).sort());
  });
});

test('a function counts failures for the capability whose folder it is in', () => {
  const entries = sources
    .filter(isIn('functions'))
    .filter((path) => /\.(lambda|wiring)\.ts$/.test(path) && !isIn('functions/edge')(path));
  const named = (path: string) => [
    ...textOf(path).matchAll(/\b(?:makeMeter|wireEdge|wireHttp)\('([a-z]+)'/g),
  ];
  expect(entries.filter((path) => named(path).length > 0).length).toBeGreaterThan(30);
  expect(
    findFaulty(entries, (path) => named(path).some(([, name]) => name !== path.split('/')[1])),
  ).toEqual([]);
});
