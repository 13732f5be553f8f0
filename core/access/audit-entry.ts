import * as z from 'zod';
import { InquiryId, Instant, Sub, VendorId } from '../inquiry/values/ids.ts';
import { InquiryNumber } from '../inquiry/values/inquiry-number.ts';
import { Role } from '../inquiry/values/vocabulary.ts';
import { AccessRight } from './access-record.ts';
import { inquiryActions } from './may.ts';

/** What a request does or shows, for the audit; actions that `may` has too mean the same. */
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
  'erase-person',
  'read-job',
  'read-audit',
  // At sign-in, by the person themselves.
  'link-account',
  'join-registry',
  'become-lead',
]);
export type AuditAction = z.infer<typeof AuditAction>;

/**
 * One request of a person: who did or saw what, when, and by which right.
 *
 * It holds only ids and codes: no text, no subject, and no person but the actor.
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
    /** The key with which a vendor's system signed. */
    key: z.string().optional(),
  }),
  action: AuditAction,
  /** What it was about besides inquiries: a desk, a version, a job, a clock. */
  object: z.string().max(200).optional(),
  /**
   * The inquiries seen or changed, each with the right. A refused request lists the one in its
   * path, by the id or number given there and without a right.
   */
  inquiries: z.array(
    z.strictObject({
      id: InquiryId.optional(),
      number: InquiryNumber.optional(),
      right: z.array(AccessRight),
    }),
  ),
  /** The method and the path template; at sign-in, what the user pool called its trigger for. */
  route: z.string(),
  outcome: z.strictObject({ status: z.int(), code: z.string().optional() }),
  /** A replayed answer for the same `Idempotency-Key`; nothing was done again. */
  repeated: z.literal(true).optional(),
  /** Which entry of how many, for a request that showed more inquiries than one entry holds. */
  part: z.strictObject({ at: z.int(), of: z.int() }).optional(),
  traceId: z.string(),
});
export type AuditEntry = z.infer<typeof AuditEntry>;

/** An append-only log of audit entries. */
export interface AuditLog {
  /** Resolves once all are stored; the log gives them their ids. */
  append(entries: readonly Omit<AuditEntry, 'id'>[]): Promise<void>;
}
