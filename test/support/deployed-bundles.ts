import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import {
  bundleOptionsOf,
  collectBundle,
  type EntryBundle,
  listImportedFiles,
} from '../../lib/bundle-entry.ts';
import { readDeployment } from '../../local/deployment/deployment.ts';
import { loadTemplates } from '../../local/deployment/load-templates.ts';
import type { LambdaFunction } from '../../local/deployment/read-functions.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The functions that the app deploys, by their entries, with values for their environments. */
export async function readDeployedFunctions(): Promise<LambdaFunction[]> {
  const publicUrl = 'https://desk.test';
  const stacks = await loadTemplates({ app: join(root, 'lib/make-app.ts'), root }, publicUrl);
  const { functions } = readDeployment(stacks, { publicUrl, queueUrl: 'https://sqs.test' });
  return functions.toSorted((one, other) => (one.entry < other.entry ? -1 : 1));
}

/** The name of an entry's use case, such as `claim-inquiry`. */
export function useCaseOfEntry(entry: string): string {
  return basename(entry, '.lambda.ts');
}

/** Bundles an entry as it is deployed, but in esbuild's one process. */
export async function bundleDeployedEntry(entry: string): Promise<EntryBundle> {
  return collectBundle(await build(bundleOptionsOf(entry)));
}

/** The bytes of code that a bundle's handler imports at its start, without source maps. */
export function startBytesOf({ files, metafile }: EntryBundle): number {
  return sumBytes(files, listImportedFiles(metafile));
}

/** The bytes of all code of a bundle, what is imported only when it is needed included. */
export function allBytesOf({ files }: EntryBundle): number {
  return sumBytes(
    files,
    [...files.keys()].filter((name) => name.endsWith('.mjs')),
  );
}

function sumBytes(files: EntryBundle['files'], names: readonly string[]): number {
  return names.reduce((bytes, name) => bytes + (files.get(name)?.length ?? 0), 0);
}
