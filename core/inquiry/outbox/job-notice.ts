import * as z from 'zod';
import { EmailAddress, Instant, Sub } from '../values/ids.ts';

/**
 * What people are told about a job: `stuck`, its runs fail one after the other; `refused`, it ended
 * without being done; `set-aside`, it is done but for some rows.
 */
export const JobNoticeKind = z.enum(['stuck', 'refused', 'set-aside']);
export type JobNoticeKind = z.infer<typeof JobNoticeKind>;

/**
 * A mail about a job, with all that it says. As a notice of an inquiry it is written with what it
 * tells of, has an alarm until it is sent, and is moved to `sending` until an instant by its sender.
 */
export const JobNotice = z.strictObject({
  jobId: z.uuid(),
  /** The job's version that owes it. */
  seq: z.int().min(1),
  kind: JobNoticeKind,
  recipient: z.discriminatedUnion('to', [
    z.strictObject({ to: z.literal('person'), sub: Sub }),
    z.strictObject({ to: z.literal('leads') }),
    z.strictObject({ to: z.literal('address'), address: EmailAddress }),
  ]),
  facts: z.strictObject({
    jobKind: z.string().max(40),
    startedAt: Instant,
    /** How many rows or inquiries are done. */
    done: z.int().min(0),
    failures: z.int().min(0),
    setAside: z.int().min(0),
    /** When it is tried again. */
    nextRunAt: Instant.optional(),
    reason: z.string().max(500).optional(),
  }),
  state: z.enum(['pending', 'sending', 'sent', 'withheld', 'failed', 'expanded']),
  owedAt: Instant,
  sendingUntil: Instant.optional(),
  attempts: z.int().min(0),
  unanswered: z.int().min(1).optional(),
  wireId: z.string().max(200).optional(),
  sentAt: Instant.optional(),
  remark: z.string().max(500).optional(),
});
export type JobNotice = z.infer<typeof JobNotice>;

/** A job notice's key within its job. */
export function jobNoticeKeyOf({ seq, kind, recipient }: JobNotice): string {
  return `${String(seq).padStart(8, '0')}#${kind}#${recipientNameOf(recipient)}`;
}

function recipientNameOf(recipient: JobNotice['recipient']): string {
  switch (recipient.to) {
    case 'person':
      return `sub:${recipient.sub}`;
    case 'leads':
      return 'leads';
    case 'address':
      return recipient.address;
    default:
      return recipient satisfies never;
  }
}
