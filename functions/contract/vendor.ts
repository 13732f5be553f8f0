import * as z from 'zod';
import { VendorKey } from '../../core/inquiry/terms/desk-settings.ts';
import { DeskId, InquiryId, VendorId } from '../../core/inquiry/values/ids.ts';
import { defineContract } from '../edge/http/route-contract.ts';
import { InquiryRef } from './api-schemas.ts';
import * as inquiries from './inquiries.ts';
import * as work from './work.ts';

/** Makes an agents' route one for vendors' systems, whose `webhook-id` is the idempotency key. */
const signedDefaults = {
  tag: 'vendor-systems',
  auth: 'signature',
  roles: ['system'],
  idempotent: true,
  concurrency: false,
} as const;
const vendor = VendorId.meta({ description: 'The vendor whose key signed the request.' });
const inquiryDefaults = {
  ...signedDefaults,
  params: z.strictObject({ vendor, id: InquiryRef }),
} as const;
const readDefaults = { ...inquiryDefaults, idempotent: false } as const;
/** Vendors' systems cannot upload files. */
const withoutUploads = work.postMessage.body.omit({ attachments: true });

export const claimNextInquiryAsSystem = defineContract({
  ...work.claimNextInquiry,
  ...signedDefaults,
  path: '/v1/vendors/{vendor}/desks/{desk}/claims',
  summary: { en: 'Claim the next inquiry of a desk', ja: '次の問い合わせの引き受け' },
  params: z.strictObject({ vendor, desk: DeskId }),
});

export const readInquiryAsSystem = defineContract({
  ...inquiries.readInquiry,
  ...readDefaults,
  path: '/v1/vendors/{vendor}/inquiries/{id}',
});

export const listMessagesAsSystem = defineContract({
  ...inquiries.listMessages,
  ...readDefaults,
  path: '/v1/vendors/{vendor}/inquiries/{id}/messages',
});

export const claimInquiryAsSystem = defineContract({
  ...work.claimInquiry,
  ...inquiryDefaults,
  path: '/v1/vendors/{vendor}/inquiries/{id}/claim',
});

export const postMessageAsSystem = defineContract({
  ...work.postMessage,
  ...inquiryDefaults,
  path: '/v1/vendors/{vendor}/inquiries/{id}/messages',
  body: withoutUploads,
});

export const sendHeartbeatAsSystem = defineContract({
  ...work.sendHeartbeat,
  ...inquiryDefaults,
  path: '/v1/vendors/{vendor}/inquiries/{id}/heartbeat',
});

export const releaseInquiryAsSystem = defineContract({
  ...work.releaseInquiry,
  ...inquiryDefaults,
  path: '/v1/vendors/{vendor}/inquiries/{id}/release',
});

export const transferInquiryAsSystem = defineContract({
  ...work.transferInquiry,
  ...inquiryDefaults,
  path: '/v1/vendors/{vendor}/inquiries/{id}/transfer',
});

export const waitForRequesterAsSystem = defineContract({
  ...work.waitForRequester,
  ...inquiryDefaults,
  path: '/v1/vendors/{vendor}/inquiries/{id}/wait',
});

export const resumeInquiryAsSystem = defineContract({
  ...work.resumeInquiry,
  ...inquiryDefaults,
  path: '/v1/vendors/{vendor}/inquiries/{id}/resume',
});

export const resolveInquiryAsSystem = defineContract({
  ...work.resolveInquiry,
  ...inquiryDefaults,
  path: '/v1/vendors/{vendor}/inquiries/{id}/resolve',
});

/** The fields of every message of a vendor's system, besides those of the command's HTTP body. */
const messageFields = {
  id: z
    .string()
    .regex(/^[\w-]{1,128}$/)
    .meta({ description: 'New for each message: the same again is done once.' }),
  inquiryId: InquiryId,
};
const makeCommandSchema = <const Name extends string, Shape extends z.ZodRawShape>(
  command: Name,
  body: z.ZodObject<Shape>,
) => z.strictObject({ ...messageFields, command: z.literal(command), ...body.shape });

/** A command that a vendor's system sends to the answers queue of its desk. */
export const VendorCommandMessage = z.discriminatedUnion('command', [
  makeCommandSchema('claim', z.strictObject({})),
  makeCommandSchema('heartbeat', work.sendHeartbeat.body),
  makeCommandSchema('release', work.releaseInquiry.body),
  makeCommandSchema('transfer', work.transferInquiry.body),
  makeCommandSchema('wait', work.waitForRequester.body),
  makeCommandSchema('resume', work.resumeInquiry.body),
  makeCommandSchema('resolve', work.resolveInquiry.body),
  makeCommandSchema('message', withoutUploads),
]);
export type VendorCommandMessage = z.infer<typeof VendorCommandMessage>;

export const readVendorKey = defineContract({
  method: 'GET',
  path: '/v1/config/desks/vendors/{vendor}/keys/{key}',
  audit: { action: 'read-secret', what: 'none', object: { in: 'path', field: ['vendor', 'key'] } },
  summary: { en: "Read the secret of a vendor's key", ja: '委託先システムの署名鍵の参照' },
  description:
    "By which the vendor's system signs its requests and checks that a message is ours. It changes when the signing secret of the stage is rotated; the earlier one is good until that is taken out.",
  tag: 'configuration',
  auth: 'token',
  roles: ['lead'],
  params: z.strictObject({ vendor: VendorId, key: VendorKey.shape.id }),
  answers: {
    200: z.strictObject({ vendor: VendorId, key: z.string(), secret: z.string() }),
  },
  refusals: ['config.unknown-key'],
  idempotent: false,
  concurrency: false,
});
