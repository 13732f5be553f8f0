import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cruisedFolders, cruiseTree, repositoryRoot } from './cruise.ts';

type Report = Awaited<ReturnType<typeof cruiseTree>>;

describe('the walls of this tree', () => {
  let report: Report;
  beforeAll(async () => {
    report = await cruiseTree(repositoryRoot);
  });

  test('stand', () => {
    const found = report.summary.violations.map(
      ({ rule, from, to }) => `${rule.name}: ${from} → ${to}`,
    );
    expect(found).toEqual([]);
  });

  // With a TypeScript that it cannot read, dependency-cruiser sees no file and finds no violation.
  test.each([
    ['core/', 20],
    ['adapters/', 20],
    ['functions/', 40],
    ['lib/', 15],
    ['local/', 20],
    ['transfer/', 10],
    ['test/', 20],
    ['bin/', 1],
  ])('are looked at from within %s', (room, least) => {
    const seen = report.modules.filter(({ source }) => source.startsWith(room));
    expect(seen.length).toBeGreaterThanOrEqual(least);
  });
});

/** One violation for each rule: the file and its source. */
const planted: Readonly<Record<string, { readonly from: string; readonly source: string }>> = {
  'no-circle': { from: 'core/work/circle-a.ts', source: "import './circle-b.ts';" },
  'no-orphan': { from: 'core/work/orphan.ts', source: 'export const lonely = 1;' },
  'no-unresolved': { from: 'core/work/unresolved.ts', source: "import './nowhere.ts';" },
  'no-undeclared-package': {
    from: 'adapters/dynamo/undeclared.ts',
    source: "import 'undeclared';",
  },
  'no-development-package-deploys': {
    from: 'adapters/dynamo/tested.ts',
    source: "import 'fauxqs';",
  },
  'kernel-inquiry': {
    from: 'core/inquiry/inquiry.ts',
    source: "import '../access/person.ts';",
  },
  'kernel-calendar': {
    from: 'core/calendar/calendar.ts',
    source: "import '../inquiry/ids.ts';",
  },
  'kernel-masking': { from: 'core/masking/text.ts', source: "import '../inquiry/ids.ts';" },
  'kernel-access': { from: 'core/access/access.ts', source: "import '../work/claim.ts';" },
  'kernel-wording': { from: 'core/wording/page.ts', source: "import '../access/person.ts';" },
  'core-capability': { from: 'core/work/work.ts', source: "import '../intake/open.ts';" },
  'core-rooms-only': { from: 'core/stray.ts', source: "import 'zod';" },
  adapters: { from: 'adapters/dynamo/ledger.ts', source: "import '../../functions/edge/http.ts';" },
  edge: { from: 'functions/edge/edge.ts', source: "import '../../core/work/claim.ts';" },
  contract: { from: 'functions/contract/work.ts', source: "import '../../core/work/claim.ts';" },
  function: {
    from: 'functions/work/claim-inquiry.ts',
    source: "import '../../adapters/dynamo/table.ts';",
  },
  lambda: {
    from: 'functions/work/claim-inquiry.lambda.ts',
    source: "import '../../lib/stack.ts';",
  },
  'wiring-imported-by-entries': {
    from: 'functions/work/resolve-inquiry.ts',
    source: "import './work.wiring.ts';",
  },
  'lambda-imported-by-nobody': {
    from: 'local/load.ts',
    source: "import '../functions/work/claim-inquiry.lambda.ts';",
  },
  lib: { from: 'lib/data/ledger-table.ts', source: "import '../../core/work/claim.ts';" },
  'lib-types-of-functions': {
    from: 'lib/app/work.ts',
    source: "import { makeHandler } from '../../functions/edge/http.ts'; makeHandler;",
  },
  bin: { from: 'bin/app.ts', source: "import '../core/work/claim.ts';" },
  local: { from: 'local/start.ts', source: "import type { Claim } from '../core/work/claim.ts';" },
  transfer: { from: 'transfer/items.ts', source: "import '../adapters/dynamo/table.ts';" },
  'transfer-imported-by-nobody': { from: 'lib/rows.ts', source: "import '../transfer/key.ts';" },
  'decisions-read-and-write-nothing': {
    from: 'core/work/decide/decide.ts',
    source: "import '../ports.ts';",
  },
  'nothing-from-tests': { from: 'local/seed.ts', source: "import '../test/support/people.ts';" },
};

