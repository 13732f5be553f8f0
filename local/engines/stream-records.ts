import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/*
 * dynoxide keeps its streams' records in one table of its SQLite file, finds the next sequence
 * number by the greatest there is, and never removes a record.
 */

/** Without this index each write reads all records there are. */
export function indexStreamRecords(file: string): void {
  withDatabase(file, (database) => {
    database.exec(
      'CREATE INDEX IF NOT EXISTS sr_mx ON _stream_records(table_name, CAST(sequence_number AS INTEGER))',
    );
  });
}

/** DynamoDB keeps a stream for 24 hours. */
const RETENTION_SECONDS = 24 * 3600;

/**
 * Removes stream records older than DynamoDB would keep them, before the engine opens the file:
 * while it runs, its own writes would meet the lock. The newest record of each table stays,
 * for without it sequence numbers would start over and readers would skip what follows.
 */
export function trimStreamRecords(file: string): void {
  if (!existsSync(file)) return;
  withDatabase(file, (database) => {
    const known = database
      .prepare("SELECT 1 FROM sqlite_master WHERE name = '_stream_records'")
      .get();
    if (known === undefined) return;
    database
      .prepare(
        `DELETE FROM _stream_records WHERE created_at < ? AND id NOT IN
         (SELECT MAX(id) FROM _stream_records GROUP BY table_name)`,
      )
      .run(Math.floor(Date.now() / 1000) - RETENTION_SECONDS);
  });
}

function withDatabase(file: string, work: (database: DatabaseSync) => void): void {
  const database = new DatabaseSync(file, { timeout: 5000 });
  try {
    work(database);
  } finally {
    database.close();
  }
}
