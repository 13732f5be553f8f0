import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as z from 'zod';

export const repositoryRoot = fileURLToPath(new URL('../..', import.meta.url));
/** The folders that `npm run check:walls` checks. */
export const cruisedFolders = [
  'bin',
  'lib',
  'functions',
  'core',
  'adapters',
  'local',
  'transfer',
  'test',
  'bench',
];

const Report = z.object({
  summary: z.object({
    totalCruised: z.int(),
    violations: z.array(
      z.object({ from: z.string(), to: z.string(), rule: z.object({ name: z.string() }) }),
    ),
  }),
  modules: z.array(z.object({ source: z.string() })),
});

/** Runs dependency-cruiser with this project's rules over the folders of a tree. */
export async function cruiseTree(tree: string): Promise<z.infer<typeof Report>> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      join(repositoryRoot, 'node_modules/.bin/depcruise'),
      '--config',
      join(repositoryRoot, '.dependency-cruiser.cjs'),
      '--output-type',
      'json',
      ...cruisedFolders.filter((room) => existsSync(join(tree, room))),
    ],
    { cwd: tree, maxBuffer: 64 * 1024 * 1024 },
  );
  return Report.parse(JSON.parse(stdout));
}
