import * as z from 'zod';
import { defineContract } from '../edge/http/route-contract.ts';

const publicDefaults = {
  method: 'GET',
  auth: 'public',
  roles: [],
  refusals: [],
  idempotent: false,
  concurrency: false,
} as const;

export const readOpenApi = defineContract({
  ...publicDefaults,
  path: '/openapi.json',
  summary: { en: 'This document', ja: 'この API の定義' },
  tag: 'about',
  answers: { 200: z.looseObject({ openapi: z.string() }) },
});

export const readDocs = defineContract({
  ...publicDefaults,
  path: '/docs',
  summary: { en: 'This document as a page', ja: 'この API の説明ページ' },
  tag: 'about',
  answers: { 200: 'text/html' },
});

export const readHealth = defineContract({
  ...publicDefaults,
  path: '/health',
  summary: { en: 'Whether it runs', ja: '稼働確認' },
  tag: 'about',
  answers: { 200: z.strictObject({ status: z.literal('ok') }) },
});

export const showStatusPage = defineContract({
  ...publicDefaults,
  path: '/status/{token}',
  summary: { en: "The requester's page of an inquiry", ja: '問い合わせの状況ページ' },
  description:
    'By the signed link of the acknowledgement. For people, so a page also when it fails.',
  tag: 'about',
  params: z.strictObject({ token: z.string().min(1).max(512) }),
  query: z.strictObject({
    attachment: z.string().min(1).max(64).optional().meta({
      description: 'An attachment of the public thread: the answer leads to its download.',
    }),
    said: z.enum(['reopened', 'too-late']).optional().meta({
      description: 'What pressing the button on the page came to, for the page to say.',
    }),
  }),
  answers: { 200: 'text/html', 302: null, 404: 'text/html' },
});

export const reopenInquiryByLink = defineContract({
  ...publicDefaults,
  method: 'POST',
  path: '/status/{token}/reopen',
  summary: { en: 'Say on the page that it is not solved', ja: '状況ページからの再開' },
  description:
    'What the button "Still not working" posts to: reopens the inquiry as its requester, within the reopen period, and leads back to the page. Its body is not read.',
  tag: 'about',
  params: z.strictObject({ token: z.string().min(1).max(512) }),
  answers: { 303: null, 404: 'text/html' },
});
