import { DatabaseSync } from 'node:sqlite';

/** How far each shard of each stream has been read by each function. */
export interface StreamCheckpoints {
  get(key: string): string | undefined;
  set(key: string, sequenceNumber: string): void;
  close(): void;
}

export function openCheckpoints(file: string): StreamCheckpoints {
  const database = new DatabaseSync(file);
  // A killed process loses nothing; after a power failure some records are read twice.
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
    CREATE TABLE IF NOT EXISTS checkpoint (key TEXT PRIMARY KEY, sequence_number TEXT NOT NULL)`);
  const select = database.prepare('SELECT sequence_number FROM checkpoint WHERE key = ?');
  const replace = database.prepare('INSERT OR REPLACE INTO checkpoint VALUES (?, ?)');
  return {
    get: (key) => {
      const row = select.get(key);
      return row && String(row['sequence_number']);
    },
    set: (key, sequenceNumber) => {
      replace.run(key, sequenceNumber);
    },
    close: () => database.close(),
  };
}
