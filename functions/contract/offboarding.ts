import * as z from 'zod';
import { Person } from '../../core/access/person.ts';
import { EmailAddress, InquiryId, Instant, Sub } from '../../core/inquiry/values/ids.ts';
import { InquiryNumber } from '../../core/inquiry/values/inquiry-number.ts';
import { Category, Language, Role, ServiceId } from '../../core/inquiry/values/vocabulary.ts';
import { defineContract } from '../edge/http/route-contract.ts';
import { JobView } from './api-schemas.ts';

const offboardingDefaults = {
  tag: 'people',
  auth: 'token',
  roles: ['lead'],
  params: z.strictObject({ agent: Sub }),
  concurrency: false,
} as const;

export const offboardAgent = defineContract({
  ...offboardingDefaults,
  method: 'POST',
  path: '/v1/agents/{agent}/offboard',
  audit: { action: 'offboard', what: 'none', object: { in: 'path', field: 'agent' } },
  summary: { en: 'Offboard an agent', ja: '担当者の離任' },
  description:
    'Ends their rights at once, and in the job gives back all that they hold, puts the successor, or nobody, in their place in standing assignments and as a stand-in, and ends their own absences. The result lists what was given back, where they were named, the escalation chains that name them still, and what they have handled in the last 90 days by category and service, what nobody else has first. The job looks a second time when nothing can be under way any more that was asked before, and is done some minutes later. While it is under way, asking again answers with the same job, whatever is said; afterwards another looks again. Who has left already may be offboarded too. Nobody offboards themselves.',
  body: z.strictObject({
    successor: EmailAddress.optional().meta({
      description: 'Another active staff or lead; none of an operator.',
    }),
    note: z.string().trim().max(200).optional(),
  }),
  answers: { 202: JobView },
  refusals: ['people.unknown', 'people.last-lead', 'transient.conflict'],
  idempotent: true,
});

export const HandledGroup = z
  .strictObject({
    category: Category.nullable().meta({ description: 'Null: the inquiries had none.' }),
    service: ServiceId.nullable(),
    count: z.int(),
    lastAt: Instant,
    inquiries: z
      .array(z.strictObject({ inquiryId: InquiryId, number: InquiryNumber }))
      .meta({ description: 'The latest, five at most.' }),
    others: z.int().meta({
      description: 'How many others have handled any of the same meanwhile; 0: they alone.',
    }),
  })
  .meta({ id: 'HandledGroup' });

export const Handover = z
  .strictObject({
    agent: z.strictObject({
      sub: z.string(),
      address: z.string(),
      name: z.string(),
      role: Role,
      state: Person.shape.state,
    }),
    from: Instant,
    until: Instant,
    groups: z.array(HandledGroup),
  })
  .meta({ id: 'Handover' });

export const readHandover = defineContract({
  ...offboardingDefaults,
  method: 'GET',
  path: '/v1/agents/{agent}/handover',
  audit: { action: 'read-handover', what: 'inquiries', object: { in: 'path', field: 'agent' } },
  summary: { en: 'See what an agent alone has handled', ja: '担当者の引き継ぎ一覧' },
  description:
    'What they have handled in the last 90 days by category and service: inquiries count for who held them last when they were answered. What nobody else who is or was operator, staff or lead has handled comes first. As CSV by `format=csv` or `Accept: text/csv`, in UTF-8 with a byte order mark; headings by `lang` or `Accept-Language`.',
  query: z.strictObject({
    format: z.enum(['json', 'csv']).optional(),
    lang: Language.optional(),
  }),
  answers: { 200: { 'application/json': Handover, 'text/csv': true } },
  refusals: ['people.unknown'],
  idempotent: false,
});
