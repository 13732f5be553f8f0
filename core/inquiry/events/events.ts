import * as z from 'zod';
import {
  BreachReviewed,
  ClockBreached,
  ClocksReckoned,
  ClockWarned,
  EscalationAcknowledged,
  EscalationStepped,
  NoReplyNeeded,
} from '../clock/clock-events.ts';
import { UnmaskingAsked, UnmaskingSettled } from '../unmasking.ts';
import { DeskId, EmailAddress, InquiryId, Instant, Sub, VendorId } from '../values/ids.ts';
import { InquiryNumber } from '../values/inquiry-number.ts';
import { Correspondent, Message } from '../values/message.ts';
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
} from '../values/vocabulary.ts';
import { eventHeader } from './event-header.ts';
import { InquiryRouted } from './routed-event.ts';

/** An input as intake accepted it, whatever its channel. */
export const AcceptedInput = z.strictObject({
  channel: Channel,
  requester: Requester,
  /** People besides the requester who take part: addresses of our own domains in To and Cc. */
  participants: z.array(Correspondent).max(50).default([]),
  subject: z.string().max(998),
  language: Language,
  /** Set by the person who entered it, such as on the phone; routing respects it. */
  priority: Priority.optional(),
  /** Whether a machine opened it, such as a monitoring alert. */
  automated: z.boolean(),
  /** Whether the requester gets an automatic acknowledgement. */
  acknowledge: z.boolean(),
  message: Message,
  call: PhoneCall.optional(),
  source: SourceFacts,
  /** Related inquiries, which are not the same one. */
  links: z.array(InquiryId).max(20).default([]),
  receivedAt: Instant,
  /** When it is announced to routing again, unless routed by then. */
  announceAt: Instant,
});
export type AcceptedInput = z.infer<typeof AcceptedInput>;

export const InquiryReceived = z.strictObject({
  ...eventHeader,
  type: z.literal('InquiryReceived'),
  number: InquiryNumber,
  received: AcceptedInput,
});
export const InquiryQuarantined = z.strictObject({
  ...eventHeader,
  type: z.literal('InquiryQuarantined'),
  number: InquiryNumber,
  reason: QuarantineReason,
  detail: z.string().max(500),
  channel: Channel,
  sender: Correspondent,
  subject: z.string().max(998),
  source: SourceFacts,
  receivedAt: Instant,
  /** When the leads are reminded of it. */
  ageAt: Instant,
  /** Whether the sender is told that the message went over a limit. */
  tellSender: z.boolean(),
  language: Language,
});
export const QuarantineAged = z.strictObject({
  ...eventHeader,
  type: z.literal('QuarantineAged'),
  ageAt: Instant,
});
export const InquiryAdmitted = z.strictObject({
  ...eventHeader,
  type: z.literal('InquiryAdmitted'),
  received: AcceptedInput,
});
export const QuarantineDiscarded = z.strictObject({
  ...eventHeader,
  type: z.literal('QuarantineDiscarded'),
  note: z.string().max(2000).optional(),
});
/** Nobody acted in time, so it is announced again to routing or to the desk. */
export const InquiryAnnounced = z.strictObject({
  ...eventHeader,
  type: z.literal('InquiryAnnounced'),
  desk: DeskId.optional(),
  attempt: z.int().min(1),
  announceAt: Instant,
});

