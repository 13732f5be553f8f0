import { DatabaseSync } from 'node:sqlite';
import type { TableResource } from '../deployment/read-tables.ts';

/*
 * dynoxide keeps a table's items as DynamoDB's JSON in a SQLite table of the same name, in the
 * column `item_json`. SQLite keeps the index below by itself when the engine writes.
 */

/** A key as DynamoDB's JSON. */
export type ItemKey = Readonly<Record<string, unknown>>;

/** The items of one table whose time to live has ended. */
export interface ExpiredItems {
  /** Keys of up to so many that expired before an instant, those that expired first in front. */
  read(nowSeconds: number, limit: number): ItemKey[];
  close(): void;
}

/** Makes the index by which expired items are found; on a table that has none yet, by reading it. */
export function indexExpiry(database: DatabaseSync, { name, ttlAttribute }: TableResource): void {
  if (ttlAttribute === undefined) return;
  const { text, seconds } = expiryOf(ttlAttribute);
  database.exec(
    `CREATE INDEX IF NOT EXISTS ${indexOf(name, ttlAttribute)} ON ${quoted(name)}(${seconds})
     WHERE ${text} IS NOT NULL`,
  );
}

/** Opens a table of the engine's file to read what has expired; undefined where nothing expires. */
export function openExpiredItems(file: string, table: TableResource): ExpiredItems | undefined {
  const { name, keys, ttlAttribute } = table;
  if (ttlAttribute === undefined) return undefined;
  const { text, seconds } = expiryOf(ttlAttribute);
  const fields = keys.flatMap((key) => [literal(key), attribute(key)]);
  // The engine writes ahead to a log, so a reader neither waits for its writes nor delays them.
  const database = new DatabaseSync(file, { readOnly: true });
  const select = database.prepare(
    // By this index or not at all: a query that would read the whole table is an error.
    `SELECT json_object(${fields.join(', ')}) AS key
     FROM ${quoted(name)} INDEXED BY ${indexOf(name, ttlAttribute)}
     WHERE ${text} IS NOT NULL AND ${seconds} < ? ORDER BY ${seconds} LIMIT ?`,
  );
  return {
    read: (nowSeconds, limit) =>
      select.all(nowSeconds, limit).map(({ key }) => JSON.parse(String(key)) as ItemKey),
    close: () => database.close(),
  };
}

function expiryOf(ttlAttribute: string) {
  // Only numbers count: an attribute of another type has no member "N".
  const text = attribute(ttlAttribute, 'N');
  return { text, seconds: `CAST(${text} AS REAL)` };
}

function attribute(...path: readonly string[]): string {
  return `json_extract(item_json, ${literal(`$${path.map((name) => `."${name}"`).join('')}`)})`;
}

function indexOf(table: string, ttlAttribute: string): string {
  return quoted(`${table}::expiry::${ttlAttribute}`);
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
