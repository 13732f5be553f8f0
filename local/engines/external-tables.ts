import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { TableResource } from '../deployment/read-tables.ts';
import type { DynamoCall } from './dynamo-call.ts';

/** The tables at an endpoint must not be used, or not be dropped; the message says what to do. */
export class TableRefusedError extends Error {
  override readonly name = 'TableRefusedError';
}

/** What a data directory remembers of the tables that it belongs to, by name. */
type TableIdentities = Readonly<Record<string, string>>;

/** The file in which a data directory remembers its tables. */
export const TABLES_FILE = 'tables.json';

/** The tables of an engine whose database lies in the directory itself. */
const embedded = 'embedded';
const dropMilliseconds = 60_000;
const lookMilliseconds = 100;

/**
 * Refuses to begin anew with a DynamoDB that is not on this machine: somebody's tables may have the
 * same names.
 */
export function requireLoopback(endpoint: string): void {
  const { hostname } = new URL(endpoint);
  const address = hostname.replace(/^\[|\]$/g, '');
  const isLoopback =
    address === 'localhost' ||
    (isIP(address) === 4 ? address.startsWith('127.') : address === '::1');
  if (isLoopback) return;
  throw new TableRefusedError(
    `--fresh drops the tables of this stage, and does so on this machine only, not at ${endpoint}.\n` +
      'Start without --fresh, or drop them there by hand.',
  );
}

/** Drops tables and waits until they are gone; one that is not there is gone. */
export async function dropTables(
  call: DynamoCall,
  tables: readonly TableResource[],
): Promise<void> {
  for (const { name } of tables) {
    const until = performance.now() + dropMilliseconds;
    while ((await readIdentity(call, name)) !== undefined) {
      if (performance.now() > until) throw new Error(`The table ${name} would not go.`);
      await ignoring(['ResourceInUseException', 'ResourceNotFoundException'], () =>
        call('DynamoDB_20120810.DeleteTable', { TableName: name }),
      );
      if ((await readIdentity(call, name)) !== undefined) await pause(lookMilliseconds);
    }
  }
}

/**
 * Compares the tables with those that a data directory belongs to, before anything is done to
 * either: queues, checkpoints, mails and secrets in the directory are about the items of its tables.
 *
 * @param call to a DynamoDB of its own; undefined when the directory holds the database itself
 * @param file where the directory remembers its tables
 * @throws TableRefusedError when they do not belong together
 */
export async function compareTables(
  call: DynamoCall | undefined,
  tables: readonly TableResource[],
  { file, folder }: { readonly file: string; readonly folder: string },
): Promise<void> {
  const known = readIdentities(file);
  for (const { name } of tables) {
    const found = call === undefined ? embedded : await readIdentity(call, name);
    const remembered = known?.[name];
    if (remembered !== undefined && remembered !== found) {
      throw refuse(folder, describeDifference(name, remembered, found));
    }
    // Another directory's queues and files, or nobody's, stand beside these items.
    const isForeign =
      known === undefined &&
      call !== undefined &&
      found !== undefined &&
      (await hasItems(call, name));
    if (isForeign) throw refuse(folder, `the table ${name} has items that it knows nothing of`);
  }
}

/** Has a data directory remember that it belongs to these tables from now on. */
export async function rememberTables(
  call: DynamoCall | undefined,
  tables: readonly TableResource[],
  file: string,
): Promise<void> {
  const identities: Record<string, string> = {};
  for (const { name } of tables) {
    const found = call === undefined ? embedded : await readIdentity(call, name);
    if (found !== undefined) identities[name] = found;
  }
  writeFileSync(file, JSON.stringify(identities));
}

function readIdentities(file: string): TableIdentities | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as TableIdentities) : undefined;
}

function describeDifference(name: string, remembered: string, found: string | undefined): string {
  if (remembered === embedded) return `its table ${name} is in the folder, not in another DynamoDB`;
  if (found === embedded) return `its table ${name} is in another DynamoDB, not in the folder`;
  return found === undefined
    ? `its table ${name} is not there any more`
    : `the table ${name} is not the one that it was used with`;
}

function refuse(folder: string, why: string): TableRefusedError {
  return new TableRefusedError(
    `${folder} and this DynamoDB do not belong together: ${why}.\n` +
      'Name the DynamoDB of that folder in AWS_ENDPOINT_URL_DYNAMODB (none for the embedded one), start with ' +
      '--data <other>, or begin anew with --fresh, which drops the tables of this stage.',
  );
}

/** What tells a table from another of its name: its id, or when it was made. */
async function readIdentity(call: DynamoCall, name: string): Promise<string | undefined> {
  const answer = await ignoring(['ResourceNotFoundException'], () =>
    call('DynamoDB_20120810.DescribeTable', { TableName: name }),
  );
  if (answer === undefined) return undefined;
  const { TableId, CreationDateTime } = answer['Table'] as Record<string, unknown>;
  return String(TableId ?? CreationDateTime);
}

async function hasItems(call: DynamoCall, name: string): Promise<boolean> {
  const { Count } = await call('DynamoDB_20120810.Scan', { TableName: name, Limit: 1 });
  return Number(Count) > 0;
}

async function ignoring<T>(
  names: readonly string[],
  work: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Error && names.includes(error.name)) return undefined;
    throw error;
  }
}
