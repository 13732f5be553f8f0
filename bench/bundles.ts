import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { writeBundle } from '../lib/bundle-entry.ts';
import {
  allBytesOf,
  bundleDeployedEntry,
  readDeployedFunctions,
  startBytesOf,
  useCaseOfEntry,
} from '../test/support/deployed-bundles.ts';

const execFileAsync = promisify(execFile);

type Measures = {
  /** Minified code that is imported at the start, without source maps. */
  readonly startBytes: number;
  /** With what is imported when it is needed. */
  readonly allBytes: number;
  /** Processor time of the import, user and system, in milliseconds: the median. */
  readonly cpuMilliseconds: number;
};

export type BundleFigure = {
  readonly useCase: string;
  readonly now: Measures;
  /** The same entry in an earlier assembly. */
  readonly before: Measures | undefined;
};

type Bundle = Omit<Measures, 'cpuMilliseconds'> & { readonly folder: string };

/**
 * Measures the bundle of every function: bytes, and the processor time of its import in a process of
 * its own, with the function's environment.
 *
 * Runs of before and now alternate, so that both meet the same moods of the machine.
 * @param earlier the folder of an assembly that another commit synthesized (`cdk.out`)
 */
export async function measureBundles(runs: number, earlier?: string): Promise<BundleFigure[]> {
  const target = await mkdtemp(join(tmpdir(), 'toritsugi-bundles-'));
  try {
    const before = earlier === undefined ? new Map() : await readAssembly(earlier);
    const figures: BundleFigure[] = [];
    for (const { entry, environment } of await readDeployedFunctions()) {
      const useCase = useCaseOfEntry(entry);
      const bundles = [
        await bundleInto(join(target, useCase), entry),
        ...(before.has(entry) ? [before.get(entry) as Bundle] : []),
      ];
      const times: number[][] = bundles.map(() => []);
      for (let run = 0; run < runs; run += 1) {
        for (const [index, { folder }] of bundles.entries()) {
          times[index]?.push(await measureImport(join(folder, 'index.mjs'), environment));
        }
      }
      const [now, former] = bundles.map(({ startBytes, allBytes }, index) => ({
        ...{ startBytes, allBytes },
        cpuMilliseconds: medianOf(times[index] ?? []),
      }));
      if (now !== undefined) figures.push({ useCase, now, before: former });
    }
    return figures;
  } finally {
    await rm(target, { recursive: true, force: true });
  }
}

async function bundleInto(folder: string, entry: string): Promise<Bundle> {
  const bundle = await bundleDeployedEntry(entry);
  writeBundle(bundle, folder);
  return { folder, startBytes: startBytesOf(bundle), allBytes: allBytesOf(bundle) };
}

type AssemblyTemplate = {
  readonly Resources: Readonly<
    Record<
      string,
      {
        readonly Metadata?: Readonly<Record<string, string>>;
        readonly Properties?: { readonly Code?: { readonly S3Key?: string } };
      }
    >
  >;
};

/** The bundles of an assembly by their entries; each is one file there. */
async function readAssembly(folder: string): Promise<Map<string, Bundle>> {
  const bundles = new Map<string, Bundle>();
  for (const name of await readdir(folder)) {
    if (!name.endsWith('.template.json')) continue;
    const template: AssemblyTemplate = JSON.parse(await readFile(join(folder, name), 'utf8'));
    for (const { Metadata, Properties } of Object.values(template.Resources)) {
      const entry = Metadata?.['toritsugi:entry'];
      const key = Properties?.Code?.S3Key;
      if (entry === undefined || key === undefined) continue;
      const path = join(folder, `asset.${basename(key, '.zip')}`);
      const code = (await readdir(path)).filter((file) => file.endsWith('.mjs'));
      const sizes = await Promise.all(
        code.map(async (file) => (await stat(join(path, file))).size),
      );
      const allBytes = sizes.reduce((sum, size) => sum + size, 0);
      const startBytes = (await stat(join(path, 'index.mjs'))).size;
      bundles.set(entry, { folder: path, startBytes, allBytes });
    }
  }
  return bundles;
}

const importing = `
  const before = process.cpuUsage();
  await import(process.argv[1]);
  const { user, system } = process.cpuUsage(before);
  console.log((user + system) / 1000);
  process.exit();
`;

async function measureImport(
  path: string,
  environment: Readonly<Record<string, string>>,
): Promise<number> {
  const { stdout } = await execFileAsync(
    process.execPath,
    ['--input-type=module', '--eval', importing, path],
    { env: { ...environment, AWS_REGION: 'ap-northeast-1' } },
  );
  return Number(stdout);
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}
