import * as z from 'zod';
import { DeskId, Instant, VendorId } from '../../core/inquiry/values/ids.ts';
import { defineContract } from '../edge/http/route-contract.ts';
import { InquiryView, LocalizedText, makeListSchema, PageLimit } from './api-schemas.ts';

const readDefaults = {
  method: 'GET',
  tag: 'desks',
  auth: 'token',
  roles: ['operator', 'staff', 'lead'],
  idempotent: false,
  concurrency: false,
} as const;

export const DeskView = z
  .strictObject({
    id: DeskId,
    name: LocalizedText,
    kind: z.enum(['internal', 'outsourced']),
    mode: z.enum(['push', 'pull']),
    vendor: VendorId.optional(),
    depth: z.int().meta({ description: 'How many wait, counted up to a limit.' }),
    oldest: Instant.optional().meta({ description: 'Since when the oldest of them waits.' }),
  })
  .meta({ id: 'Desk' });
export type DeskView = z.infer<typeof DeskView>;

export const listDesks = defineContract({
  ...readDefaults,
  path: '/v1/desks',
  audit: {
    action: 'read-desks',
    what: 'none',
    quiet: { statuses: [200], because: 'it shows how many wait, of nobody in particular' },
  },
  summary: { en: 'List the desks', ja: '窓口の一覧' },
  description: 'Operators see their own.',
  answers: { 200: makeListSchema(DeskView) },
  refusals: [],
});

export const readWorklist = defineContract({
  ...readDefaults,
  path: '/v1/desks/{desk}/worklist',
  audit: { action: 'read-worklist', what: 'inquiries', object: { in: 'path', field: 'desk' } },
  summary: { en: 'See what waits at a desk', ja: '窓口の待ち一覧' },
  description: 'Most urgent first; the order in which claims are given.',
  params: z.strictObject({ desk: DeskId }),
  query: z.strictObject({ limit: PageLimit }),
  answers: { 200: makeListSchema(InquiryView) },
  refusals: ['work.unknown-desk'],
});
