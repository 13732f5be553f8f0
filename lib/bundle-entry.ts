import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { type BuildOptions, type BuildResult, buildSync, type Metafile } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Names are relative to it and nothing is written there, so that no machine's path is in a bundle. */
const outdir = join(root, 'bundle');

const options = {
  absWorkingDir: root,
  outdir,
  bundle: true,
  // What is imported dynamically is a file of its own, read when it is first needed.
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  mainFields: ['module', 'main'],
  // The SDK is bundled: the version tested is the one that runs, and it starts faster than the
  // runtime's.
  alias: {
    '@aws-sdk/credential-provider-node': `${root}adapters/sdk/environment-credentials.ts`,
  },
  // Names of classes are shortened, too; each error says its own.
  minify: true,
  sourcemap: true,
  sourcesContent: false,
  outExtension: { '.js': '.mjs' },
  // Bundled CommonJS packages still call require for Node's modules.
  banner: {
    js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);",
  },
  metafile: true,
  write: false,
  logLevel: 'error',
} satisfies BuildOptions;

/** The options by which an entry is bundled; the same sources give the same bytes. */
export function bundleOptionsOf(entry: string) {
  return { ...options, entryPoints: { index: entry } };
}

/** The files of a bundle by name, with the handler in `index.mjs`, and what each is made of. */
export type EntryBundle = {
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly metafile: Metafile;
};

/** Takes a bundle out of what esbuild gives, without files that nothing in it imports. */
export function collectBundle({
  outputFiles,
  metafile,
}: BuildResult<ReturnType<typeof bundleOptionsOf>>): EntryBundle {
  const used = new Set(listImportedFiles(metafile, ['import-statement', 'dynamic-import']));
  const files = outputFiles
    .map(({ path, contents }) => [basename(path), contents] as const)
    .filter(([name]) => used.has(name.replace(/\.map$/, '')));
  return { files: new Map(files), metafile };
}

/** The names of the files that the handler imports, itself first: at once, or also when needed. */
export function listImportedFiles(
  { outputs }: Metafile,
  kinds: readonly ('import-statement' | 'dynamic-import')[] = ['import-statement'],
): string[] {
  const byName = new Map(Object.entries(outputs).map(([path, one]) => [basename(path), one]));
  const names = new Set(['index.mjs']);
  for (const name of names) {
    for (const { path, kind, external } of byName.get(name)?.imports ?? []) {
      if (external !== true && kinds.some((one) => one === kind)) names.add(basename(path));
    }
  }
  return [...names];
}

/** Writes a bundle's files into a folder, which is made. */
export function writeBundle({ files }: EntryBundle, folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, contents] of files) writeFileSync(join(folder, name), contents);
}

/** The code of a function's entry, bundled while the stack is synthesized, without Docker. */
export function makeEntryCode(entry: string): Code {
  return Code.fromAsset(root, {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      local: {
        tryBundle: (folder) => {
          writeBundle(collectBundle(buildSync(bundleOptionsOf(entry))), folder);
          return true;
        },
      },
      // Never run. The CDK keeps one asset for equal options, and compares what is data in them.
      image: DockerImage.fromRegistry('none'),
      command: [entry],
    },
  });
}
