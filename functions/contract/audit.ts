import * as z from 'zod';
import { AuditAction, AuditEntry } from '../../core/access/audit-entry.ts';
import { Sub, VendorId } from '../../core/inquiry/values/ids.ts';
import { Language, Role } from '../../core/inquiry/values/vocabulary.ts';
import { defineContract } from '../edge/http/route-contract.ts';
import { InquiryRef, InstantInput, makeListSchema, PageCursor } from './api-schemas.ts';

export const AuditEntryView = z.strictObject(AuditEntry.shape).meta({
  id: 'AuditEntry',
  description:
    "One request: who did or saw what, when, and by which right. `own` and `participant` are a requester's, `desk` and `former` a vendor's, `office` that of staff and leads; `role` is what does not depend on the inquiry. Of what was refused, the inquiry is the one asked for, by no right.",
});

export const readAudit = defineContract({
  method: 'GET',
  path: '/v1/audit',
  summary: { en: 'See who did or saw what', ja: '監査ログの参照' },
  description:
    'Newest first, the last seven days unless told, at most 92 days at once; kept for 400 days. Recorded is each request of operators, staff, leads and systems, refused ones included; of requesters what they do, and what they asked to see and may not. All filters given must hold; an inquiry is found in lists that showed it too. A page may hold fewer than asked for, even none, while `next` is given: go on until it is null. As CSV by `format=csv` or `Accept: text/csv`, in UTF-8 with a byte order mark, a row for each entry and inquiry; its next page is in the header `Link`. Reading is recorded itself.',
  tag: 'audit',
  auth: 'token',
  audit: { action: 'read-audit', what: 'none', object: { in: 'query', field: 'inquiry' } },
  roles: ['lead'],
  query: z.strictObject({
    from: InstantInput.optional(),
    to: InstantInput.optional().meta({ description: 'Now, unless told.' }),
    actor: Sub.optional().meta({ description: 'The `sub` of a person.' }),
    inquiry: InquiryRef.optional(),
    action: AuditAction.optional(),
    outcome: z.enum(['granted', 'refused', 'failed']).optional(),
    role: Role.optional(),
    vendor: VendorId.optional(),
    format: z.enum(['json', 'csv']).optional(),
    lang: Language.optional(),
    limit: z.coerce.number().int().min(1).max(1_000).default(100),
    cursor: PageCursor.optional(),
  }),
  answers: { 200: { 'application/json': makeListSchema(AuditEntryView), 'text/csv': true } },
  refusals: [],
  idempotent: false,
  concurrency: false,
});
