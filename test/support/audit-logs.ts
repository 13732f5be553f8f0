import { DynamoAuditLog } from '../../adapters/dynamo/audit/dynamo-audit-log.ts';
import type { DynamoTable } from '../../adapters/dynamo/table.ts';
import { nodeRandomness } from '../../adapters/random/node-randomness.ts';
import type { AuditEntry, AuditLog } from '../../core/access/audit-entry.ts';

/** The audit of a table. */
export function makeAuditLog(table: DynamoTable): DynamoAuditLog {
  return new DynamoAuditLog(table, nodeRandomness);
}

/** Remembers entries, for tests of the edge that have no table. */
export function makeMemoryAuditLog(): AuditLog & { readonly entries: Omit<AuditEntry, 'id'>[] } {
  const entries: Omit<AuditEntry, 'id'>[] = [];
  return {
    entries,
    append: async (more) => {
      entries.push(...more);
    },
  };
}
