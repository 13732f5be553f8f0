import { DatabaseSync } from 'node:sqlite';
import type { BucketRole } from './manifest.ts';
import type { ObjectReference } from './object-references.ts';
import { StoredObject } from './stored-object.ts';

const NOT_EXPORTED = `NOT EXISTS (SELECT 1 FROM object
  WHERE object.role = reference.role AND object.key = reference.key)`;
/** What follows `raw/yyyy/mm/dd/` in the key of an archived mail. */
const MAIL_ID = `substr(reference.key, ${'raw/yyyy/mm/dd/'.length + 1})`;

/** Which objects were exported and which the items name, on disk as the items are. */
export class ObjectIndex {
  readonly #database: DatabaseSync;
  readonly #add;
  readonly #addReference;
  readonly #find;
  readonly #findReference;
  readonly #remove;

  constructor(file: string) {
    this.#database = new DatabaseSync(file);
    this.#database.exec(`PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
      CREATE TABLE object (role TEXT, key TEXT, line TEXT, PRIMARY KEY (role, key)) WITHOUT ROWID;
      CREATE TABLE reference
        (role TEXT, key TEXT, ages_from TEXT, PRIMARY KEY (role, key)) WITHOUT ROWID;
      CREATE INDEX mail_id ON reference(${MAIL_ID.replace('reference.', '')})`);
    const prepare = (sql: string) => this.#database.prepare(sql);
    this.#add = prepare('INSERT OR REPLACE INTO object VALUES (?, ?, ?)');
    this.#addReference = prepare('INSERT OR REPLACE INTO reference VALUES (?, ?, ?)');
    this.#find = prepare('SELECT line FROM object WHERE role = ? AND key = ?');
    this.#findReference = prepare('SELECT 1 FROM reference WHERE role = ? AND key = ?');
    this.#remove = prepare('DELETE FROM object WHERE role = ? AND key = ?');
  }

  add(object: StoredObject): void {
    this.#add.run(object.bucket, object.key, JSON.stringify(object));
  }

  addReference({ role, key, agesFrom }: ObjectReference): void {
    this.#addReference.run(role, key, agesFrom ?? null);
  }

  remove(role: BucketRole, key: string): void {
    this.#remove.run(role, key);
  }

  find(role: BucketRole, key: string): StoredObject | undefined {
    const row = this.#find.get(role, key);
    return row && StoredObject.parse(JSON.parse(String(row['line'])));
  }

  isReferenced(role: BucketRole, key: string): boolean {
    return this.#findReference.get(role, key) !== undefined;
  }

  /** Counts named objects that are not there and age since before an instant. */
  countExpired(before: Date): number {
    const row = this.#database
      .prepare(`SELECT COUNT(*) AS count FROM reference WHERE ages_from < ? AND ${NOT_EXPORTED}`)
      .get(before.toISOString());
    return Number(row?.['count']);
  }

  /** Lists named objects that are not there, except those that age since before an instant. */
  listMissing(before: Date): Pick<ObjectReference, 'role' | 'key'>[] {
    return this.#database
      .prepare(
        `SELECT role, key FROM reference
         WHERE (ages_from IS NULL OR ages_from >= ?) AND ${NOT_EXPORTED} ORDER BY role, key`,
      )
      .all(before.toISOString())
      .map((row) => ({ role: row['role'] as BucketRole, key: String(row['key']) }));
  }

  /** Lists mails under `incoming/` that are exported under `raw/` too, as their receipts say. */
  listArchivedMails(): StoredObject[] {
    return this.#database
      .prepare(
        `SELECT line FROM object WHERE role = 'mail' AND key LIKE 'incoming/%' AND EXISTS
          (SELECT 1 FROM reference JOIN object AS raw USING (role, key)
           WHERE ${MAIL_ID} = substr(object.key, ${'incoming/'.length + 1}))`,
      )
      .all()
      .map((row) => StoredObject.parse(JSON.parse(String(row['line']))));
  }

  *objects(): Iterable<StoredObject> {
    const rows = this.#database.prepare('SELECT line FROM object ORDER BY role, key');
    for (const row of rows.iterate()) yield StoredObject.parse(JSON.parse(String(row['line'])));
  }

  close(): void {
    this.#database.close();
  }
}
