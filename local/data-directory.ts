import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** The directory of everything that outlives the host. */
export interface DataDirectory {
  readonly path: string;
  file(name: string): string;
  /** Tells other commands where the running host is reached. */
  announce(host: RunningHost): void;
  close(): void;
}

export interface RunningHost {
  readonly url: string;
  readonly smtpPort: number;
  readonly pid: number;
  /** How many of its seconds pass in a real one. */
  readonly clockSpeed: number;
  readonly storage: StageStorage;
}

/** Where the items and objects of a host's stage are, and what they are called. */
export interface StageStorage {
  readonly dynamoUrl: string;
  /** S3, to which this machine's own commands need no key. */
  readonly objectUrl: string;
  /** Of the three, those that the stage's functions know. */
  readonly table: string | undefined;
  readonly mailBucket: string | undefined;
  readonly contentBucket: string | undefined;
}

export class DirectoryInUseError extends Error {
  override readonly name = 'DirectoryInUseError';
}

/** Marks a directory as a host's own; `fresh` empties only a directory that has it. */
const MARK = 'toritsugi-data';
const ANNOUNCEMENT = 'host.json';

/**
 * Opens a data directory for one host alone; throws `DirectoryInUseError` while another has it.
 *
 * The lock is SQLite's: the system releases it when the process ends, even when it is killed.
 */
export function openDataDirectory(path: string, options: { fresh: boolean }): DataDirectory {
  const root = resolve(path);
  mkdirSync(root, { recursive: true });
  const lock = lockDirectory(root);
  try {
    if (options.fresh) emptyDirectory(root);
    writeFileSync(join(root, MARK), '');
  } catch (error) {
    lock.close();
    throw error;
  }
  return {
    path: root,
    file: (name) => join(root, name),
    announce: (host) => writeFileSync(join(root, ANNOUNCEMENT), JSON.stringify(host)),
    close: () => lock.close(),
  };
}

/** Opens a directory that is deleted with the host. */
export function openTemporaryDirectory(): DataDirectory {
  const directory = openDataDirectory(mkdtempSync(join(tmpdir(), 'toritsugi-')), { fresh: false });
  return {
    ...directory,
    close: () => {
      directory.close();
      rmSync(directory.path, { recursive: true, force: true });
    },
  };
}

/** Reads where the host of a data directory is, or last was; undefined when there never was one. */
export function readLastHost(path: string): RunningHost | undefined {
  try {
    return JSON.parse(readFileSync(join(resolve(path), ANNOUNCEMENT), 'utf8')) as RunningHost;
  } catch {
    return undefined;
  }
}

const LOCK = 'lock.db';

function lockDirectory(root: string): DatabaseSync {
  const database = new DatabaseSync(join(root, LOCK), { timeout: 0 });
  try {
    database.exec('PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE');
    return database;
  } catch {
    database.close();
    throw new DirectoryInUseError(
      `Another host is using ${root}. Stop it, or start with --data <other>.`,
    );
  }
}

function emptyDirectory(root: string): void {
  const names = readdirSync(root).filter((name) => !name.startsWith(LOCK));
  if (names.length > 0 && !names.includes(MARK)) {
    throw new Error(`${root} holds files that are not a host's; --fresh will not remove them.`);
  }
  for (const name of names) rmSync(join(root, name), { recursive: true, force: true });
}
