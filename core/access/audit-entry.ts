import * as z from 'zod';
import { InquiryId, Instant, Sub, VendorId } from '../inquiry/values/ids.ts';
import { InquiryNumber } from '../inquiry/values/inquiry-number.ts';
import { Role } from '../inquiry/values/vocabulary.ts';
import { AccessRight } from './access-record.ts';
import { inquiryActions } from './may.ts';

/** What a request does or shows, for the audit; words that `may` has too mean the same. */
export const AuditAction = z.enum([
  // Notes are read with the messages.
  ...z.enum(inquiryActions).exclude(['read-notes']).options,
  'list-inquiries',
  'read-attachment',
  'acknowledge-escalation',
  'open-inquiry',
  'read-forms',
  'upload',
  'log-call',
  'import-calls',
  'read-desks',
  'read-worklist',
  'read-agents',
  'set-presence',
  'read-absences',
  'keep-absences',
  'list-quarantine',
  'release-quarantined',
  'discard-quarantined',
  'read-receipts',
  'list-breaches',
  'review-breach',
  'report-levels',
  'restate-levels',
  'read-config',
  'compare-config',
  'put-config',
  'restore-config',
  'read-secret',
  'simulate-routing',
  'read-people',
  'keep-people',
  'import-people',
  'offboard',
  'read-handover',
  'read-job',
  'read-audit',
]);
export type AuditAction = z.infer<typeof AuditAction>;

/**
 * One request of a person: who did or saw what, when, and by which right.
 *
 * It holds ids and words of ours only: no text, no subject, and of people nothing but who acted.
 */
export const AuditEntry = z.strictObject({
  /** A UUIDv7. */
  id: z.string(),
  /** When it was answered. */
  at: Instant,
  actor: z.strictObject({
    sub: Sub,
    name: z.string(),
    role: Role,
    vendor: VendorId.optional(),
    /** By which of its keys a vendor's system signed. */
    key: z.string().optional(),
  }),
  action: AuditAction,
  /** What it was about besides inquiries: a desk, a version, a job, a clock. */
  object: z.string().max(200).optional(),
  /**
   * Those seen or changed, each by its right. Of what was refused, the one named in the path: as
   * it was named, by id or number, and by no right.
   */
  inquiries: z.array(
    z.strictObject({
      id: InquiryId.optional(),
      number: InquiryNumber.optional(),
      right: z.array(AccessRight),
    }),
  ),
  /** The method and template of the path. */
  route: z.string(),
  outcome: z.strictObject({ status: z.int(), code: z.string().optional() }),
  /** Answered again for its `Idempotency-Key`; nothing was done anew. */
  repeated: z.literal(true).optional(),
  /** Of a request that showed more inquiries than one entry holds: which entry of how many. */
  part: z.strictObject({ at: z.int(), of: z.int() }).optional(),
  traceId: z.string(),
});
export type AuditEntry = z.infer<typeof AuditEntry>;

/** Where entries are added, and never changed. */
export interface AuditLog {
  /** Resolves when all are kept; they get their ids there. */
  append(entries: readonly Omit<AuditEntry, 'id'>[]): Promise<void>;
}
