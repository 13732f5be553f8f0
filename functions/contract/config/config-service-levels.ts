import * as z from 'zod';
import { ClockName } from '../../../core/inquiry/clock/clock.ts';
import { WebhookId } from '../../../core/inquiry/clock/escalation.ts';
import { CalendarsDocument, PoliciesDocument } from '../../../core/inquiry/terms/sla-policies.ts';
import { DeskId, InquiryId, Instant } from '../../../core/inquiry/values/ids.ts';
import { InquiryNumber } from '../../../core/inquiry/values/inquiry-number.ts';
import { contract } from '../../edge/http/route-contract.ts';
import { GivenInstant } from '../common-schemas.ts';
import {
  configuring,
  dryRunQuery,
  GivenNote,
  VersionQuery,
  versionHead,
} from './config-schemas.ts';

const version = {
  ...versionHead,
  from: Instant.meta({
    description: 'In force from here on, whatever earlier versions say of that time.',
  }),
};

const VersionView = z.strictObject(version).meta({ id: 'ConfigVersion' });

const Shifts = {
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
    ...Shifts,
    by: z.array(z.strictObject({ desk: DeskId.optional(), clock: ClockName, ...Shifts })),
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

const reading = {
  ...configuring,
  method: 'GET',
  query: VersionQuery,
  refusals: ['config.unknown-version'],
  concurrency: false,
} as const;

const putting = {
  ...configuring,
  method: 'PUT',
  query: dryRunQuery('shows what it would do to the open inquiries'),
  refusals: ['config.stale'],
  concurrency: true,
} as const;

const puttingText =
  'The whole document, which becomes a new version. `from` may be later, or earlier on the present day in the zone of each calendar that it touches; nothing reaches into yesterday. Clocks are reckoned by it from the moment of the answer on; the job then writes the new deadlines of all open inquiries.';

function shown<Body extends z.ZodType>(document: Body) {
  return z.strictObject({
    ...version,
    document,
    newest: z.int().meta({ description: 'The newest version, whose ETag a PUT may name.' }),
    inForce: z.int().meta({ description: 'The version that is in force now.' }),
    history: z.array(VersionView).meta({ description: 'The newest 200 versions, newest first.' }),
  });
}

function given<Body extends z.ZodType>(document: Body) {
  return z.strictObject({
    document,
    from: GivenInstant.optional().meta({ description: 'Now unless given.' }),
    note: GivenNote,
  });
}

const Previewed = z.strictObject({ ...version, dryRun: z.literal(true), effect: EffectView });
const Put = z.strictObject({
  ...version,
  job: z.string().meta({
    description: 'The job that reckons the open inquiries anew; its result counts them.',
    examples: ['/v1/jobs/019a0000-0000-7000-8000-000000000000'],
  }),
});
const putAnswers = {
  200: Previewed.meta({ id: 'ConfigPreview' }),
  201: Put.meta({ id: 'ConfigPut' }),
};

export const readCalendars = contract({
  ...reading,
  path: '/v1/config/calendars',
  audit: { action: 'read-config', what: 'none', object: { in: 'query', field: 'version' } },
  summary: { en: 'Read the calendars and their versions', ja: '営業カレンダーの参照' },
  answers: { 200: shown(CalendarsDocument).meta({ id: 'CalendarsVersion' }) },
});

export const putCalendars = contract({
  ...putting,
  path: '/v1/config/calendars',
  audit: { action: 'put-config', what: 'inquiries' },
  summary: { en: 'Put a new version of the calendars', ja: '営業カレンダーの更新' },
  description: `${puttingText} A calendar that the policies name cannot be left out.`,
  body: given(CalendarsDocument),
  answers: putAnswers,
});

export const readPolicies = contract({
  ...reading,
  path: '/v1/config/policies',
  audit: { action: 'read-config', what: 'none', object: { in: 'query', field: 'version' } },
  summary: { en: 'Read the service-level policies and their versions', ja: 'SLAポリシーの参照' },
  answers: { 200: shown(PoliciesDocument).meta({ id: 'PoliciesVersion' }) },
});

export const putPolicies = contract({
  ...putting,
  path: '/v1/config/policies',
  audit: { action: 'put-config', what: 'inquiries' },
  summary: { en: 'Put a new version of the policies', ja: 'SLAポリシーの更新' },
  description: `${puttingText} Calendars and desks that it names must exist, and each target must be one that its calendar can supply.`,
  body: given(PoliciesDocument),
  answers: putAnswers,
});

export const readWebhookSecret = contract({
  ...configuring,
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
