import * as z from 'zod';
import { inquiryActions } from '../../core/access/may.ts';
import { Absence } from '../../core/access/person.ts';
import { InquiryStatus } from '../../core/inquiry/snapshot.ts';
import { MaskableKind, UnmaskingRequest } from '../../core/inquiry/unmasking.ts';
import { DeskId, InquiryId, Instant, VendorId } from '../../core/inquiry/values/ids.ts';
import { InquiryNumber, readInquiryNumber } from '../../core/inquiry/values/inquiry-number.ts';
import { Attachment, MessageKind } from '../../core/inquiry/values/message.ts';
import {
  Category,
  Channel,
  Language,
  PhoneCall,
  Priority,
  QuarantineReason,
  Role,
  Skill,
  Tag,
} from '../../core/inquiry/values/vocabulary.ts';
import { ClockView, RunningEscalationView } from './sla/clocks.ts';

/** An inquiry in a path: its id, or its number in any spelling that people use. */
export const InquiryRef = z
  .string()
  .max(64)
  .transform((text, context): InquiryId | InquiryNumber => {
    const id = InquiryId.safeParse(text.toLowerCase());
    if (id.success) return id.data;
    const number = readInquiryNumber(text);
    if (number !== undefined) return number;
    context.addIssue({ code: 'custom', message: 'is neither an id nor a valid inquiry number' });
    return z.NEVER;
  })
  .meta({ description: 'The id of an inquiry, or its number.', examples: ['HD-7K3M-9QX5'] });

/** An instant with any offset and precision, converted to ours. */
export const InstantInput = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text).toISOString())
  .pipe(Instant)
  .meta({ examples: ['2026-11-22T10:15:00+09:00'] });

export const MessageText = z.string().trim().min(1).max(100_000);
export const NoteText = z.string().trim().max(2000);

/** Room for a body with a `MessageText`: each character as a six-byte escape, and the rest. */
export const textBodyLimitBytes = 1_048_576;

export const UploadIds = z
  .array(z.string().regex(/^[\w-]{1,64}$/))
  .max(20)
  .meta({ description: 'Ids of uploads of yours that have arrived.' });

export const Fence = z
  .int()
  .min(1)
  .meta({ description: 'The fence that the claim gave; a stale one is refused.' });

export const PageCursor = z.string().min(1).max(2048);
export const PageLimit = z.coerce.number().int().min(1).max(100).default(50);

/** Every list is a page of items with the cursor of the next page, or null. */
export function makeListSchema<Item extends z.ZodType>(item: Item) {
  return z.strictObject({ items: z.array(item), next: z.string().nullable() });
}

export const LocalizedText = z.strictObject({ ja: z.string(), en: z.string() });

export const RequesterView = z
  .strictObject({
    address: z.string().optional(),
    name: z.string().optional(),
    phone: z.string().optional(),
    department: z.string().optional(),
    vip: z.boolean().optional(),
    external: z.boolean().optional(),
  })
  .meta({ id: 'Requester', description: 'Masked for outsourced operators.' });

export const LeaseView = z
  .strictObject({ fence: z.int(), until: Instant })
  .meta({ id: 'Lease', description: 'The right to work the inquiry until an instant.' });
export type LeaseView = z.infer<typeof LeaseView>;

/** Where in a field something is masked from a vendor. */
const MaskedView = z
  .strictObject({
    field: z.string().meta({
      description: 'Its path with dots.',
      examples: ['text', 'requester.phone', 'attachments.0.name'],
    }),
    start: z.int(),
    end: z.int().meta({ description: 'In UTF-16 code units, like `start`.' }),
    kind: MaskableKind,
  })
  .meta({
    id: 'Masked',
    description: 'A mark, as ⟦card⟧, in place of what a vendor is not shown.',
  });

/** A vendor's request to see masked values. */
export const UnmaskingView = z
  .strictObject({ ...UnmaskingRequest.shape, asker: z.string() })
  .meta({ id: 'Unmasking', description: 'Ends when the inquiry leaves the desk of the vendor.' });

