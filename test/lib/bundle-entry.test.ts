import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { App, Stack } from 'aws-cdk-lib';
import { Architecture, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type EntryBundle,
  listImportedFiles,
  makeEntryCode,
  writeBundle,
} from '../../lib/bundle-entry.ts';
import {
  type LambdaFunction as DeployedFunction,
  mergeEnvironments,
} from '../../local/deployment/read-functions.ts';
import {
  bundleDeployedEntry,
  readDeployedFunctions,
  startBytesOf,
  useCaseOfEntry,
} from '../support/deployed-bundles.ts';
import { volume } from '../support/volumes.ts';

const execFileAsync = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * How many KB of code (1,000 bytes) each function may import at its start: about 5 % above what it
 * had when this was written.
 */
const budgets: Readonly<Record<string, number>> = {
  'accept-sign-in': 395,
  'acknowledge-escalation': 550,
  'admit-people': 330,
  'announce-waiting': 480,
  'assign-inquiry': 500,
  'claim-inquiry': 620,
  'command-inquiry': 600,
  'configure-routing': 500,
  'configure-service-levels': 500,
  'end-inquiries': 575,
  'erase-person': 455,
  'explain-clock': 530,
  'explain-routing': 540,
  'fire-alarm': 520,
  'log-call': 530,
  'maintain-registry': 510,
  'notify-vendor': 480,
  'offboard-agent': 450,
  'perform-vendor-command': 570,
  'process-mail': 800,
  'quarantine-mail': 800,
  'read-audit': 510,
  'read-desks': 580,
  'read-inquiry': 605,
  'read-job': 440,
  'read-key': 460,
  'reconcile-mail': 500,
  'record-bounce': 500,
  'relay-events': 325,
  'report-service-levels': 460,
  'review-breaches': 560,
  'review-quarantine': 850,
  'route-inquiry': 540,
  'run-erasure': 740,
  'run-job': 660,
  'send-notice': 700,
  'serve-docs': 330,
  'serve-vendor': 650,
  'show-status': 530,
  'simulate-routing': 550,
  'submit-form': 590,
  'sweep-alarms': 360,
  'upload-attachment': 710,
};

/** What `npm test` bundles; the long run bundles every function. */
const everyTime = [
  'claim-inquiry',
  'command-inquiry',
  'process-mail',
  'read-desks',
  'read-inquiry',
  'relay-events',
  'sweep-alarms',
];

