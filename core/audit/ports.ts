import type { AuditEntry } from '../access/audit-entry.ts';
import type { Instant, Sub } from '../inquiry/values/ids.ts';

/** What the archive can search by; both ends are inclusive. */
export type AuditRange = {
  readonly from: Instant;
  readonly to: Instant;
  readonly actor?: Sub | undefined;
  /** The id and the number of an inquiry, which may have been recorded under either. */
  readonly inquiry?: readonly string[] | undefined;
};

/** The entries of a slice of the range, and where the next slice begins, if there is one. */
export type AuditSlice = { readonly entries: readonly AuditEntry[]; readonly next?: string };

/** The recorded audit entries. */
export interface AuditArchive {
  /**
   * Reads the next slice of a range, newest first, from a place on: of bounded size, perhaps empty,
   * and perhaps with entries outside the range.
   * @param enough how many entries of the range suffice; the slice may hold fewer or more
   */
  readSlice(range: AuditRange, before: string, enough: number): Promise<AuditSlice>;
}

/** The place of an entry in the order of time. */
export function auditPlaceOf({ at, id }: Pick<AuditEntry, 'at' | 'id'>): string {
  return `${at}#${id}`;
}
