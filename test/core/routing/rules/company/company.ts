import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { CalendarId } from '../../../../../core/calendar/calendar-definition.ts';
import {
  EarlierInquiry,
  ObservedDesk,
  RoutingObservation,
} from '../../../../../core/inquiry/events/routing-observation.ts';
import { shippedServiceLevels } from '../../../../../core/inquiry/terms/shipped-service-levels.ts';
import { EmailAddress, Instant } from '../../../../../core/inquiry/values/ids.ts';
import { Attachment } from '../../../../../core/inquiry/values/message.ts';
import { Channel, Language, Priority } from '../../../../../core/inquiry/values/vocabulary.ts';
import {
  type CalendarMomentLookup,
  makeCalendarMomentLookup,
} from '../../../../../core/routing/rules/calendar-moment.ts';
import {
  buildRoutingFacts,
  type RoutingFacts,
} from '../../../../../core/routing/rules/routing-facts.ts';
import type { RuleSetNames } from '../../../../../core/routing/rules/validation/validate-rule-set.ts';
import { makeInquiryIn } from '../../../../support/inquiries.ts';

/** A manufacturer of 3,000 people in Tokyo, Osaka, Hamamatsu, Singapore and Munich. */
export const companyNames: RuleSetNames = {
  desks: ['staff', 'infra', 'security', 'apps', 'bpo', 'bpo-b'],
  pools: ['endpoint'],
  calendars: ['tokyo-office', 'bpo-weekdays'],
  policies: ['standard', 'gold'],
  forms: [
    'general',
    'account-request',
    'access-request',
    'joiner',
    'mover',
    'leaver',
    'licence',
    'device-request',
    'restore-request',
    'meeting-room',
    'plant-floor',
    'security-report',
  ],
  skills: [
    'cad',
    'confidential',
    'german',
    'onsite-hamamatsu',
    'onsite-munich',
    'plant-network',
    'sap-fi',
    'sap-mm',
    'white-glove',
  ],
};

const Phrase = z.string().min(1);

/** An inquiry as it was written, and the desk to which a dispatcher of the company would send it. */
const CompanyInquiry = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/),
  about: Phrase,
  /** The text has the words of a rule, but with another meaning. */
  hardNegative: z.literal(true).optional(),
  facts: z.strictObject({
    /** Wall time in Tokyo. */
    at: z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d$/),
    channel: Channel,
    language: Language,
    sender: EmailAddress.optional(),
    department: z.string().optional(),
    vip: z.boolean().optional(),
    external: z.boolean().optional(),
    automated: z.boolean().optional(),
    /** As the agent who took the call set it. */
    priority: Priority.optional(),
    form: z.string().optional(),
    fields: z.record(z.string(), z.json()).optional(),
    attachments: z.array(Attachment.omit({ id: true, sha256: true })).optional(),
    /** How the day differs from a quiet one, and the requester's earlier inquiries. */
    observed: z
      .strictObject({
        desks: z.record(z.string(), ObservedDesk.partial()).optional(),
        earlier: z
          .array(EarlierInquiry.omit({ at: true }).extend({ daysAgo: z.int().min(0) }))
          .optional(),
      })
      .optional(),
  }),
  subject: z.string(),
  message: z.string(),
  /** Fields of `service`, `policy`, `tags`, `skills` and `expedite` that are left out are not compared. */
  expect: z.strictObject({
    desk: z.string().optional(),
    pool: z.string().optional(),
    priority: Priority,
    category: z.string(),
    service: z.string().optional(),
    policy: z.string().optional(),
    tags: z.array(z.string()).optional(),
    skills: z.array(z.string()).optional(),
    expedite: z.literal(true).optional(),
    hold: z.literal(true).optional(),
    /** A part of the reason of the flag for the lead; absent when there is no flag. */
    flag: z.string().optional(),
  }),
});
export type CompanyInquiry = z.infer<typeof CompanyInquiry>;

export const companyRulesBody: unknown = readJson('company-rules.json');
export const companyInquiries = z.array(CompanyInquiry).parse(readJson('company-inquiries.json'));

function readJson(name: string): unknown {
  return JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'));
}

/** The volumes that both vendors have agreed to. */
const endpointCategories = [
  ...['password', 'mfa', 'account', 'joiner', 'mover', 'mail', 'teams', 'files', 'how-to'],
  ...['software', 'licence', 'pc', 'pc-order', 'peripheral', 'mobile', 'printer', 'vpn'],
];
const quietDesk = { open: true, depth: 12, oldestMinutes: 35, present: 5, waitMinutes: 20 };

/** The desks that the rules ask about: the second vendor works around the clock. */
function makeQuietDesks(calendar: CalendarMomentLookup): Record<string, ObservedDesk> {
  const openBy = (id: string) => calendar(CalendarId.parse(id))?.open ?? false;
  return {
    staff: { ...quietDesk, open: openBy('tokyo-office') },
    bpo: {
      ...quietDesk,
      open: openBy('bpo-weekdays'),
      accepts: endpointCategories,
      volume: { used: 900, limit: 2500 },
    },
    'bpo-b': { ...quietDesk, accepts: endpointCategories, volume: { used: 200, limit: 600 } },
  };
}

const dayMilliseconds = 86_400_000;

/** The facts that routing would have of the inquiry. */
export function buildCompanyFacts({ facts, subject, message }: CompanyInquiry): RoutingFacts {
  const arrived = new Date(`${facts.at}:00+09:00`);
  const at = Instant.parse(arrived.toISOString());
  const calendar = makeCalendarMomentLookup(shippedServiceLevels, at);
  const seen = facts.observed ?? {};
  const desks = Object.entries(makeQuietDesks(calendar)).map(([id, desk]) => [
    id,
    { ...desk, ...seen.desks?.[id] },
  ]);
  const earlier = (seen.earlier ?? []).map(({ daysAgo, ...inquiry }) => ({
    at: new Date(arrived.getTime() - daysAgo * dayMilliseconds).toISOString(),
    ...inquiry,
  }));
  const { sender: address, department, vip, external, form, fields } = facts;
  const inquiry = {
    ...makeInquiryIn('new'),
    channel: facts.channel,
    language: facts.language,
    automated: facts.automated ?? false,
    priority: facts.priority ?? 'medium',
    tags: [],
    subject,
    requester: {
      ...(address === undefined ? {} : { address }),
      ...(department === undefined ? {} : { department }),
      ...(vip === undefined ? {} : { vip }),
      ...(external === undefined ? {} : { external }),
    },
    source: {
      ...(form === undefined ? {} : { form }),
      ...(fields === undefined ? {} : { fields }),
    },
  };
  const attachments = (facts.attachments ?? []).map((attachment, index) => ({
    id: `${index}`,
    sha256: '0'.repeat(64),
    ...attachment,
  }));
  return buildRoutingFacts(
    inquiry,
    { text: message, attachments },
    {
      at,
      calendar,
      observed: RoutingObservation.parse({ desks: Object.fromEntries(desks), earlier }),
    },
  );
}