let folder: string;
let functions: DeployedFunction[];
let bundles: ReadonlyMap<string, EntryBundle>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'toritsugi-bundles-'));
  functions = await readDeployedFunctions();
  const chosen = volume({ small: everyTime.length, whole: functions.length });
  const bundled = functions.filter(
    ({ entry }) => chosen === functions.length || everyTime.includes(useCaseOfEntry(entry)),
  );
  bundles = new Map(
    await Promise.all(
      bundled.map(
        async ({ entry }) => [useCaseOfEntry(entry), await bundleDeployedEntry(entry)] as const,
      ),
    ),
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function bundleOf(useCase: string): EntryBundle {
  const bundle = bundles.get(useCase);
  if (bundle === undefined) throw new Error(`no function ${useCase}`);
  return bundle;
}

/** How many bytes of each source the handler imports at its start. */
function measureStart({ metafile }: EntryBundle): ReadonlyMap<string, number> {
  const names = listImportedFiles(metafile);
  const bytes = new Map<string, number>();
  for (const [path, { inputs }] of Object.entries(metafile.outputs)) {
    if (!names.some((name) => path.endsWith(`/${name}`))) continue;
    for (const [source, { bytesInOutput }] of Object.entries(inputs)) {
      bytes.set(source, (bytes.get(source) ?? 0) + bytesInOutput);
    }
  }
  return bytes;
}

/** A package's name, or the folder of a source of ours. */
function groupOf(source: string): string {
  return (
    /(?:.*node_modules\/)((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1] ??
    source.split('/').slice(0, 2).join('/')
  );
}

/** Says of each function that is over its budget, or has none, what it is made of. */
function findOverweight(limits: Readonly<Record<string, number>>): string[] {
  return [...bundles].flatMap(([useCase, bundle]) => {
    const kilobytes = Math.ceil(startBytesOf(bundle) / 1000);
    const limit = limits[useCase];
    if (limit !== undefined && kilobytes <= limit) return [];
    const groups = new Map<string, number>();
    for (const [source, bytes] of measureStart(bundle)) {
      groups.set(groupOf(source), (groups.get(groupOf(source)) ?? 0) + bytes);
    }
    const heaviest = [...groups]
      .sort(([, one], [, other]) => other - one)
      .slice(0, 5)
      .map(([group, bytes]) => `${group} ${Math.round(bytes / 1000)}`);
    return [`${useCase}: ${kilobytes} KB of ${limit ?? 'no budget'}: ${heaviest.join(', ')}`];
  });
}

describe('the code that a function imports at its start', () => {
  it('is within the budget of each function', () => {
    expect(findOverweight(budgets)).toEqual([]);
    const useCases = functions.map(({ entry }) => useCaseOfEntry(entry));
    expect(Object.keys(budgets).sort()).toEqual(useCases.sort());
  });

  it('is accounted for by its five heaviest sources where it is over, or has no budget', () => {
    const { 'relay-events': _, ...others } = budgets;
    expect(findOverweight({ ...others, 'sweep-alarms': 1 })).toEqual([
      expect.stringMatching(/^relay-events: \d+ KB of no budget: (\S+ \d+(, |$)){5}$/),
      expect.stringMatching(/^sweep-alarms: \d+ KB of 1: (\S+ \d+(, |$)){5}$/),
    ]);
  });

  it('has S3 only where each run needs it, or nobody waits for the run', () => {
    const withS3 = [...bundles]
      .filter(([, bundle]) =>
        [...measureStart(bundle).keys()].some((one) => one.includes('client-s3/')),
      )
      .map(([useCase]) => useCase);
    const eachRun = ['process-mail', 'quarantine-mail', 'reconcile-mail', 'review-quarantine'];
    const byItself = ['end-inquiries', 'run-erasure'];
    expect(withS3.sort()).toEqual(
      [...eachRun, ...byItself, 'upload-attachment']
        .filter((useCase) => bundles.has(useCase))
        .sort(),
    );
  });
});

describe('a bundle', () => {
  it('knows no credentials but those of the environment', () => {
    const sources = [...bundles.values()].flatMap(({ metafile }) => Object.keys(metafile.inputs));
    const providers = sources.map((source) => /credential-provider-[a-z-]+/.exec(source)?.[0]);
    expect([...new Set(providers)].filter((one) => one !== undefined)).toEqual([
      'credential-provider-env',
    ]);
    expect(sources.some((source) => /nested-clients|token-providers/.test(source))).toBe(false);
  });

  it('is the same again, and names no path of this machine', async () => {
    const { files } = bundleOf('claim-inquiry');
    const again = await bundleDeployedEntry('functions/work/claim-inquiry.lambda.ts');
    expect([...again.files.keys()]).toEqual([...files.keys()]);
    for (const [name, contents] of files) {
      expect(Buffer.compare(contents, again.files.get(name) ?? new Uint8Array())).toBe(0);
      expect(Buffer.from(contents).includes(root)).toBe(false);
    }
    expect(files.size).toBeGreaterThan(4);
  });

  it('gives a handler when it is imported bare, in the environment of its function', async () => {
    for (const [useCase, bundle] of bundles) writeBundle(bundle, join(folder, useCase));
    const importing = `
      const found = {};
      for (const name of process.argv.slice(1)) {
        found[name] = typeof (await import('${folder}/' + name + '/index.mjs')).handler;
      }
      console.log(JSON.stringify(found));
      process.exit();
    `;
    // Functions of one stage are told the same under the same name, so one process does for all.
    const { stdout } = await execFileAsync(
      process.execPath,
      ['--enable-source-maps', '--input-type=module', '--eval', importing, ...bundles.keys()],
      { env: { ...mergeEnvironments(functions), AWS_REGION: 'ap-northeast-1' }, cwd: folder },
    );
    expect(JSON.parse(stdout)).toEqual(
      Object.fromEntries([...bundles.keys()].map((useCase) => [useCase, 'function'])),
    );
  });

  it('has its chunks with it: what is loaded when needed is there', () => {
    const { files, metafile } = bundleOf('claim-inquiry');
    const atStart = listImportedFiles(metafile);
    const all = listImportedFiles(metafile, ['import-statement', 'dynamic-import']);
    expect(all.length).toBeGreaterThan(atStart.length);
    expect(all.filter((name) => !files.has(name) || !files.has(`${name}.map`))).toEqual([]);
  });

  it('is an asset of its own, the same wherever the stack is synthesized', () => {
    const entries = ['relay/relay-events', 'sla/sweep-alarms'];
    const keysIn = (outdir: string) => {
      const app = new App({ outdir: join(folder, outdir), analyticsReporting: false });
      const stack = new Stack(app, 'Stack');
      for (const [index, useCase] of entries.entries()) {
        new LambdaFunction(stack, `Function${index}`, {
          architecture: Architecture.ARM_64,
          runtime: Runtime.NODEJS_24_X,
          handler: 'index.handler',
          code: makeEntryCode(`functions/${useCase}.lambda.ts`),
        });
      }
      const { template } = app.synth().getStackByName('Stack');
      const keys = Object.values(
        template.Resources as Record<string, { Properties?: { Code?: { S3Key?: string } } }>,
      ).flatMap(({ Properties }) => Properties?.Code?.S3Key ?? []);
      for (const key of keys) {
        expect(readdirSync(join(folder, outdir, `asset.${key.replace('.zip', '')}`))).toContain(
          'index.mjs',
        );
      }
      return keys;
    };
    const [first, second] = [keysIn('first'), keysIn('second')];
    expect(new Set(first).size).toBe(2);
    expect(second).toEqual(first);
  });
});
