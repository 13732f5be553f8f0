import * as z from 'zod';
import { DeskId } from '../../core/inquiry/values/ids.ts';
import {
  Category,
  Priority,
  Requester,
  ServiceId,
  Skill,
  Tag,
} from '../../core/inquiry/values/vocabulary.ts';
import { defineContract } from '../edge/http/route-contract.ts';
import {
  ClaimView,
  Fence,
  InquiryOrStub,
  InquiryRef,
  LeaseView,
  MessageText,
  MessageView,
  NoteText,
  TransferResult,
  textBodyLimitBytes,
  UploadIds,
} from './api-schemas.ts';
import { Duration } from './sla/duration.ts';

const readers = ['requester', 'operator', 'staff', 'lead'] as const;
const agents = ['operator', 'staff', 'lead'] as const;
const office = ['staff', 'lead'] as const;
/** Staff and leads are requesters too, of inquiries of their own. */
const requesters = ['requester', 'staff', 'lead'] as const;

const id = z.strictObject({ id: InquiryRef });
const commandDefaults = {
  method: 'POST',
  tag: 'work',
  auth: 'token',
  params: id,
  bodyLimitBytes: textBodyLimitBytes,
  answers: { 200: InquiryOrStub },
  idempotent: true,
  concurrency: true,
} as const;
const holderRefusals = [
  'inquiry.illegal-transition',
  'inquiry.merged',
  'work.already-claimed',
  'work.lease-lost',
  'work.not-holder',
] as const;
const commonRefusals = ['inquiry.illegal-transition', 'inquiry.merged'] as const;

export const claimNextInquiry = defineContract({
  method: 'POST',
  path: '/v1/desks/{desk}/claims',
  audit: {
    action: 'claim',
    what: 'inquiry',
    object: { in: 'path', field: 'desk' },
    quiet: { statuses: [204], because: 'nothing waited, which consoles ask every few seconds' },
  },
  summary: { en: 'Claim the next inquiry of a desk', ja: '次の問い合わせの引き受け' },
  description:
    'The most urgent one that waits, under a lease; asking again before the first heartbeat gives the same one. Waits up to `wait` seconds at pull desks; 204 when none came.',
  tag: 'work',
  auth: 'token',
  roles: agents,
  params: z.strictObject({ desk: DeskId }),
  query: z.strictObject({ wait: z.coerce.number().int().min(0).max(20).default(0) }),
  body: z.strictObject({}),
  answers: { 200: ClaimView, 204: null },
  refusals: ['work.unknown-desk'],
  idempotent: true,
  concurrency: false,
});

export const claimInquiry = defineContract({
  ...commandDefaults,
  path: '/v1/inquiries/{id}/claim',
  audit: { action: 'claim', what: 'inquiry' },
  summary: { en: 'Claim this inquiry', ja: 'この問い合わせの引き受け' },
  roles: agents,
  body: z.strictObject({}),
  answers: { 200: ClaimView },
  refusals: ['work.already-claimed', 'work.not-waiting', 'work.not-available', ...commonRefusals],
});

export const postMessage = defineContract({
  ...commandDefaults,
  path: '/v1/inquiries/{id}/messages',
  audit: {
    action: { field: 'kind', of: { public: 'reply', internal: 'note' }, otherwise: 'reply' },
    what: 'inquiry',
  },
  summary: { en: 'Reply or write a note', ja: '返信・メモの投稿' },
  description: 'A `public` message goes to the requester, or from them to the desk.',
  roles: readers,
  body: z.strictObject({
    kind: z.enum(['public', 'internal']),
    text: MessageText,
    fence: Fence.optional(),
    attachments: UploadIds.optional(),
  }),
  answers: { 201: MessageView },
  refusals: [...holderRefusals, 'invalid.attachment', 'work.too-late'],
});

export const sendHeartbeat = defineContract({
  ...commandDefaults,
  path: '/v1/inquiries/{id}/heartbeat',
  audit: {
    action: 'heartbeat',
    what: 'inquiry',
    quiet: { statuses: [200], because: 'it prolongs what the claim or assignment has recorded' },
  },
  summary: { en: 'Prolong the lease', ja: '引き受けの延長' },
  description:
    'Does not change the ETag. An assignment is accepted by it, needs no fence, and has no end.',
  roles: agents,
  body: z.strictObject({ fence: Fence.optional() }),
  answers: { 200: LeaseView.extend({ until: LeaseView.shape.until.optional() }) },
  refusals: ['work.lease-lost', 'work.not-holder'],
  idempotent: false,
  concurrency: false,
});

export const releaseInquiry = defineContract({
  ...commandDefaults,
  path: '/v1/inquiries/{id}/release',
  audit: { action: 'release', what: 'inquiry' },
  summary: { en: 'Give it back to the desk', ja: '引き受けの取り消し' },
  roles: agents,
  body: z.strictObject({ fence: Fence.optional(), note: NoteText.optional() }),
  refusals: holderRefusals,
});

export const declineInquiry = defineContract({
  ...commandDefaults,
  path: '/v1/inquiries/{id}/decline',
  audit: { action: 'decline', what: 'inquiry' },
  summary: { en: 'Decline an assignment', ja: '割り当ての辞退' },
  roles: agents,
  body: z.strictObject({ note: NoteText.optional() }),
  refusals: ['work.not-assigned', ...commonRefusals],
});

