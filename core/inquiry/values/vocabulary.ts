import * as z from 'zod';
import { EmailAddress, Instant } from './ids.ts';

/** The role of a person; `system` is a signed form or a machine client. */
export const Role = z.enum(['requester', 'operator', 'staff', 'lead', 'system']);
export type Role = z.infer<typeof Role>;

/** The languages in which people are written to. */
export const Language = z.enum(['ja', 'en']);
export type Language = z.infer<typeof Language>;

export const Channel = z.enum(['mail', 'form', 'phone']);
export type Channel = z.infer<typeof Channel>;

/** From the most to the least urgent; the order of this list is the order of work. */
export const Priority = z.enum(['critical', 'high', 'medium', 'low']);
export type Priority = z.infer<typeof Priority>;

export const Category = z.string().regex(/^[a-z][a-z0-9-]{0,63}$/);

/** A service that people depend on, as the routing document names it. */
export const ServiceId = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,63}$/)
  .brand<'ServiceId'>();
export type ServiceId = z.infer<typeof ServiceId>;

/** How badly the company is hit when a service fails. */
export const Criticality = z.enum(['critical', 'high', 'medium', 'low']);
export type Criticality = z.infer<typeof Criticality>;

/**
 * How many people or how much of the business is hit; with the urgency it determines the priority.
 */
export const Impact = z.enum(['high', 'medium', 'low']);
export type Impact = z.infer<typeof Impact>;

/** How soon it has to be answered. */
export const Urgency = z.enum(['high', 'medium', 'low']);
export type Urgency = z.infer<typeof Urgency>;

/** A skill that an agent needs to answer an inquiry. */
export const Skill = z.string().regex(/^[a-z][a-z0-9-]{0,63}$/);
export type Skill = z.infer<typeof Skill>;

export const Tag = z.string().regex(/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,63}$/u);

/** Whose inquiry it is. `external`: the address is not registered and in none of our domains. */
export const Requester = z.strictObject({
  address: EmailAddress.optional(),
  sub: z.string().optional(),
  name: z.string().max(200).optional(),
  phone: z.string().max(40).optional(),
  department: z.string().max(200).optional(),
  vip: z.boolean().optional(),
  external: z.boolean().optional(),
});
export type Requester = z.infer<typeof Requester>;

/** A phone call, as it was logged. */
export const PhoneCall = z.strictObject({
  startedAt: Instant,
  endedAt: Instant,
  callbackNumber: z.string().max(40).optional(),
  outcome: z.enum(['open', 'answered', 'resolved']),
  /** Entered more than 24 h after the call: counts in reports and notifies nobody. */
  late: z.boolean().optional(),
});
export type PhoneCall = z.infer<typeof PhoneCall>;

/** Facts about the source, besides the message itself, that routing and review use. */
export const SourceFacts = z.strictObject({
  /** Envelope recipients, or the form's id, or the import's job id. */
  recipients: z.array(z.string().max(254)).max(50).optional(),
  form: z.string().max(64).optional(),
  fields: z.record(z.string(), z.json()).optional(),
  /** The key of the raw mail in its bucket. */
  raw: z.string().max(1024).optional(),
  /** The signs of machine mail that were found. */
  marks: z.array(z.string().max(64)).max(20).optional(),
  /** SES verdicts by name, as SES gave them. */
  verdicts: z.record(z.string(), z.string()).optional(),
  faults: z.array(z.string().max(64)).max(20).optional(),
});
export type SourceFacts = z.infer<typeof SourceFacts>;

export const QuarantineReason = z.enum([
  'virus',
  'spam',
  'spoofed',
  'unauthenticated',
  'unlisted-sender',
  'unreadable',
  'over-limit',
  'poison',
  'loop',
]);
export type QuarantineReason = z.infer<typeof QuarantineReason>;

/** What became of an accepted input; a released one has a second fate. */
export const Fate = z.enum(['opened', 'continued', 'recorded', 'duplicate', 'quarantined']);
export type Fate = z.infer<typeof Fate>;