export const InquiryClaimed = z.strictObject({
  ...eventHeader,
  type: z.literal('InquiryClaimed'),
  desk: DeskId,
  agent: Sub,
  name: z.string().max(200),
  vendor: VendorId.optional(),
  fence: z.int().min(1),
  leaseUntil: Instant,
});
export const InquiryAssigned = z.strictObject({
  ...eventHeader,
  type: z.literal('InquiryAssigned'),
  desk: DeskId,
  agent: Sub,
  name: z.string().max(200),
  vendor: VendorId.optional(),
  fence: z.int().min(1),
  policy: z.enum(['least-loaded', 'round-robin', 'sticky', 'transfer']),
  /** Why this agent was chosen, where not by the policy's order alone. */
  because: z.enum(['knows-inquiry', 'knows-requester', 'standing', 'stand-in']).optional(),
  offeredUntil: Instant,
});
export const AssignmentAccepted = z.strictObject({
  ...eventHeader,
  type: z.literal('AssignmentAccepted'),
  agent: Sub,
});
export const AssignmentDeclined = z.strictObject({
  ...eventHeader,
  type: z.literal('AssignmentDeclined'),
  agent: Sub,
  desk: DeskId,
  reason: z.enum(['declined', 'unanswered']),
  note: z.string().max(2000).optional(),
  announceAt: Instant,
});
export const InquiryReleased = z.strictObject({
  ...eventHeader,
  type: z.literal('InquiryReleased'),
  agent: Sub,
  desk: DeskId,
  note: z.string().max(2000).optional(),
  /** Set when the agent was offboarded; otherwise somebody released it. */
  reason: z.literal('offboarded').optional(),
  announceAt: Instant,
});
/** Every agent who could be given it is absent, full or lacks a skill; the leads are notified. */
export const NobodyFound = z.strictObject({
  ...eventHeader,
  type: z.literal('NobodyFound'),
  desk: DeskId,
  reason: z.enum(['absent', 'full', 'unskilled']),
});
export const LeaseLost = z.strictObject({
  ...eventHeader,
  type: z.literal('LeaseLost'),
  agent: Sub,
  desk: DeskId,
  fence: z.int().min(1),
  announceAt: Instant,
});
export const InquiryTransferred = z.strictObject({
  ...eventHeader,
  type: z.literal('InquiryTransferred'),
  from: DeskId.optional(),
  desk: DeskId,
  /** The vendor of the desk, if outsourced. */
  vendor: VendorId.optional(),
  /** Its holder, if it had one. */
  agent: Sub.optional(),
  note: z.string().max(2000).optional(),
  /** Held back from claims until the desk opens. */
  availableAt: Instant.optional(),
  announceAt: Instant,
});
export const MessageReceived = z.strictObject({
  ...eventHeader,
  type: z.literal('MessageReceived'),
  message: Message,
  /** People who became participants by this message. */
  joined: z.array(Correspondent).max(50).default([]),
  source: SourceFacts.optional(),
});
export const ReplyPosted = z.strictObject({
  ...eventHeader,
  type: z.literal('ReplyPosted'),
  message: Message,
});
export const NotePosted = z.strictObject({
  ...eventHeader,
  type: z.literal('NotePosted'),
  message: Message,
});
export const RequesterAwaited = z.strictObject({
  ...eventHeader,
  type: z.literal('RequesterAwaited'),
  desk: DeskId,
  agent: Sub.optional(),
  remindAt: Instant,
  remindAfterSeconds: z.int().min(60),
});
export const RequesterReminded = z.strictObject({
  ...eventHeader,
  type: z.literal('RequesterReminded'),
  count: z.int().min(1),
  remindAt: Instant,
});
export const InquiryResumed = z.strictObject({
  ...eventHeader,
  type: z.literal('InquiryResumed'),
  desk: DeskId,
  reason: z.enum(['requester-replied', 'resumed', 'no-answer']),
  announceAt: Instant,
});
export const InquiryResolved = z.strictObject({
  ...eventHeader,
  type: z.literal('InquiryResolved'),
  /** The public answer, posted with it; the requester is notified unless `silent`. */
  message: Message.optional(),
  silent: z.boolean().default(false),
  closeAt: Instant,
  /** Until when a reply reopens it, counted from the resolution. */
  reopenUntil: Instant,
  /** A reply does not reopen it: the link in the mail does. */
  byLink: z.literal(true).optional(),
});
export const InquiryReopened = z.strictObject({
  ...eventHeader,
  type: z.literal('InquiryReopened'),
  /** Where it waits again; without one it is routed again. */
  desk: DeskId.optional(),
  reason: z.string().max(2000).optional(),
  /** Its clocks go on with the time already used, as its policy says. */
  continues: z.literal(true).optional(),
  announceAt: Instant,
});
export const InquiryWithdrawn = z.strictObject({
  ...eventHeader,
  type: z.literal('InquiryWithdrawn'),
  reason: z.string().max(2000).optional(),
});
export const InquiryClosed = z.strictObject({ ...eventHeader, type: z.literal('InquiryClosed') });
export const InquiryMerged = z.strictObject({
  ...eventHeader,
  type: z.literal('InquiryMerged'),
  into: InquiryId,
  intoNumber: InquiryNumber,
});
export const InquiryAbsorbed = z.strictObject({
  ...eventHeader,
  type: z.literal('InquiryAbsorbed'),
  from: InquiryId,
  fromNumber: InquiryNumber,
  joined: z.array(Correspondent).max(50).default([]),
});
export const InquiryAmended = z.strictObject({
  ...eventHeader,
  type: z.literal('InquiryAmended'),
  priority: Priority.optional(),
  category: Category.optional(),
  service: ServiceId.optional(),
  tags: z.array(Tag).max(20).optional(),
  skills: z.array(Skill).max(20).optional(),
  expedite: z.boolean().optional(),
  requester: Requester.optional(),
});
export const DeliveryFailed = z.strictObject({
  ...eventHeader,
  type: z.literal('DeliveryFailed'),
  address: EmailAddress,
  permanent: z.boolean(),
  diagnostic: z.string().max(500),
  /** The wire Message-ID or the notice that failed. */
  notice: z.string().max(500).optional(),
});
export const InquiryRated = z.strictObject({
  ...eventHeader,
  type: z.literal('InquiryRated'),
  score: z.int().min(1).max(5),
  comment: z.string().max(4000).optional(),
});

/** Everything that can happen to an inquiry. */
export const InquiryEvent = z.discriminatedUnion('type', [
  InquiryReceived,
  InquiryQuarantined,
  QuarantineAged,
  InquiryAdmitted,
  QuarantineDiscarded,
  InquiryAnnounced,
  InquiryRouted,
  InquiryClaimed,
  InquiryAssigned,
  AssignmentAccepted,
  AssignmentDeclined,
  InquiryReleased,
  NobodyFound,
  LeaseLost,
  InquiryTransferred,
  MessageReceived,
  ReplyPosted,
  NotePosted,
  RequesterAwaited,
  RequesterReminded,
  InquiryResumed,
  InquiryResolved,
  InquiryReopened,
  InquiryWithdrawn,
  InquiryClosed,
  InquiryMerged,
  InquiryAbsorbed,
  InquiryAmended,
  DeliveryFailed,
  InquiryRated,
  NoReplyNeeded,
  UnmaskingAsked,
  UnmaskingSettled,
  ClocksReckoned,
  ClockWarned,
  ClockBreached,
  EscalationStepped,
  EscalationAcknowledged,
  BreachReviewed,
]);
export type InquiryEvent = z.infer<typeof InquiryEvent>;
export type EventType = InquiryEvent['type'];
export type EventOf<Type extends EventType> = Extract<InquiryEvent, { type: Type }>;

/** The events that open an inquiry. */
export type OpeningEvent = EventOf<'InquiryReceived' | 'InquiryQuarantined'>;

/** An event and its place in the stream of its inquiry; `seq` counts from 1. */
export type RecordedEvent = { readonly seq: number; readonly event: InquiryEvent };
