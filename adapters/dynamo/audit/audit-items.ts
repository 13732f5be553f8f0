import type { AuditEntry } from '../../../core/access/audit-entry.ts';
import { addSeconds, type Instant } from '../../../core/inquiry/values/ids.ts';
import { computeShard, type TableItem, toEpochSeconds } from '../table.ts';

/*
 * The gateway lets 100 requests a second through, and each is one entry: 1 KB about one inquiry, or
 * 6 KB and as many write units about a list of fifty, at most a tenth of them. Two shards of 1,000
 * units a second would carry both; 4 of each kind leave room for lists alone. A page of the audit
 * queries all eight partitions of a day at once.
 */
const auditShards = 4;

/** Thirteen months: a whole year can still be read in the month after it. */
export const auditLifeDays = 400;
const daySeconds = 86_400;

/**
 * Entries about several inquiries have partitions of their own, so that a search for one inquiry
 * scans only those.
 */
type AuditEntryKind = 'one' | 'list';

const kinds: readonly AuditEntryKind[] = ['one', 'list'];

/** Lists the partitions of a day, of both kinds or of one. */
export function listAuditPartitions(day: string, only?: AuditEntryKind): string[] {
  return kinds
    .filter((kind) => only === undefined || kind === only)
    .flatMap((kind) =>
      Array.from({ length: auditShards }, (_, shard) => makePartition(day, kind, shard)),
    );
}

/** Index keys of an entry: by its actor, and by the one inquiry it is about. */
export const auditIndexKeys = {
  actor: (sub: string) => `AUDIT#${sub}`,
  /** By the id, or by the number if the request named one and was refused. */
  inquiry: (ref: string) => `AUDIT#${ref}`,
} as const;

export function buildAuditItem(entry: AuditEntry): TableItem {
  const { id, at, actor, inquiries } = entry;
  const place = `${at}#${id}`;
  const [only] = inquiries;
  const ref = inquiries.length === 1 ? (only?.id ?? only?.number) : undefined;
  const kind = inquiries.length > 1 ? 'list' : 'one';
  return {
    pk: { S: makePartition(at.slice(0, 10), kind, computeShard(id, auditShards)) },
    sk: { S: place },
    kind: { S: 'audit' },
    data: { S: JSON.stringify(entry) },
    agPk: { S: auditIndexKeys.actor(actor.sub) },
    agSk: { S: place },
    ...(ref === undefined ? {} : { rqPk: { S: auditIndexKeys.inquiry(ref) }, rqSk: { S: place } }),
    expiresAt: toEpochSeconds(computeExpiry(at)),
  };
}

function computeExpiry(at: Instant): Instant {
  return addSeconds(at, auditLifeDays * daySeconds);
}

function makePartition(day: string, kind: AuditEntryKind, shard: number): string {
  return `AUDIT#${day}#${kind}#${shard}`;
}
