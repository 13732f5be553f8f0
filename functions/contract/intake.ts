import * as z from 'zod';
import { InquiryStatus } from '../../core/inquiry/snapshot.ts';
import { DeskId, EmailAddress, InquiryId, Instant } from '../../core/inquiry/values/ids.ts';
import { InquiryNumber } from '../../core/inquiry/values/inquiry-number.ts';
import {
  Channel,
  Fate,
  Language,
  Priority,
  QuarantineReason,
} from '../../core/inquiry/values/vocabulary.ts';
import { defineContract } from '../edge/http/route-contract.ts';
import {
  InquiryRef,
  InstantInput,
  JobView,
  LocalizedText,
  MessageText,
  makeListSchema,
  NoteText,
  OpenedInquiry,
  PageCursor,
  PageLimit,
  QuarantineEntry,
  textBodyLimitBytes,
  UploadIds,
} from './api-schemas.ts';

/** Base 64 in the gateway's event adds a third, and Lambda accepts 6 MB. */
const csvLimitBytes = 4_194_304;

const openers = ['requester', 'staff', 'lead', 'system'] as const;
const agents = ['operator', 'staff', 'lead'] as const;
const readDefaults = { auth: 'token', idempotent: false, concurrency: false } as const;
const createDefaults = {
  method: 'POST',
  auth: 'token',
  idempotent: true,
  concurrency: false,
} as const;
const FormId = z.string().regex(/^[a-z][a-z0-9-]{0,63}$/);
const page = { limit: PageLimit, cursor: PageCursor.optional() };

export const FormView = z
  .strictObject({
    form: FormId,
    version: z.int(),
    title: LocalizedText,
    description: LocalizedText.optional(),
    schema: z
      .looseObject({})
      .meta({ description: 'JSON Schema 2020-12 of the fields, labelled in ja and en.' }),
  })
  .meta({ id: 'Form' });

export const listForms = defineContract({
  ...readDefaults,
  method: 'GET',
  path: '/v1/forms',
  audit: {
    action: 'read-forms',
    what: 'none',
    quiet: { statuses: [200], because: 'forms are the same for everybody' },
  },
  summary: { en: 'List the forms', ja: 'フォームの一覧' },
  tag: 'forms',
  roles: openers,
  answers: { 200: makeListSchema(FormView) },
  refusals: [],
});

export const readForm = defineContract({
  ...readDefaults,
  method: 'GET',
  path: '/v1/forms/{form}',
  audit: {
    action: 'read-forms',
    what: 'none',
    quiet: { statuses: [200], because: 'forms are the same for everybody' },
  },
  summary: { en: 'Read a form', ja: 'フォームの表示' },
  tag: 'forms',
  roles: openers,
  params: z.strictObject({ form: FormId }),
  answers: { 200: FormView },
  refusals: ['intake.unknown-form'],
});

export const submitForm = defineContract({
  ...createDefaults,
  path: '/v1/inquiries',
  audit: { action: 'open-inquiry', what: 'inquiry', object: { in: 'body', field: 'form' } },
  summary: { en: 'Submit a form', ja: '問い合わせの登録' },
  tag: 'forms',
  roles: openers,
  body: z.strictObject({
    form: FormId,
    fields: z.record(z.string().max(64), z.json()).meta({ description: "By the form's schema." }),
    attachments: UploadIds.optional(),
    onBehalfOf: EmailAddress.optional().meta({ description: 'For staff, leads and systems.' }),
  }),
  bodyLimitBytes: textBodyLimitBytes,
  answers: { 201: OpenedInquiry },
  refusals: ['intake.unknown-form', 'invalid.form', 'invalid.attachment'],
});

export const requestUpload = defineContract({
  ...createDefaults,
  path: '/v1/uploads',
  audit: { action: 'upload', what: 'none' },
  summary: { en: 'Ask for an upload', ja: '添付ファイルの送信準備' },
  description:
    'Post the file to `url` as multipart/form-data with `fields` first and `file` last, then name the id in a message or form.',
  tag: 'forms',
  roles: ['requester', ...agents],
  body: z.strictObject({
    name: z.string().trim().min(1).max(255),
    type: z.string().regex(/^[\w.+-]{1,100}\/[\w.+-]{1,100}$/),
    size: z.int().min(1).meta({ description: 'In bytes.' }),
  }),
  answers: {
    201: z.strictObject({
      id: z.string(),
      url: z.url(),
      fields: z.record(z.string(), z.string()),
      expiresAt: Instant,
    }),
  },
  refusals: ['invalid.attachment'],
});

