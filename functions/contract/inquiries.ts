import * as z from 'zod';
import { InquiryStatus } from '../../core/inquiry/snapshot.ts';
import { DeskId, Sub } from '../../core/inquiry/values/ids.ts';
import { defineContract } from '../edge/http/route-contract.ts';
import {
  EventView,
  InquiryOrStub,
  InquiryRef,
  MessageView,
  makeListSchema,
  PageCursor,
  PageLimit,
} from './api-schemas.ts';

const readers = ['requester', 'operator', 'staff', 'lead'] as const;
const office = ['staff', 'lead'] as const;

const id = z.strictObject({ id: InquiryRef });
const page = { limit: PageLimit, cursor: PageCursor.optional() };
const readDefaults = {
  tag: 'inquiries',
  auth: 'token',
  idempotent: false,
  concurrency: false,
} as const;

export const listInquiries = defineContract({
  ...readDefaults,
  method: 'GET',
  path: '/v1/inquiries',
  audit: { action: 'list-inquiries', what: 'inquiries' },
  summary: { en: 'List inquiries', ja: '問い合わせの一覧' },
  description:
    'By exactly one of `requester=me`, `agent`, `desk`, `number` or `status=open`, since these are the indexes there are. Newest first, or most urgent first at a desk.',
  roles: readers,
  query: z
    .strictObject({
      requester: z.literal('me').optional(),
      agent: z.union([z.literal('me'), Sub]).optional(),
      desk: DeskId.optional(),
      number: z.string().max(64).optional(),
      status: z.enum([...InquiryStatus.options, 'open']).optional(),
      ...page,
    })
    .refine(
      ({ requester, agent, desk, number, status }) => {
        const lists = [requester, agent, desk, number].filter((one) => one !== undefined);
        return lists.length === 1 || (lists.length === 0 && status === 'open');
      },
      { error: 'name exactly one of requester, agent, desk, number, or status=open' },
    ),
  answers: { 200: makeListSchema(InquiryOrStub) },
  refusals: ['work.unknown-desk'],
});

export const readInquiry = defineContract({
  ...readDefaults,
  method: 'GET',
  path: '/v1/inquiries/{id}',
  audit: { action: 'read', what: 'inquiry' },
  summary: { en: 'Read an inquiry', ja: '問い合わせの表示' },
  roles: readers,
  params: id,
  answers: { 200: InquiryOrStub },
  refusals: [],
});

export const listMessages = defineContract({
  ...readDefaults,
  method: 'GET',
  path: '/v1/inquiries/{id}/messages',
  audit: { action: 'read-messages', what: 'inquiry' },
  summary: { en: 'Read the thread', ja: 'やり取りの表示' },
  roles: readers,
  params: id,
  query: z.strictObject(page),
  answers: { 200: makeListSchema(MessageView) },
  refusals: [],
});

export const listEvents = defineContract({
  ...readDefaults,
  method: 'GET',
  path: '/v1/inquiries/{id}/events',
  audit: { action: 'read-events', what: 'inquiry' },
  summary: { en: 'Read the audit trail', ja: '履歴の表示' },
  roles: office,
  params: id,
  query: z.strictObject(page),
  answers: { 200: makeListSchema(EventView) },
  refusals: [],
});

export const readAttachment = defineContract({
  ...readDefaults,
  method: 'GET',
  path: '/v1/inquiries/{id}/attachments/{attachment}',
  audit: {
    action: 'read-attachment',
    what: 'inquiry',
    object: { in: 'path', field: 'attachment' },
  },
  summary: { en: 'Get a download of an attachment', ja: '添付ファイルの取得' },
  description:
    'A link that is good for a short while and downloads rather than shows. What is held back is refused with the reason.',
  roles: readers,
  params: z.strictObject({ id: InquiryRef, attachment: z.string().min(1).max(64) }),
  answers: {
    200: z.strictObject({
      url: z.url(),
      expiresAt: z.iso.datetime(),
      name: z.string(),
      type: z.string(),
      size: z.int(),
    }),
  },
  refusals: ['invalid.attachment', 'inquiry.attachment-gone'],
});
