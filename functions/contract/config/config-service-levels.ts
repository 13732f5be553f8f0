import * as z from 'zod';
import { ClockName } from '../../../core/inquiry/clock/clock.ts';
import { WebhookId } from '../../../core/inquiry/clock/escalation.ts';
import { CalendarsDocument, PoliciesDocument } from '../../../core/inquiry/terms/sla-policies.ts';
import { DeskId, InquiryId, Instant } from '../../../core/inquiry/values/ids.ts';
import { InquiryNumber } from '../../../core/inquiry/values/inquiry-number.ts';
import { defineContract } from '../../edge/http/route-contract.ts';
import { InstantInput } from '../api-schemas.ts';
import {
  ConfigVersionQuery,
  configDefaults,
  makeDryRunQuery,
  NoteInput,
  versionHeadFields,
} from './config-schemas.ts';

const versionFields = {
  ...versionHeadFields,
  from: Instant.meta({
    description: 'In force from here on, whatever earlier versions say of that time.',
  }),
};

const VersionView = z.strictObject(versionFields).meta({ id: 'ConfigVersion' });

const shiftFields = {
  earlier: z.int().meta({ description: 'Clocks whose deadline comes earlier.' }),
  later: z.int().meta({ description: 'Clocks whose deadline comes later.' }),
  gained: z.int().meta({ description: 'Clocks that get a deadline.' }),
  lost: z.int().meta({ description: 'Clocks that have none any more.' }),
  missed: z.int().meta({ description: 'Clocks that are missed at once.' }),
};

const EffectView = z
  .strictObject({
    complete: z.boolean().meta({ description: 'Whether all open inquiries were looked at.' }),
    inquiries: z.int().meta({ description: 'How many open inquiries were looked at.' }),
    clocks: z.int().meta({ description: 'How many running clocks they have.' }),
    ...shiftFields,
    by: z.array(z.strictObject({ desk: DeskId.optional(), clock: ClockName, ...shiftFields })),
    examples: z.array(
      z.strictObject({
        inquiryId: InquiryId,
        number: InquiryNumber,
        desk: DeskId.optional(),
        clock: ClockName,
        shift: z.enum(['earlier', 'later', 'gained', 'lost', 'missed']),
        before: Instant.optional(),
        after: Instant.optional(),
      }),
    ),
  })
  .meta({
    id: 'ConfigEffect',
    description:
      'What it does to the deadlines of the open inquiries. A paused clock has none that could move; policies that come into force later are applied to the clocks as they are now.',
  });

const readDefaults = {
  ...configDefaults,
  method: 'GET',
  query: ConfigVersionQuery,
  refusals: ['config.unknown-version'],
  concurrency: false,
} as const;

const putDefaults = {
  ...configDefaults,
  method: 'PUT',
  query: makeDryRunQuery('shows what it would do to the open inquiries'),
  refusals: ['config.stale'],
  concurrency: true,
} as const;

const putText =
  'The whole document, which becomes a new version. `from` may be later, or earlier on the present day in the zone of each calendar that it touches; nothing reaches into yesterday. Clocks are reckoned by it from the moment of the answer on; the job then writes the new deadlines of all open inquiries.';

function makeVersionSchema<Body extends z.ZodType>(document: Body) {
  return z.strictObject({
    ...versionFields,
    document,
    newest: z.int().meta({ description: 'The newest version, whose ETag a PUT may name.' }),
    inForce: z.int().meta({ description: 'The version that is in force now.' }),
    history: z.array(VersionView).meta({ description: 'The newest 200 versions, newest first.' }),
  });
}

function makePutBody<Body extends z.ZodType>(document: Body) {
  return z.strictObject({
    document,
    from: InstantInput.optional().meta({ description: 'Now unless given.' }),
    note: NoteInput,
  });
}

const ConfigPreview = z.strictObject({
  ...versionFields,
  dryRun: z.literal(true),
  effect: EffectView,
});
const ConfigPut = z.strictObject({
  ...versionFields,
  job: z.string().meta({
    description: 'The job that reckons the open inquiries anew; its result counts them.',
    examples: ['/v1/jobs/019a0000-0000-7000-8000-000000000000'],
  }),
});
const putAnswers = {
  200: ConfigPreview.meta({ id: 'ConfigPreview' }),
  201: ConfigPut.meta({ id: 'ConfigPut' }),
};

export const readCalendars = defineContract({
  ...readDefaults,
  path: '/v1/config/calendars',
  audit: { action: 'read-config', what: 'none', object: { in: 'query', field: 'version' } },
  summary: { en: 'Read the calendars and their versions', ja: '営業カレンダーの参照' },
  answers: { 200: makeVersionSchema(CalendarsDocument).meta({ id: 'CalendarsVersion' }) },
});

export const putCalendars = defineContract({
  ...putDefaults,
  path: '/v1/config/calendars',
  audit: { action: 'put-config', what: 'inquiries' },
  summary: { en: 'Put a new version of the calendars', ja: '営業カレンダーの更新' },
  description: `${putText} A calendar that the policies name cannot be left out.`,
  body: makePutBody(CalendarsDocument),
  answers: putAnswers,
});

export const readPolicies = defineContract({
  ...readDefaults,
  path: '/v1/config/policies',
  audit: { action: 'read-config', what: 'none', object: { in: 'query', field: 'version' } },
  summary: { en: 'Read the service-level policies and their versions', ja: 'SLAポリシーの参照' },
  answers: { 200: makeVersionSchema(PoliciesDocument).meta({ id: 'PoliciesVersion' }) },
});

export const putPolicies = defineContract({
  ...putDefaults,
  path: '/v1/config/policies',
  audit: { action: 'put-config', what: 'inquiries' },
  summary: { en: 'Put a new version of the policies', ja: 'SLAポリシーの更新' },
  description: `${putText} Calendars and desks that it names must exist, and each target must be one that its calendar can supply.`,
  body: makePutBody(PoliciesDocument),
  answers: putAnswers,
});

export const readWebhookSecret = defineContract({
  ...configDefaults,
  method: 'GET',
  path: '/v1/config/policies/webhooks/{webhook}',
  audit: { action: 'read-secret', what: 'none', object: { in: 'path', field: 'webhook' } },
  summary: { en: "Read a webhook's signing secret", ja: 'Webhook の署名鍵の参照' },
  description:
    'By which a receiver checks that a message is ours (Standard Webhooks). It changes when the signing secret of the stage is rotated.',
  params: z.strictObject({ webhook: WebhookId }),
  answers: { 200: z.strictObject({ webhook: WebhookId, url: z.string(), secret: z.string() }) },
  refusals: ['config.unknown-webhook'],
  concurrency: false,
});