/** Walls between rooms of one folder: the room, and the one beside it that it must not import. */
const plantedRooms: readonly (readonly [rule: string, from: string, unknown: string])[] = [
  ['rooms-core-inquiry-values', 'core/inquiry/values', '..'],
  ['rooms-core-inquiry-events', 'core/inquiry/events', '../outbox'],
  ['rooms-core-inquiry-clock', 'core/inquiry/clock', '../tokens'],
  ['rooms-core-inquiry-terms', 'core/inquiry/terms', '..'],
  ['rooms-core-inquiry-tokens', 'core/inquiry/tokens', '../terms'],
  ['rooms-core-inquiry-outbox', 'core/inquiry/outbox', '../other'],
  ['rooms-core-intake-mail', 'core/intake/mail', '../form'],
  ['rooms-core-intake-form', 'core/intake/form', '../call'],
  ['rooms-core-intake-call', 'core/intake/call', '../mail'],
  ['rooms-core-routing-rules', 'core/routing/rules/compile', '../../placement'],
  ['rooms-core-routing-placement', 'core/routing/placement', '../observation'],
  ['rooms-core-routing-observation', 'core/routing/observation', '../simulation'],
  ['rooms-core-routing-configuration', 'core/routing/configuration', '../placement'],
  ['rooms-core-routing-explanation', 'core/routing/explanation', '../simulation'],
  ['rooms-core-routing-simulation', 'core/routing/simulation', '../explanation'],
  ['rooms-core-routing-rules-level', 'core/routing/rules', './validation'],
  ['rooms-core-routing-rules-compile', 'core/routing/rules/compile', '../validation'],
  ['rooms-core-routing-rules-validation', 'core/routing/rules/validation', '../other'],
  ['rooms-core-work-decide', 'core/work/decide', '../assign'],
  ['rooms-core-work-claim', 'core/work/claim', '../decide'],
  ['rooms-core-work-assign', 'core/work/assign', '../claim'],
  ['rooms-core-work-read', 'core/work/read', '../claim'],
  ['rooms-core-sla-report', 'core/sla/report', '../breach'],
  ['rooms-core-sla-breach', 'core/sla/breach', '../escalation'],
  ['rooms-core-sla-escalation', 'core/sla/escalation', '../breach'],
  ['rooms-core-sla-configuration', 'core/sla/configuration', '../report'],
  ['rooms-core-notice-content', 'core/notice/content', '../sending'],
  ['rooms-core-notice-sending', 'core/notice/sending', '../bounce'],
  ['rooms-core-notice-bounce', 'core/notice/bounce', '../sending'],
  ['rooms-core-notice-page', 'core/notice/page', '../sending'],
  ['rooms-core-people-level', 'core/people', './offboarding'],
  ['rooms-core-people-offboarding', 'core/people/offboarding', '../other'],
  ['rooms-core-people-sign-in', 'core/people/sign-in', '../offboarding'],
  ['rooms-core-people-retention', 'core/people/retention', '../offboarding'],
  ['rooms-core-people-erasure', 'core/people/erasure', '../retention'],
  ['rooms-adapters-dynamo-level', 'adapters/dynamo', './inquiry'],
  ['rooms-adapters-dynamo-inquiry', 'adapters/dynamo/inquiry', '../sla'],
  ['rooms-adapters-dynamo-intake', 'adapters/dynamo/intake', '../inquiry'],
  ['rooms-adapters-dynamo-routing', 'adapters/dynamo/routing', '../config'],
  ['rooms-adapters-dynamo-work', 'adapters/dynamo/work', '../people'],
  ['rooms-adapters-dynamo-sla', 'adapters/dynamo/sla', '../job'],
  ['rooms-adapters-dynamo-notice', 'adapters/dynamo/notice', '../people'],
  ['rooms-adapters-dynamo-people', 'adapters/dynamo/people', '../config'],
  ['rooms-adapters-dynamo-config', 'adapters/dynamo/config', '../people'],
  ['rooms-adapters-dynamo-job', 'adapters/dynamo/job', '../config'],
  ['rooms-adapters-dynamo-audit', 'adapters/dynamo/audit', '../inquiry'],
  ['rooms-adapters-dynamo-erasure', 'adapters/dynamo/erasure', '../work'],
  ['rooms-adapters-mime-charset', 'adapters/mime/charset', '../structure'],
  ['rooms-adapters-mime-structure', 'adapters/mime/structure', '../reply'],
  ['rooms-adapters-mime-reply', 'adapters/mime/reply', '../charset'],
  ['rooms-functions-edge-telemetry', 'functions/edge/telemetry', '../http'],
  ['rooms-functions-edge-problem', 'functions/edge/problem', '../http'],
  ['rooms-functions-edge-queue', 'functions/edge/queue', '../http'],
  ['rooms-functions-edge-access', 'functions/edge/access', '../queue'],
  ['rooms-functions-edge-http', 'functions/edge/http', '../queue'],
  ['rooms-functions-contract-config', 'functions/contract/config', '../sla'],
  ['rooms-functions-contract-sla', 'functions/contract/sla', '../config'],
];
const plantedRoom = (rule: string, from: string) => `${from}/${rule}.ts`;
const neighbour = (from: string, unknown: string) => posix.join(from, unknown, 'neighbour.ts');

