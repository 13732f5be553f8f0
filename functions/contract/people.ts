import * as z from 'zod';
import { Absence, Person, Presence } from '../../core/access/person.ts';
import { DeskId, EmailAddress, Instant, Sub } from '../../core/inquiry/values/ids.ts';
import { Role } from '../../core/inquiry/values/vocabulary.ts';
import { defineContract } from '../edge/http/route-contract.ts';
import {
  AgentView,
  InstantInput,
  JobView,
  makeListSchema,
  PageCursor,
  PageLimit,
} from './api-schemas.ts';

const registryDefaults = {
  tag: 'people',
  auth: 'token',
  roles: ['lead'],
  idempotent: false,
  concurrency: false,
} as const;

export const PersonView = z.strictObject({ ...Person.shape, address: z.string() }).meta({
  id: 'Person',
});

export const listPeople = defineContract({
  ...registryDefaults,
  method: 'GET',
  path: '/v1/people',
  audit: { action: 'read-people', what: 'none', object: { in: 'query', field: 'role' } },
  summary: { en: 'List people of a role', ja: '利用者の一覧' },
  query: z.strictObject({ role: Role, limit: PageLimit, cursor: PageCursor.optional() }),
  answers: { 200: makeListSchema(PersonView) },
  refusals: [],
});

/** What a lead enters about a person; the rest comes from the person or the system. */
const PersonInput = z.strictObject(Person.shape).omit({
  ...{ address: true, presence: true, presenceAt: true, absences: true },
  undeliverableAt: true,
});

export const putPerson = defineContract({
  ...registryDefaults,
  method: 'PUT',
  path: '/v1/people/{address}',
  audit: { action: 'keep-people', what: 'none', object: { in: 'body', field: 'sub' } },
  summary: { en: 'Enter or change a person', ja: '利用者の登録・変更' },
  description:
    'In place of what stood there. `state: left` ends all rights at once; presence and absences ' +
    'are kept.',
  params: z.strictObject({ address: EmailAddress }),
  body: PersonInput.refine(
    ({ role, vendor }) => role === 'system' || (role === 'operator') === (vendor !== undefined),
    {
      error: 'an operator has a vendor, and nobody else but a vendor’s system has one',
      path: ['vendor'],
    },
  ),
  answers: { 200: PersonView, 201: PersonView },
  refusals: ['people.last-lead', 'work.unknown-desk'],
});

export const importPeople = defineContract({
  ...registryDefaults,
  method: 'POST',
  path: '/v1/people/import',
  audit: { action: 'import-people', what: 'none' },
  summary: { en: 'Import people', ja: '利用者の取り込み' },
  description: 'CSV in UTF-8 or CP932 with a heading. Safe to repeat.',
  bodyType: 'text/csv',
  bodyLimitBytes: 4_194_304,
  answers: { 202: JobView },
  refusals: [],
  idempotent: true,
});

export const setPresence = defineContract({
  ...registryDefaults,
  method: 'PUT',
  path: '/v1/agents/me/presence',
  audit: {
    action: 'set-presence',
    what: 'none',
    quiet: { statuses: [200], because: 'it is about oneself, and consoles say it all day' },
  },
  summary: { en: 'Say that you are there or away', ja: '在席状況の変更' },
  tag: 'desks',
  roles: ['operator', 'staff', 'lead'],
  body: z.strictObject({ presence: Presence }),
  answers: { 200: z.strictObject({ presence: Presence, presenceAt: Instant }) },
  refusals: [],
});

export const listAgents = defineContract({
  ...registryDefaults,
  method: 'GET',
  path: '/v1/agents',
  audit: { action: 'read-agents', what: 'none', object: { in: 'query', field: 'desk' } },
  summary: { en: 'See who is there', ja: '担当者の一覧' },
  tag: 'desks',
  roles: ['staff', 'lead'],
  query: z.strictObject({ desk: DeskId.optional() }),
  answers: { 200: makeListSchema(AgentView) },
  refusals: ['work.unknown-desk'],
});

/** An absence as clients send it; one without an id is identified by its beginning. */
const AbsenceInput = z.strictObject({
  ...Absence.shape,
  id: Absence.shape.id.optional(),
  from: InstantInput,
  until: InstantInput,
});

const AbsencesView = z
  .strictObject({ absences: z.array(z.strictObject(Absence.shape)) })
  .meta({ id: 'Absences' });

const absenceDefaults = {
  ...registryDefaults,
  path: '/v1/agents/{agent}/absences',
  tag: 'desks',
  roles: ['staff', 'lead'],
  params: z.strictObject({ agent: z.union([z.literal('me'), Sub]) }),
  refusals: ['people.unknown'],
} as const;

export const readAbsences = defineContract({
  ...absenceDefaults,
  method: 'GET',
  audit: { action: 'read-absences', what: 'none', object: { in: 'path', field: 'agent' } },
  summary: { en: 'See when an agent is absent', ja: '担当者の不在予定' },
  description: 'Of `me`, or as a lead of anyone by their `sub`.',
  answers: { 200: AbsencesView },
});

export const replaceAbsences = defineContract({
  ...absenceDefaults,
  method: 'PUT',
  audit: { action: 'keep-absences', what: 'none', object: { in: 'path', field: 'agent' } },
  summary: { en: 'Plan when an agent is absent', ja: '担当者の不在予定の登録' },
  description:
    'In place of all that stood. Meanwhile nothing is assigned to them; their stand-in, staff or ' +
    'lead of any department, is assigned what is of the categories named, and nothing else. What ' +
    'they hold stays theirs. No two overlap, and a vendor’s operators have no stand-ins.',
  body: z.strictObject({ absences: z.array(AbsenceInput).max(20) }),
  answers: { 200: AbsencesView },
});
