import type { AuditAction, AuditEntry } from '../access/audit-entry.ts';
import type { InquiryLedger } from '../inquiry/ports.ts';
import { type Refusal, refuse } from '../inquiry/refusal.ts';
import { addSeconds, InquiryId, type Instant } from '../inquiry/values/ids.ts';
import type { InquiryNumber } from '../inquiry/values/inquiry-number.ts';
import type { Role } from '../inquiry/values/vocabulary.ts';
import { type AuditArchive, type AuditRange, auditPlaceOf } from './ports.ts';

/** How a request ended: it was granted, refused, or failed on our side. */
export const auditOutcomes = ['granted', 'refused', 'failed'] as const;
export type AuditOutcome = (typeof auditOutcomes)[number];

/** What to search for; every given criterion must hold. */
export type AuditFilter = AuditRange & {
  readonly action?: AuditAction | undefined;
  readonly outcome?: AuditOutcome | undefined;
  readonly role?: Role | undefined;
  readonly vendor?: string | undefined;
};

export type AuditPage = { readonly entries: readonly AuditEntry[]; readonly next?: string };

const daySeconds = 86_400;
const usualDays = 7;
export const auditDayLimit = 92;
/** A slice takes at most eight queries of 1 MB each in parallel: some 50 ms. */
const sliceLimit = 24;
/** A response holds at most 6 MB, and a CSV line takes some 250 bytes. */
const inquiryLimit = 10_000;
/** How many to read for a filtered page, since the filter may drop most of them. */
const enoughFiltered = 500;

/**
 * Resolves the requested range, by default the last seven days.
 *
 * Refuses `invalid.parameter` for one that ends before it begins, or of more than 92 days.
 */
export function resolveAuditRange(
  requested: { readonly from?: Instant | undefined; readonly to?: Instant | undefined },
  now: Instant,
): { readonly from: Instant; readonly to: Instant } | Refusal {
  const to = requested.to ?? now;
  const from = requested.from ?? addSeconds(to, -usualDays * daySeconds);
  if (from > to) return refuse('invalid.parameter', 'It ends before it begins.');
  return from < addSeconds(to, -auditDayLimit * daySeconds)
    ? refuse('invalid.parameter', `Ask for at most ${auditDayLimit} days at once.`)
    : { from, to };
}

/** Finds the id and number under which an inquiry, even an unknown one, may be recorded. */
export async function findInquiryNames(
  ledger: Pick<InquiryLedger, 'idOf' | 'load'>,
  ref: InquiryId | InquiryNumber,
): Promise<string[]> {
  const id = InquiryId.safeParse(ref);
  const other = id.success
    ? (await ledger.load(id.data))?.inquiry.number
    : await ledger.idOf(ref as InquiryNumber);
  return other === undefined ? [ref] : [ref, other];
}

/**
 * Reads a page of the audit, newest first, from a place on.
 *
 * A page ends when it is full or has read enough slices, so it may hold fewer entries than asked
 * for, even none, while there is a next page.
 */
export async function readAudit(
  archive: AuditArchive,
  filter: AuditFilter,
  limit: number,
  after?: string,
): Promise<AuditPage> {
  const { from, to, actor, inquiry, ...rest } = filter;
  const range = { from, to, actor, inquiry };
  const isFiltered = Object.values({ ...rest, inquiry }).some(
    (criterion) => criterion !== undefined,
  );
  const entries: AuditEntry[] = [];
  let inquiries = 0;
  let before = after ?? `${to}~`;
  for (let slices = 0; slices < sliceLimit; slices += 1) {
    const enough = isFiltered ? enoughFiltered : limit - entries.length;
    const slice = await archive.readSlice(range, before, enough);
    for (const entry of slice.entries) {
      if (!matchesFilter(entry, filter)) continue;
      entries.push(entry);
      inquiries += entry.inquiries.length;
      if (entries.length === limit || inquiries >= inquiryLimit) {
        return { entries, next: auditPlaceOf(entry) };
      }
    }
    if (slice.next === undefined) return { entries };
    before = slice.next;
  }
  return { entries, next: before };
}

function matchesFilter(entry: AuditEntry, filter: AuditFilter): boolean {
  const { actor, action, outcome, inquiries } = entry;
  const { inquiry } = filter;
  return (
    (filter.actor === undefined || filter.actor === actor.sub) &&
    (filter.action === undefined || filter.action === action) &&
    (filter.role === undefined || filter.role === actor.role) &&
    (filter.vendor === undefined || filter.vendor === actor.vendor) &&
    (filter.outcome === undefined || filter.outcome === outcomeOf(outcome.status)) &&
    (inquiry === undefined ||
      inquiries.some(({ id, number }) => [id, number].some((name) => isIn(name, inquiry))))
  );
}

function isIn(name: string | undefined, names: readonly string[]): boolean {
  return name !== undefined && names.includes(name);
}

function outcomeOf(status: number): AuditOutcome {
  if (status >= 500) return 'failed';
  return status >= 400 ? 'refused' : 'granted';
}