const maskedFields = z
  .array(MaskedView)
  .optional()
  .meta({ description: "What is masked in it; given to vendors' people only." });

const inquiryFields = {
  id: InquiryId,
  number: InquiryNumber,
  channel: Channel,
  status: InquiryStatus,
  subject: z.string(),
  language: Language,
  automated: z.boolean().optional(),
  requester: RequesterView,
  desk: DeskId.optional(),
  agent: z.strictObject({ sub: z.string().optional(), name: z.string() }).optional(),
  priority: Priority.optional(),
  category: Category.optional(),
  tags: z.array(Tag),
  clocks: z.array(ClockView),
  escalations: z.array(RunningEscalationView).optional(),
  receivedAt: Instant,
  queuedAt: Instant.optional(),
  availableAt: Instant.optional().meta({
    description: 'It is held back from claims until then: its desk is closed.',
  }),
  remindAt: Instant.optional(),
  resolvedAt: Instant.optional(),
  closedAt: Instant.optional(),
  closeAt: Instant.optional(),
  reopenUntil: Instant.optional(),
  mergedInto: InquiryNumber.optional().meta({ description: 'Where the merges lead in the end.' }),
  links: z.array(InquiryId).optional(),
  call: PhoneCall.optional(),
  messages: z.int().optional().meta({ description: 'How many messages the thread has.' }),
  undeliverable: z.array(z.string()).optional(),
  rating: z.strictObject({ score: z.int(), comment: z.string().optional() }).optional(),
  unmaskings: z.array(UnmaskingView).optional(),
  masked: maskedFields,
  version: z.int().meta({ description: 'The same as the ETag.' }),
  commands: z
    .array(z.enum(inquiryActions))
    .meta({ description: 'What this caller may do with it now.' }),
};

/** An inquiry as one caller may see it. */
export const InquiryView = z
  .strictObject({
    ...inquiryFields,
    lease: LeaseView.optional().meta({ description: "Shown to the lease's holder only." }),
  })
  .meta({ id: 'Inquiry' });
export type InquiryView = z.infer<typeof InquiryView>;

/** An inquiry that the caller has just claimed. */
export const ClaimView = z
  .strictObject({ ...inquiryFields, lease: LeaseView })
  .meta({ id: 'Claim', description: 'The inquiry with the lease under which you hold it.' });
export type ClaimView = z.infer<typeof ClaimView>;

export const InquiryStub = z
  .strictObject({
    id: InquiryId,
    number: InquiryNumber,
    status: z.enum(['open', 'resolved', 'closed', 'merged']),
    stub: z.literal(true),
    outcome: z.literal('withdrawn').optional(),
    resolvedAt: Instant.optional(),
    closedAt: Instant.optional(),
  })
  .meta({ id: 'InquiryStub', description: 'What a vendor sees of an inquiry that it once had.' });
export type InquiryStub = z.infer<typeof InquiryStub>;

/** After a command its actor may see only a stub of the inquiry. */
export const InquiryOrStub = z.union([InquiryView, InquiryStub]);

/** What the actor should know about a transfer that was carried out. */
const transferWarnings = z.array(
  z
    .strictObject({
      code: z.literal('desk-closed'),
      opensAt: Instant,
      zone: z.string().meta({ description: "The IANA zone of the desk's calendar." }),
    })
    .meta({ id: 'Warning' }),
);

export const TransferResult = z.union([
  z.strictObject({ ...InquiryView.shape, warnings: transferWarnings }).meta({ id: 'Transferred' }),
  z
    .strictObject({ ...InquiryStub.shape, warnings: transferWarnings })
    .meta({ id: 'TransferredStub' }),
]);

const PartyView = z
  .strictObject({
    name: z.string().optional(),
    address: z.string().optional(),
    sub: z.string().optional(),
  })
  .meta({ id: 'Party' });

export const AttachmentView = z.strictObject(Attachment.shape).meta({ id: 'Attachment' });

