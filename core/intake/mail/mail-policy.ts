import * as z from 'zod';

const MailDomain = z
  .string()
  .toLowerCase()
  .regex(/^[a-z0-9.-]{1,253}$/);

/**
 * What a stage decides about mail that SES could not judge or that comes from outside.
 *
 * SES gives `GRAY` where a sender's domain publishes nothing to judge by, and
 * `PROCESSING_FAILED` when it could not judge.
 */
export const MailPolicy = z.strictObject({
  /** Spam or virus verdict `GRAY`, or that of DMARC for our own domains. */
  onGray: z.enum(['accept', 'quarantine']).default('accept'),
  /** The same with `PROCESSING_FAILED`, or no verdict at all. */
  onProcessingFailed: z.enum(['accept', 'quarantine']).default('accept'),
  /** Domains besides the mail domain whose people are ours. */
  ownDomains: z.array(MailDomain).max(100).default([]),
  /**
   * Addresses or host names of gateways through which the company's own mail reaches SES, as they
   * stand in parentheses in the `Received` header that SES adds. DMARC that fails for mail through
   * them proves nothing.
   */
  internalRelays: z.array(z.string().min(1).max(253)).max(50).default([]),
  externalSenders: z.enum(['accept', 'quarantine', 'listed']).default('accept'),
  /** The domains accepted under `listed`. */
  listedDomains: z.array(MailDomain).max(1000).default([]),
  /** Addresses or list ids of groups and forwarders that pass mail on to the help addresses. */
  groups: z.array(z.string().min(1).max(254)).max(100).default([]),
  /** What happens to a machine's first mail. */
  automatedFirstContact: z.enum(['open', 'quarantine']).default('open'),
});
export type MailPolicy = z.infer<typeof MailPolicy>;

/** A stage's policy as functions read it from `MAIL_POLICY`. */
export const MailPolicyJson = z.preprocess(
  (value) => (typeof value === 'string' ? JSON.parse(value) : value),
  MailPolicy,
);
