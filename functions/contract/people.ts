import * as z from 'zod';
import { Absence, Person, Presence } from '../../core/access/person.ts';
import { DeskId, EmailAddress, Instant, Sub } from '../../core/inquiry/values/ids.ts';
import { Role } from '../../core/inquiry/values/vocabulary.ts';
import { contract } from '../edge/http/route-contract.ts';
import { AgentView, Cursor, GivenInstant, JobView, Limit, listOf } from './common-schemas.ts';

const keeping = {
  tag: 'people',
  auth: 'token',
  roles: ['lead'],
  idempotent: false,
  concurrency: false,
} as const;

export const PersonView = z.strictObject({ ...Person.shape, address: z.string() }).meta({
  id: 'Person',
});

export const listPeople = contract({
  ...keeping,
  method: 'GET',
  path: '/v1/people',
  audit: { action: 'read-people', what: 'none', object: { in: 'query', field: 'role' } },
  summary: { en: 'List people of a role', ja: '利用者の一覧' },
  query: z.strictObject({ role: Role, limit: Limit, cursor: Cursor.optional() }),
  answers: { 200: listOf(PersonView) },
  refusals: [],
});

/** What a lead says of somebody; the rest is theirs to say, or found out. */
const GivenPerson = z.strictObject(Person.shape).omit({
  ...{ address: true, presence: true, presenceAt: true, absences: true },
  undeliverableAt: true,
});

export const putPerson = contract({
  ...keeping,
  method: 'PUT',
  path: '/v1/people/{address}',
  audit: { action: 'keep-people', what: 'none', object: { in: 'body', field: 'sub' } },
  summary: { en: 'Enter or change a person', ja: '利用者の登録・変更' },
  description:
    'In place of what stood there. `state: left` ends all rights at once; presence and absences ' +
    'are kept.',
  params: z.strictObject({ address: EmailAddress }),
  body: GivenPerson.refine(
    ({ role, vendor }) => role === 'system' || (role === 'operator') === (vendor !== undefined),
    {
      error: 'an operator has a vendor, and nobody else but a vendor’s system has one',
      path: ['vendor'],
    },
  ),
  answers: { 200: PersonView, 201: PersonView },
  refusals: ['people.last-lead', 'work.unknown-desk'],
});

export const importPeople = contract({
  ...keeping,
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

export const setPresence = contract({
  ...keeping,
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

export const listAgents = contract({
  ...keeping,
  method: 'GET',
  path: '/v1/agents',
  audit: { action: 'read-agents', what: 'none', object: { in: 'query', field: 'desk' } },
  summary: { en: 'See who is there', ja: '担当者の一覧' },
  tag: 'desks',
  roles: ['staff', 'lead'],
  query: z.strictObject({ desk: DeskId.optional() }),
  answers: { 200: listOf(AgentView) },
  refusals: ['work.unknown-desk'],
});

/** An absence as it is put; without an id it is known by when it begins. */
const GivenAbsence = z.strictObject({
  ...Absence.shape,
  id: Absence.shape.id.optional(),
  from: GivenInstant,
  until: GivenInstant,
});

const Absences = z
  .strictObject({ absences: z.array(z.strictObject(Absence.shape)) })
  .meta({ id: 'Absences' });

const absent = {
  ...keeping,
  path: '/v1/agents/{agent}/absences',
  tag: 'desks',
  roles: ['staff', 'lead'],
  params: z.strictObject({ agent: z.union([z.literal('me'), Sub]) }),
  refusals: ['people.unknown'],
} as const;

export const readAbsences = contract({
  ...absent,
  method: 'GET',
  audit: { action: 'read-absences', what: 'none', object: { in: 'path', field: 'agent' } },
  summary: { en: 'See when an agent is absent', ja: '担当者の不在予定' },
  description: 'Of `me`, or as a lead of anyone by their `sub`.',
  answers: { 200: Absences },
});

export const keepAbsences = contract({
  ...absent,
  method: 'PUT',
  audit: { action: 'keep-absences', what: 'none', object: { in: 'path', field: 'agent' } },
  summary: { en: 'Plan when an agent is absent', ja: '担当者の不在予定の登録' },
  description:
    'In place of all that stood. Meanwhile nothing is assigned to them; their stand-in, staff or ' +
    'lead of any department, is assigned what is of the categories named, and nothing else. What ' +
    'they hold stays theirs. No two overlap, and a vendor’s operators have no stand-ins.',
  body: z.strictObject({ absences: z.array(GivenAbsence).max(20) }),
  answers: { 200: Absences },
});
