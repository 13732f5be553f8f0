import * as z from 'zod';
import { MaskableKind } from '../../core/inquiry/unmasking.ts';
import { defineContract } from '../edge/http/route-contract.ts';
import { InquiryRef, NoteText, UnmaskingView } from './api-schemas.ts';

const commandDefaults = {
  method: 'POST',
  tag: 'work',
  auth: 'token',
  idempotent: true,
  concurrency: true,
} as const;

export const requestUnmasking = defineContract({
  ...commandDefaults,
  path: '/v1/inquiries/{id}/unmaskings',
  audit: { action: 'ask-unmasking', what: 'inquiry', object: { in: 'body', field: 'of' } },
  summary: { en: 'Ask to be shown what is masked', ja: 'マスク解除の依頼' },
  description:
    'Of the requester, which is their particulars, or of one message. Staff or leads answer; what they grant ends when the inquiry leaves the desk. My Number is never granted.',
  roles: ['operator'],
  params: z.strictObject({ id: InquiryRef }),
  body: z.strictObject({
    of: z.string().min(1).max(64).meta({ description: '`requester`, or the id of a message.' }),
    kinds: z.array(MaskableKind).min(1).max(MaskableKind.options.length),
    reason: NoteText.min(1).max(500),
  }),
  answers: { 201: UnmaskingView },
  refusals: ['inquiry.illegal-transition', 'inquiry.merged', 'access.never-unmasked'],
});

export const decideUnmasking = defineContract({
  ...commandDefaults,
  path: '/v1/inquiries/{id}/unmaskings/{unmasking}/settle',
  audit: {
    action: 'settle-unmasking',
    what: 'inquiry',
    object: { in: 'path', field: 'unmasking' },
  },
  summary: { en: 'Grant or refuse it', ja: 'マスク解除の許可・却下' },
  description: 'Who asked is told by mail.',
  roles: ['staff', 'lead'],
  params: z.strictObject({ id: InquiryRef, unmasking: z.string().min(1).max(64) }),
  body: z.strictObject({
    outcome: z.enum(['granted', 'refused']),
    note: NoteText.max(500).optional(),
  }),
  answers: { 200: UnmaskingView },
  refusals: ['inquiry.illegal-transition', 'inquiry.merged', 'access.unmasking-settled'],
});