export const logCall = defineContract({
  ...createDefaults,
  path: '/v1/phone-logs',
  audit: { action: 'log-call', what: 'inquiry' },
  summary: { en: 'Log a phone call', ja: '電話の記録' },
  tag: 'phone',
  roles: agents,
  body: z
    .strictObject({
      caller: z.strictObject({
        name: z.string().trim().min(1).max(200).optional(),
        address: EmailAddress.optional(),
        phone: z.string().trim().min(1).max(40).optional(),
      }),
      callbackNumber: z.string().trim().min(1).max(40).optional(),
      startedAt: InstantInput,
      endedAt: InstantInput,
      summary: MessageText,
      subject: z.string().trim().min(1).max(200).optional(),
      outcome: z.enum(['open', 'answered', 'resolved']),
      answer: MessageText.optional(),
      priority: Priority.optional(),
      language: Language.optional(),
      desk: DeskId.optional(),
    })
    .refine(({ startedAt, endedAt }) => startedAt <= endedAt, {
      error: 'must not be before startedAt',
      path: ['endedAt'],
    }),
  bodyLimitBytes: textBodyLimitBytes,
  answers: { 201: OpenedInquiry },
  refusals: ['work.unknown-desk'],
});

export const importCalls = defineContract({
  ...createDefaults,
  path: '/v1/phone-logs/import',
  audit: { action: 'import-calls', what: 'none' },
  summary: { en: 'Import phone logs', ja: '電話記録の取り込み' },
  description:
    'CSV in UTF-8 or CP932 with a heading. Safe to repeat: a call that is in already is not doubled.',
  tag: 'phone',
  roles: agents,
  bodyType: 'text/csv',
  bodyLimitBytes: csvLimitBytes,
  answers: { 202: JobView },
  refusals: [],
});

export const listQuarantine = defineContract({
  ...readDefaults,
  method: 'GET',
  path: '/v1/quarantine',
  audit: { action: 'list-quarantine', what: 'inquiries' },
  summary: { en: 'List what intake would not trust', ja: '隔離の一覧' },
  tag: 'quarantine',
  roles: ['lead'],
  query: z.strictObject(page),
  answers: { 200: makeListSchema(QuarantineEntry) },
  refusals: [],
});

const QuarantineResult = z
  .strictObject({
    id: InquiryId,
    number: InquiryNumber,
    status: InquiryStatus,
    fate: Fate.optional().meta({ description: 'What became of it by its release.' }),
    version: z.int(),
  })
  .meta({ id: 'Judged', description: 'A quarantined inquiry after somebody judged it.' });

export const releaseQuarantinedInquiry = defineContract({
  ...createDefaults,
  path: '/v1/quarantine/{id}/release',
  audit: { action: 'release-quarantined', what: 'inquiry' },
  summary: { en: 'Take it in after all', ja: '隔離の解除' },
  tag: 'quarantine',
  roles: ['lead'],
  params: z.strictObject({ id: InquiryRef }),
  body: z.strictObject({}),
  answers: { 200: QuarantineResult },
  refusals: ['intake.not-quarantined'],
  concurrency: true,
});

export const discardQuarantinedInquiry = defineContract({
  ...createDefaults,
  path: '/v1/quarantine/{id}/discard',
  audit: { action: 'discard-quarantined', what: 'inquiry' },
  summary: { en: 'Close it unread', ja: '隔離したものの破棄' },
  tag: 'quarantine',
  roles: ['lead'],
  params: z.strictObject({ id: InquiryRef }),
  body: z.strictObject({ note: NoteText.optional() }),
  answers: { 200: QuarantineResult },
  refusals: ['intake.not-quarantined'],
  concurrency: true,
});

export const ReceiptView = z
  .strictObject({
    id: z.string(),
    at: Instant,
    channel: Channel,
    messageId: z.string().optional(),
    fate: Fate,
    reason: QuarantineReason.optional(),
    inquiryId: InquiryId.optional(),
    fates: z
      .array(
        z.strictObject({
          fate: Fate,
          reason: QuarantineReason.optional(),
          inquiryId: InquiryId.optional(),
          at: Instant,
        }),
      )
      .meta({ description: 'The first, and the second of what was released.' }),
    raw: z.string().optional(),
  })
  .meta({ id: 'Receipt', description: '`fate`, `reason` and `inquiryId` are those of the last.' });
export type ReceiptView = z.infer<typeof ReceiptView>;

export const listReceipts = defineContract({
  ...readDefaults,
  method: 'GET',
  path: '/v1/intake/receipts',
  audit: { action: 'read-receipts', what: 'inquiries', object: { in: 'query', field: 'date' } },
  summary: { en: 'Read the intake ledger of a day', ja: '受付台帳' },
  tag: 'quarantine',
  roles: ['lead'],
  query: z.strictObject({
    date: z.iso.date().optional().meta({ description: 'In UTC; today unless given.' }),
    ...page,
  }),
  answers: { 200: makeListSchema(ReceiptView) },
  refusals: [],
});
