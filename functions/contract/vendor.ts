import * as z from 'zod';
import { VendorKey } from '../../core/inquiry/terms/desk-settings.ts';
import { DeskId, InquiryId, VendorId } from '../../core/inquiry/values/ids.ts';
import { contract } from '../edge/http/route-contract.ts';
import { InquiryRef } from './common-schemas.ts';
import * as inquiries from './inquiries.ts';
import * as work from './work.ts';

/** What the routes of agents are to a vendor's own system, whose `webhook-id` is done once. */
const signed = {
  tag: 'vendor-systems',
  auth: 'signature',
  roles: ['system'],
  idempotent: true,
  concurrency: false,
} as const;
const vendor = VendorId.meta({ description: 'The vendor whose key signed the request.' });
const ofInquiry = { ...signed, params: z.strictObject({ vendor, id: InquiryRef }) } as const;
const shown = { ...ofInquiry, idempotent: false } as const;
/** A vendor's system uploads nothing. */
const withoutUploads = work.postMessage.body.omit({ attachments: true });

export const claimNextAsSystem = contract({
  ...work.claimNext,
  ...signed,
  path: '/v1/vendors/{vendor}/desks/{desk}/claims',
  summary: { en: 'Claim the next inquiry of a desk', ja: '次の問い合わせの引き受け' },
  params: z.strictObject({ vendor, desk: DeskId }),
});

export const readInquiryAsSystem = contract({
  ...inquiries.readInquiry,
  ...shown,
  path: '/v1/vendors/{vendor}/inquiries/{id}',
});

export const listMessagesAsSystem = contract({
  ...inquiries.listMessages,
  ...shown,
  path: '/v1/vendors/{vendor}/inquiries/{id}/messages',
});

export const claimInquiryAsSystem = contract({
  ...work.claimInquiry,
  ...ofInquiry,
  path: '/v1/vendors/{vendor}/inquiries/{id}/claim',
});

export const postMessageAsSystem = contract({
  ...work.postMessage,
  ...ofInquiry,
  path: '/v1/vendors/{vendor}/inquiries/{id}/messages',
  body: withoutUploads,
});

export const heartbeatAsSystem = contract({
  ...work.heartbeat,
  ...ofInquiry,
  path: '/v1/vendors/{vendor}/inquiries/{id}/heartbeat',
});

export const releaseInquiryAsSystem = contract({
  ...work.releaseInquiry,
  ...ofInquiry,
  path: '/v1/vendors/{vendor}/inquiries/{id}/release',
});

export const transferInquiryAsSystem = contract({
  ...work.transferInquiry,
  ...ofInquiry,
  path: '/v1/vendors/{vendor}/inquiries/{id}/transfer',
});

export const waitForRequesterAsSystem = contract({
  ...work.waitForRequester,
  ...ofInquiry,
  path: '/v1/vendors/{vendor}/inquiries/{id}/wait',
});

export const resumeInquiryAsSystem = contract({
  ...work.resumeInquiry,
  ...ofInquiry,
  path: '/v1/vendors/{vendor}/inquiries/{id}/resume',
});

export const resolveInquiryAsSystem = contract({
  ...work.resolveInquiry,
  ...ofInquiry,
  path: '/v1/vendors/{vendor}/inquiries/{id}/resolve',
});

/** What every message of a vendor's system has, besides what the console's body of the command has. */
const head = {
  id: z
    .string()
    .regex(/^[\w-]{1,128}$/)
    .meta({ description: 'New for each message: the same again is done once.' }),
  inquiryId: InquiryId,
};
const say = <const Name extends string, Shape extends z.ZodRawShape>(
  command: Name,
  body: z.ZodObject<Shape>,
) => z.strictObject({ ...head, command: z.literal(command), ...body.shape });

/** A command that a vendor's system sends to the answers queue of its desk. */
export const VendorAnswer = z.discriminatedUnion('command', [
  say('claim', z.strictObject({})),
  say('heartbeat', work.heartbeat.body),
  say('release', work.releaseInquiry.body),
  say('transfer', work.transferInquiry.body),
  say('wait', work.waitForRequester.body),
  say('resume', work.resumeInquiry.body),
  say('resolve', work.resolveInquiry.body),
  say('message', withoutUploads),
]);
export type VendorAnswer = z.infer<typeof VendorAnswer>;

export const readVendorKey = contract({
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
