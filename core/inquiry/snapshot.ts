import * as z from 'zod';
import { Clock, PolicyId } from './clock/clock.ts';
import { Escalation } from './clock/escalation.ts';
import { AppliedSlaVersions } from './clock/service-levels.ts';
import { UnmaskingRequest, unmaskingLimit } from './unmasking.ts';
import { Holder } from './values/actor.ts';
import { DeskId, EmailAddress, InquiryId, Instant, VendorId } from './values/ids.ts';
import { InquiryNumber } from './values/inquiry-number.ts';
import { Correspondent } from './values/message.ts';
import {
  Category,
  Channel,
  Language,
  PhoneCall,
  Priority,
  QuarantineReason,
  Requester,
  ServiceId,
  Skill,
  SourceFacts,
  Tag,
} from './values/vocabulary.ts';

export const InquiryStatus = z.enum([
  'new',
  'queued',
  'in_progress',
  'waiting',
  'resolved',
  'closed',
  'quarantined',
  'merged',
]);
export type InquiryStatus = z.infer<typeof InquiryStatus>;

/** Statuses with something left to do: clocks run and escalations go out. */
export const openStatuses = ['new', 'queued', 'in_progress', 'waiting'] as const;

export function isOpenStatus(status: InquiryStatus): boolean {
  return openStatuses.some((open) => open === status);
}

/** At most this many participants are remembered; later ones still have their messages shown. */
export const participantLimit = 50;

/**
 * The current state of an inquiry, which `evolve` folds from its events and the ledger stores.
 *
 * `version` counts its events. It holds no message bodies.
 */
export const Inquiry = z.strictObject({
  id: InquiryId,
  number: InquiryNumber,
  version: z.int().min(1),
  status: InquiryStatus,
  channel: Channel,
  automated: z.boolean(),
  requester: Requester,
  participants: z.array(Correspondent).max(participantLimit),
  subject: z.string(),
  language: Language,
  source: SourceFacts,
  receivedAt: Instant,
  call: PhoneCall.optional(),
  priority: Priority,
  category: Category.optional(),
  service: ServiceId.optional(),
  tags: z.array(Tag),
  desk: DeskId.optional(),
  /** The vendor of the desk, if outsourced. */
  vendor: VendorId.optional(),
  /** Skills that its agent needs. */
  skills: z.array(Skill).max(20).optional(),
  /** It is worked before all others of its priority. */
  expedite: z.literal(true).optional(),
  /** Why routing wants the leads to look at it. */
  flag: z.string().max(200).optional(),
  /** The SLA policy that routing named, if any. */
  policy: PolicyId.optional(),
  /** Each clock's current cycle, or its last. */
  clocks: z.array(Clock).max(5),
  escalations: z.array(Escalation).max(20),
  /** The versions by which its clocks were last computed. */
  levels: AppliedSlaVersions.optional(),
  /** Since when a message of the requester has had no public answer. */
  unansweredSince: Instant.optional(),
  /** When a person at a desk first answered in public, or resolved it. */
  respondedAt: Instant.optional(),
  /** Held back from claims until then, since its desk is closed. */
  availableAt: Instant.optional(),
  /** Since when it has waited at its desk. */
  queuedAt: Instant.optional(),
  holder: Holder.optional(),
  /** The last holder, also while somebody holds it. */
  lastAgent: Holder.pick({ agent: true, name: true, desk: true, vendor: true }).optional(),
  /** While it waits: since when there is no agent to give it to. */
  nobodyAt: Instant.optional(),
  /** The highest fence issued so far. */
  fence: z.int().min(0),
  /** The vendor's unmasking requests since the inquiry came to their desk. */
  unmaskings: z.array(UnmaskingRequest).max(unmaskingLimit).optional(),
  /** Vendors at whose desk it is or was. */
  vendors: z.array(VendorId),
  announceAt: Instant.optional(),
  announced: z.int().min(0),
  remindAt: Instant.optional(),
  remindAfterSeconds: z.int().optional(),
  reminded: z.int().min(0),
  resolvedAt: Instant.optional(),
  resolutions: z.int().min(0),
  closeAt: Instant.optional(),
  reopenUntil: Instant.optional(),
  /** While it is resolved, a reply does not reopen it: the link in the mail does. */
  reopensByLink: z.literal(true).optional(),
  closedAt: Instant.optional(),
  /** How it was closed, unless by time after a resolution. */
  closedBy: z.enum(['withdrawn', 'discarded']).optional(),
  mergedInto: InquiryId.optional(),
  links: z.array(InquiryId),
  quarantine: z
    .strictObject({ reason: QuarantineReason, detail: z.string(), ageAt: Instant.optional() })
    .optional(),
  /** Addresses at which our mail about this inquiry has permanently failed. */
  undeliverable: z.array(EmailAddress).max(participantLimit),
  messages: z.int().min(0),
  /** Message-IDs of the thread's latest mails, oldest first, for `References`. */
  references: z.array(z.string()).max(10),
  rating: z
    .strictObject({ score: z.int(), resolution: z.int(), comment: z.string().optional() })
    .optional(),
});
export type Inquiry = z.infer<typeof Inquiry>;

/** The right to work a claimed inquiry until an instant; an item of its own, so that a heartbeat touches nothing else. */
export const Lease = z.strictObject({
  agent: Holder.shape.agent,
  desk: DeskId,
  fence: z.int().min(1),
  until: Instant,
  /** Whether a heartbeat has come since the claim. */
  confirmed: z.boolean(),
});
export type Lease = z.infer<typeof Lease>;