/** Further violations that a rule must find, beside the one above. */
const alsoForbidden: readonly (readonly [rule: string, from: string, source: string])[] = [
  ['kernel-inquiry', 'core/inquiry/clock.ts', "import 'node:timers';"],
  ['kernel-inquiry', 'core/inquiry/decide.ts', "import '../work/claim.ts';"],
  ['kernel-calendar', 'core/calendar/people.ts', "import '../access/person.ts';"],
  ['kernel-calendar', 'core/calendar/today.ts', "import 'node:timers';"],
  ['kernel-inquiry', 'core/inquiry/said.ts', "import '../wording/plain.ts';"],
  ['kernel-calendar', 'core/calendar/holidays.ts', "import '@holiday-jp/holiday_jp';"],
  ['core-capability', 'core/work/store.ts', "import '@aws-sdk/client-s3';"],
  ['core-capability', 'core/work/hash.ts', "import 'node:crypto';"],
  [
    'core-capability',
    'core/work/edge.ts',
    "import type { makeHandler } from '../../functions/edge/http.ts';",
  ],
  ['adapters', 'adapters/s3/stack.ts', "import '../../lib/stack.ts';"],
  ['function', 'functions/work/store.ts', "import '@aws-sdk/client-s3';"],
  ['function', 'functions/work/open.ts', "import '../../core/intake/open.ts';"],
  ['lambda', 'functions/edge/edge.wiring.ts', "import '../../local/load.ts';"],
  [
    'function',
    'functions/work/types.ts',
    "import type { Table } from '../../adapters/dynamo/table.ts';",
  ],
  [
    'lib',
    'lib/data/object-store.ts',
    "import type { Table } from '../../adapters/dynamo/table.ts';",
  ],
  ['local', 'local/store.ts', "import type { Table } from '../adapters/dynamo/table.ts';"],
];

/** Files of the planted tree that break no rule. */
const innocent: Readonly<Record<string, string>> = {
  'core/access/person.ts': "import 'zod'; export const person = 1;",
  'core/intake/open.ts': "import '../inquiry/ids.ts'; export const open = 1;",
  'core/inquiry/ids.ts': "import 'zod'; export const ids = 1;",
  'core/inquiry/clocks.ts': "import '../calendar/openings.ts';",
  'core/calendar/openings.ts': "import 'zod'; export const openings = 1;",
  'core/wording/plain.ts': "import '../inquiry/ids.ts'; export const plain = 1;",
  'core/notice/page.ts': "import '../wording/plain.ts';",
  'core/work/claim.ts':
    "import '../inquiry/ids.ts'; import '../access/person.ts'; export type Claim = 1;",
  'core/work/circle-b.ts': "import 'zod';",
  'core/work/ports.ts': "import 'zod';",
  'adapters/dynamo/table.ts':
    "import 'node:crypto'; import '@aws-sdk/client-s3'; export type Table = 1;",
  'functions/edge/http.ts':
    "import 'node:crypto'; import '@middy/core'; export const makeHandler = 1; export type Env = 1;",
  'functions/work/release-inquiry.ts':
    "import '../../core/work/claim.ts'; import '../edge/http.ts'; export type Env = 1;",
  'functions/work/release-inquiry.lambda.ts':
    "import './release-inquiry.ts'; import '../../adapters/dynamo/table.ts'; import '@aws-sdk/client-s3';",
  'functions/work/work.wiring.ts':
    "import '../../adapters/dynamo/table.ts'; export const wired = 1;",
  'functions/work/hold-inquiry.lambda.ts':
    "import './work.wiring.ts'; import '../../core/intake/open.ts';",
  'lib/stack.ts':
    "import 'constructs'; import type { Env } from '../functions/work/release-inquiry.ts';",
  'transfer/key.ts': "import 'zod'; import '@aws-sdk/client-s3'; import 'node:crypto';",
  'test/support/people.ts': "import '../../core/access/person.ts';",
};

