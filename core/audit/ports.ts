import type { AuditEntry } from '../access/audit-entry.ts';
import type { Instant, Sub } from '../inquiry/values/ids.ts';

/** What the archive itself can look for; both ends are included. */
export type AuditRange = {
  readonly from: Instant;
  readonly to: Instant;
  readonly actor?: Sub | undefined;
  /** An inquiry by every name that it may have been recorded under: id and number. */
  readonly inquiry?: readonly string[] | undefined;
};

/** The entries of a stretch of the range, and where the next stretch begins unless it was the last. */
export type AuditSlice = { readonly entries: readonly AuditEntry[]; readonly next?: string };

/** What has been recorded. */
export interface AuditArchive {
  /**
   * The next stretch of a range, newest first, from a place on: of bounded size, perhaps without
   * entries, and perhaps with more than the range asks for.
   * @param enough how many entries of the range do; the stretch may hold fewer or more
   */
  readSlice(range: AuditRange, before: string, enough: number): Promise<AuditSlice>;
}

/** An entry's place in the order of time. */
export function auditPlaceOf({ at, id }: Pick<AuditEntry, 'at' | 'id'>): string {
  return `${at}#${id}`;
}
