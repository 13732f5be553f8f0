import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { StackTemplate } from './resource.ts';

const execFileAsync = promisify(execFile);

/**
 * Stands in the synthesized template for the host's own URL, so that one cached template serves
 * every port. `.invalid` never resolves (RFC 2606), so a missed replacement shows.
 */
const PUBLIC_URL_MARK = 'https://public-url.toritsugi.invalid';

const CACHE = fileURLToPath(new URL('../../node_modules/.cache/toritsugi', import.meta.url));

export interface AppSource {
  /** The module that exports `makeApp`. */
  readonly app: string;
  /** The folder whose sources the template depends on. */
  readonly root: string;
  /** Passed to the app with the stage's name. */
  readonly context?: Readonly<Record<string, unknown>>;
}

/** Loads the templates of stage `local`, with the host's URL filled in. */
export async function loadTemplates(
  source: AppSource,
  publicUrl: string,
): Promise<StackTemplate[]> {
  const context = { ...source.context, stage: 'local', publicUrl: PUBLIC_URL_MARK };
  const cached = join(CACHE, `template-${await computeFingerprint(source, context)}.json`);
  const text = (await readIfExists(cached)) ?? (await synthesizeTo(cached, source, context));
  return JSON.parse(text.replaceAll(PUBLIC_URL_MARK, publicUrl)) as StackTemplate[];
}

async function synthesizeTo(
  target: string,
  source: AppSource,
  context: Record<string, unknown>,
): Promise<string> {
  await mkdir(dirname(target), { recursive: true });
  const draft = `${target}.${process.pid}.draft`;
  const script = fileURLToPath(new URL('./synthesize.ts', import.meta.url));
  try {
    await execFileAsync(process.execPath, [script, source.app, JSON.stringify(context), draft], {
      cwd: source.root,
    });
    await rename(draft, target);
    await removeOlderTemplates();
  } catch (error) {
    const stderr = (error as { stderr?: string }).stderr?.trim();
    throw new Error(`The CDK app does not synthesize.\n${stderr || String(error)}`);
  } finally {
    await rm(draft, { force: true });
  }
  return readFile(target, 'utf8');
}

/** More than the suite has stages: one that falls out while others still use it is made again. */
const KEPT_TEMPLATES = 32;

async function removeOlderTemplates(): Promise<void> {
  const names = (await readdir(CACHE)).filter((name) => /^template-\w+\.json$/.test(name));
  const files = await Promise.all(
    names.map(async (name) => ({ name, at: (await stat(join(CACHE, name))).mtimeMs })),
  );
  const older = files.sort((one, other) => other.at - one.at).slice(KEPT_TEMPLATES);
  await Promise.all(older.map(({ name }) => rm(join(CACHE, name), { force: true })));
}

/**
 * Computes a fingerprint of everything that can change the template: sources, packages, context.
 */
async function computeFingerprint(source: AppSource, context: unknown): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([source.app, context]));
  const files = [
    ...(await listSources(dirname(source.app))),
    ...(await listSources(join(source.root, 'lib'))),
    ...(await listSources(join(source.root, 'functions'))),
    join(source.root, 'package-lock.json'),
    join(source.root, 'cdk.json'),
  ];
  for (const file of [...new Set(files)].sort()) {
    const bytes = await readFile(file).catch(() => undefined);
    if (bytes !== undefined) hash.update(relative(source.root, file)).update('\0').update(bytes);
  }
  return hash.digest('hex').slice(0, 24);
}

async function listSources(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && /\.(ts|json)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

async function readIfExists(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}