const dependencies = [
  'zod',
  '@holiday-jp/holiday_jp',
  '@aws-sdk/client-s3',
  '@middy/core',
  'constructs',
];
const devDependencies = ['fauxqs'];

describe('the walls of a tree with violations', () => {
  let tree: string;
  let found: Set<string>;

  beforeAll(async () => {
    tree = await mkdtemp(join(tmpdir(), 'walls-'));
    const files = {
      ...innocent,
      ...Object.fromEntries(Object.values(planted).map(({ from, source }) => [from, source])),
      ...Object.fromEntries(alsoForbidden.map(([, from, source]) => [from, source])),
      ...Object.fromEntries(
        plantedRooms.flatMap(([rule, from, unknown]) => [
          [neighbour(from, unknown), 'export const neighbour = 1;'],
          [
            plantedRoom(rule, from),
            `import '${posix.join(unknown, 'neighbour.ts').replace(/^(?!\\.)/, './')}';`,
          ],
        ]),
      ),
      'core/work/circle-b.ts': "import './circle-a.ts';",
      'tsconfig.json': '{"compilerOptions": {"allowImportingTsExtensions": true, "noEmit": true}}',
      'package.json': JSON.stringify({
        type: 'module',
        dependencies: Object.fromEntries(dependencies.map((name) => [name, '1'])),
        devDependencies: Object.fromEntries(devDependencies.map((name) => [name, '1'])),
      }),
      ...Object.fromEntries(
        [...dependencies, ...devDependencies, 'undeclared'].flatMap((name) => [
          [`node_modules/${name}/package.json`, JSON.stringify({ name, main: 'index.js' })],
          [`node_modules/${name}/index.js`, ''],
        ]),
      ),
    };
    for (const [path, source] of Object.entries(files)) {
      await mkdir(dirname(join(tree, path)), { recursive: true });
      await writeFile(join(tree, path), source);
    }
    const report = await cruiseTree(tree);
    found = new Set(report.summary.violations.map(({ rule, from }) => `${rule.name} at ${from}`));
  });
  afterAll(() => rm(tree, { recursive: true }));

  test.each(Object.entries(planted))('rule %s is seen to be broken', (rule, { from }) => {
    expect(found).toContain(`${rule} at ${from}`);
  });

  test.each(plantedRooms)('rule %s is seen to be broken in %s', (rule, from) => {
    expect(found).toContain(`${rule} at ${plantedRoom(rule, from)}`);
  });

  test.each(alsoForbidden)('rule %s is seen to be broken by %s', (rule, from) => {
    expect(found).toContain(`${rule} at ${from}`);
  });

  test.each(Object.keys(innocent).filter((path) => path !== 'core/work/circle-b.ts'))(
    'what %s imports is allowed',
    (path) => {
      expect([...found].filter((violation) => violation.endsWith(` at ${path}`))).toEqual([]);
    },
  );

  test('every rule there is has a planted violation', () => {
    const configuration: { forbidden: { name: string }[] } = createRequire(import.meta.url)(
      join(repositoryRoot, '.dependency-cruiser.cjs'),
    );
    expect(configuration.forbidden.map(({ name }) => name).sort()).toEqual(
      [...Object.keys(planted), ...plantedRooms.map(([rule]) => rule)].sort(),
    );
  });
});

test('the gate looks at the same rooms as these tests', () => {
  const { scripts } = createRequire(import.meta.url)(join(repositoryRoot, 'package.json'));
  expect(scripts['check:walls']).toBe(
    `depcruise --config .dependency-cruiser.cjs ${cruisedFolders.join(' ')}`,
  );
});