export const transferInquiry = defineContract({
  ...commandDefaults,
  path: '/v1/inquiries/{id}/transfer',
  audit: { action: 'transfer', what: 'inquiry', object: { in: 'body', field: 'desk' } },
  summary: { en: 'Hand it over to another desk', ja: '他の窓口への引き継ぎ' },
  description: 'A desk that is closed takes it too; the answer then says so in `warnings`.',
  roles: agents,
  body: z.strictObject({ fence: Fence.optional(), desk: DeskId, note: NoteText.optional() }),
  answers: { 200: TransferResult },
  refusals: [...holderRefusals, 'work.unknown-desk', 'work.same-desk'],
});

export const waitForRequester = defineContract({
  ...commandDefaults,
  path: '/v1/inquiries/{id}/wait',
  audit: { action: 'wait', what: 'inquiry' },
  summary: { en: 'Wait for the requester', ja: '回答待ちにする' },
  roles: agents,
  body: z.strictObject({
    fence: Fence.optional(),
    message: MessageText.optional(),
    remindAfter: Duration.optional(),
  }),
  refusals: [...holderRefusals, 'work.wait-limit'],
});

export const resumeInquiry = defineContract({
  ...commandDefaults,
  path: '/v1/inquiries/{id}/resume',
  audit: { action: 'resume', what: 'inquiry' },
  summary: { en: 'Stop waiting for the requester', ja: '回答待ちの解除' },
  roles: agents,
  body: z.strictObject({ fence: Fence.optional() }),
  refusals: holderRefusals,
});

export const resolveInquiry = defineContract({
  ...commandDefaults,
  path: '/v1/inquiries/{id}/resolve',
  audit: { action: 'resolve', what: 'inquiry' },
  summary: { en: 'Resolve it', ja: '解決' },
  description: 'With a `message`, that is the answer; `silent` tells the requester nothing.',
  roles: agents,
  body: z.strictObject({
    fence: Fence.optional(),
    message: MessageText.optional(),
    silent: z.boolean().optional(),
  }),
  refusals: holderRefusals,
});

export const markNoReplyNeeded = defineContract({
  ...commandDefaults,
  path: '/v1/inquiries/{id}/no-reply-needed',
  audit: { action: 'no-reply-needed', what: 'inquiry' },
  summary: { en: "Settle the requester's message without an answer", ja: '返信不要にする' },
  description:
    'For what wants no answer, such as a word of thanks: it ends the time promised for one. The first response takes a public message.',
  roles: agents,
  body: z.strictObject({ fence: Fence.optional() }),
  refusals: [...holderRefusals, 'work.nothing-unanswered'],
});

export const reopenInquiry = defineContract({
  ...commandDefaults,
  path: '/v1/inquiries/{id}/reopen',
  audit: { action: 'reopen', what: 'inquiry' },
  summary: { en: 'Reopen it', ja: '再開' },
  roles: readers,
  body: z.strictObject({ reason: NoteText.min(1) }),
  refusals: [...commonRefusals, 'work.too-late'],
});

export const withdrawInquiry = defineContract({
  ...commandDefaults,
  path: '/v1/inquiries/{id}/withdraw',
  audit: { action: 'withdraw', what: 'inquiry' },
  summary: { en: 'Withdraw it', ja: '取り下げ' },
  roles: requesters,
  body: z.strictObject({ reason: NoteText.optional() }),
  refusals: commonRefusals,
});

export const closeInquiry = defineContract({
  ...commandDefaults,
  path: '/v1/inquiries/{id}/close',
  audit: { action: 'close', what: 'inquiry' },
  summary: { en: 'Close a resolved inquiry', ja: '完了' },
  roles: requesters,
  body: z.strictObject({}),
  refusals: commonRefusals,
});

export const mergeInquiry = defineContract({
  ...commandDefaults,
  path: '/v1/inquiries/{id}/merge',
  audit: { action: 'merge', what: 'inquiry', object: { in: 'body', field: 'into' } },
  summary: { en: 'Merge it into another', ja: '別の問い合わせへの統合' },
  roles: office,
  body: z.strictObject({ into: InquiryRef }),
  refusals: [...commonRefusals, 'work.merge-target'],
});

export const rateInquiry = defineContract({
  ...commandDefaults,
  path: '/v1/inquiries/{id}/rating',
  audit: { action: 'rate', what: 'inquiry' },
  summary: { en: 'Rate the resolution', ja: '満足度の回答' },
  description: 'Once per resolution.',
  roles: requesters,
  body: z.strictObject({
    score: z.int().min(1).max(5),
    comment: z.string().trim().max(4000).optional(),
  }),
  refusals: [...commonRefusals, 'work.already-rated'],
});

export const amendInquiry = defineContract({
  ...commandDefaults,
  method: 'PATCH',
  path: '/v1/inquiries/{id}',
  audit: { action: 'amend', what: 'inquiry' },
  summary: {
    en: 'Correct priority, category, requester, tags and the like',
    ja: '優先度などの変更',
  },
  roles: office,
  body: z
    .strictObject({
      priority: Priority.optional(),
      category: Category.optional(),
      requester: Requester.pick({
        address: true,
        name: true,
        phone: true,
        department: true,
      }).optional(),
      tags: z.array(Tag).max(20).optional(),
      service: ServiceId.optional(),
      skills: z.array(Skill).max(20).optional(),
      expedite: z.boolean().optional().meta({
        description: 'Whether it goes before all others of its priority.',
      }),
    })
    .refine((changes) => Object.keys(changes).length > 0, { error: 'name something to change' }),
  refusals: commonRefusals,
});
