import type { DatabaseSync } from 'node:sqlite';

/*
 * dynoxide keeps its streams' records in one table of its SQLite file, finds the next sequence
 * number by the greatest there is, and never removes a record.
 */

/** DynamoDB keeps a stream for 24 hours. */
const RETENTION_SECONDS = 24 * 3600;

/** More than one, so that what has piled up goes too. */
const TRIMMED_PER_RECORD = 4;

/** Without this index each write reads all records there are. */
export function indexStreamRecords(database: DatabaseSync): void {
  database.exec(
    'CREATE INDEX IF NOT EXISTS sr_mx ON _stream_records(table_name, CAST(sequence_number AS INTEGER))',
  );
}

/**
 * Has the engine itself remove the oldest records of a table, once older than DynamoDB would keep
 * them, with each record that it adds: a few at a time, in the transaction that adds it, so no
 * second writer ever holds the file's lock.
 *
 * Age is by the system's time, which is what the engine stamps on a record, so a host whose clock
 * runs ahead loses none early. The record just added stays whatever its age: sequence numbers
 * count on from it.
 */
export function trimStreamRecords(database: DatabaseSync): void {
  database.exec(`
    BEGIN IMMEDIATE;
    DROP TRIGGER IF EXISTS sr_trim;
    CREATE TRIGGER sr_trim AFTER INSERT ON _stream_records BEGIN
      DELETE FROM _stream_records WHERE id IN (
        SELECT id FROM (
          SELECT id, created_at FROM _stream_records WHERE table_name = NEW.table_name
          ORDER BY CAST(sequence_number AS INTEGER) LIMIT ${TRIMMED_PER_RECORD}
        ) WHERE created_at < NEW.created_at - ${RETENTION_SECONDS}
      );
    END;
    COMMIT`);
}