const WithheldAttachment = z
  .strictObject({
    ...Attachment.pick({ id: true, name: true, type: true }).shape,
    withheld: z.literal(true),
  })
  .meta({ id: 'WithheldAttachment', description: 'Of a type that the vendor does not get.' });

export const MessageView = z
  .strictObject({
    id: z.string(),
    at: Instant,
    from: PartyView,
    kind: MessageKind,
    subject: z.string().optional(),
    text: z.string().meta({ description: 'The new part.' }),
    fullText: z.string().meta({ description: 'All of it, with quoted history and signature.' }),
    attachments: z.array(z.union([AttachmentView, WithheldAttachment])),
    unverified: z
      .boolean()
      .optional()
      .meta({ description: 'Of somebody who takes no part in the inquiry.' }),
    cut: z.literal(true).optional().meta({
      description:
        'A vendor is shown the first 50,000 characters of a text, and 400,000 of a page of messages: `text` or `fullText` goes on.',
    }),
    masked: maskedFields,
  })
  .meta({ id: 'Message' });
export type MessageView = z.infer<typeof MessageView>;

export const EventView = z
  .strictObject({
    seq: z.int(),
    at: Instant,
    type: z.string(),
    v: z.int(),
    by: z.looseObject({ kind: z.string() }),
    data: z.record(z.string(), z.json()).meta({ description: "The event's own fields." }),
  })
  .meta({ id: 'Event' });

export const OpenedInquiry = z
  .strictObject({
    id: InquiryId,
    number: InquiryNumber,
    status: InquiryStatus,
    statusUrl: z.url().optional().meta({ description: "The requester's page of it." }),
  })
  .meta({ id: 'Opened' });

export const QuarantineEntry = z
  .strictObject({
    id: InquiryId,
    number: InquiryNumber,
    channel: Channel,
    reason: QuarantineReason,
    detail: z.string(),
    sender: PartyView,
    subject: z.string(),
    receivedAt: Instant,
    raw: z.string().optional(),
    version: z.int(),
  })
  .meta({ id: 'QuarantineEntry' });

export const AgentView = z
  .strictObject({
    sub: z.string().optional(),
    address: z.string(),
    name: z.string(),
    role: Role,
    vendor: VendorId.optional(),
    desks: z.array(DeskId),
    presence: z.enum(['present', 'away']),
    presenceAt: Instant.optional(),
    skills: z.array(Skill),
    absences: z
      .array(z.strictObject(Absence.shape).omit({ note: true }))
      .meta({ description: 'Planned, and not yet over.' }),
    standsInFor: z
      .array(
        z.strictObject({
          address: z.string(),
          name: z.string(),
          categories: z.array(Category),
        }),
      )
      .meta({
        description: 'Who is absent now and whose work of these categories they are given.',
      }),
    load: z.int().meta({ description: 'How many open inquiries they hold.' }),
    workload: z.int().meta({
      description:
        'How much these weigh by priority, as the desk asked for weighs them, or else the first of ' +
        'theirs.',
    }),
    capacity: z.int().meta({ description: 'Up to what workload they are assigned more.' }),
  })
  .meta({ id: 'Agent' });

/** Work that outlasts a request. */
export const JobView = z
  .strictObject({
    id: z.string(),
    kind: z.string(),
    state: z.enum(['queued', 'running', 'done', 'failed']),
    createdAt: Instant,
    updatedAt: Instant,
    progress: z.strictObject({ done: z.int(), total: z.int().optional() }),
    nextRunAt: Instant.optional().meta({
      description: 'After a failed run: when it is tried again by itself.',
    }),
    needsPersonAt: Instant.optional().meta({
      description: 'Since when it fails so often that somebody has to look for the cause.',
    }),
    result: z.json().optional(),
    errors: z.array(
      z.strictObject({
        line: z.int().optional().meta({ description: 'Counted from 1, the heading included.' }),
        inquiryId: z.string().optional().meta({ description: 'An inquiry that was left out.' }),
        code: z.string().optional(),
        detail: z.string(),
      }),
    ),
  })
  .meta({ id: 'Job' });
export type JobView = z.infer<typeof JobView>;
