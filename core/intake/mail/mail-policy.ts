import * as z from 'zod';
import { AddressRange } from './address-range.ts';

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
  /** Spam or virus verdict `GRAY`. */
  onGray: z.enum(['accept', 'quarantine']).default('accept'),
  /** DMARC verdict `GRAY` for our own domains, which publish a policy in production; as `onGray`. */
  onOwnDomainGray: z.enum(['accept', 'quarantine']).optional(),
  /** Any of these verdicts with `PROCESSING_FAILED`, or no verdict at all. */
  onProcessingFailed: z.enum(['accept', 'quarantine']).default('accept'),
  /** Domains besides the mail domain whose people are ours. */
  ownDomains: z.array(MailDomain).max(100).default([]),
  /**
   * IP addresses or ranges of gateways through which the company's own mail reaches SES, which
   * writes the address into the `Received` header that it adds. DMARC that fails for mail through
   * them proves nothing. Not host names: they come from the address's PTR record, in which its owner
   * writes whatever they like.
   */
  internalRelays: z.array(AddressRange).max(50).default([]),
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
