import { DatabaseSync } from 'node:sqlite';

/** An item's keys. */
export interface ItemKey {
  readonly pk: string;
  readonly sk: string;
}

export interface ImageRow extends ItemKey {
  readonly item: string;
}

/**
 * The items of a table while they are being read, on disk, so that memory does not grow with them.
 *
 * A change that the stream shows always replaces what a scan found, and a scan never replaces a
 * change. After the last change an item is therefore as the stream left it, whenever the scan came
 * by.
 */
export class ItemImage {
  readonly #database: DatabaseSync;
  readonly #scanned;
  readonly #changed;

  constructor(file: string) {
    this.#database = new DatabaseSync(file);
    // It is of no use once the export is interrupted.
    this.#database.exec(`PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
      PRAGMA cache_size = -32768;
      CREATE TABLE item (pk TEXT, sk TEXT, item TEXT, PRIMARY KEY (pk, sk)) WITHOUT ROWID`);
    this.#scanned = this.#database.prepare('INSERT OR IGNORE INTO item VALUES (?, ?, ?)');
    this.#changed = this.#database.prepare('INSERT OR REPLACE INTO item VALUES (?, ?, ?)');
  }

  addScanned(rows: readonly ImageRow[]): void {
    this.#database.exec('BEGIN');
    for (const { pk, sk, item } of rows) this.#scanned.run(pk, sk, item);
    this.#database.exec('COMMIT');
  }

  /** @param item undefined for an item that was deleted */
  applyChange({ pk, sk }: ItemKey, item: string | undefined): void {
    this.#changed.run(pk, sk, item ?? null);
  }

  /** The items in the order of their keys. */
  *rows(): Iterable<ImageRow> {
    const all = this.#database.prepare(
      'SELECT pk, sk, item FROM item WHERE item IS NOT NULL ORDER BY pk, sk',
    );
    for (const row of all.iterate()) {
      yield { pk: String(row['pk']), sk: String(row['sk']), item: String(row['item']) };
    }
  }

  /**
   * Lists inquiries whose snapshot does not stand where their events do, as when half of a
   * transaction was read.
   */
  listTornInquiries(limit: number): string[] {
    return this.#database
      .prepare(
        `SELECT pk FROM item WHERE pk >= 'INQ#' AND pk < 'INQ$' AND item IS NOT NULL GROUP BY pk
         HAVING MAX(CASE WHEN sk = 'SNAPSHOT' THEN CAST(json_extract(item, '$.version.N') AS INTEGER) END)
           <> SUM(sk LIKE 'EVT#%') LIMIT ?`,
      )
      .all(limit)
      .map((row) => String(row['pk']));
  }

  close(): void {
    this.#database.close();
  }
}
