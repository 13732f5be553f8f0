import * as z from 'zod';
import { Person, Presence } from '../../core/access/person.ts';
import { Address, DeskId, Instant } from '../../core/inquiry/ids.ts';
import { Role } from '../../core/inquiry/vocabulary.ts';
import { contract } from '../edge/contract.ts';
import { AgentView, Cursor, JobView, Limit, listOf } from './shapes.ts';

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
  summary: { en: 'List people of a role', ja: '利用者の一覧' },
  query: z.strictObject({ role: Role, limit: Limit, cursor: Cursor.optional() }),
  answers: { 200: listOf(PersonView) },
  refusals: [],
});

/** What a lead says of somebody; the rest is theirs to say, or found out. */
const GivenPerson = z
  .strictObject(Person.shape)
  .omit({ address: true, presence: true, presenceAt: true, undeliverableAt: true });

export const putPerson = contract({
  ...keeping,
  method: 'PUT',
  path: '/v1/people/{address}',
  summary: { en: 'Enter or change a person', ja: '利用者の登録・変更' },
  description:
    'In place of what stood there. `state: left` ends all rights at once; presence is kept.',
  params: z.strictObject({ address: Address }),
  body: GivenPerson.refine(
    (person) => (person.role === 'operator') === (person.vendor !== undefined),
    { error: 'an operator has a vendor, and nobody else has one', path: ['vendor'] },
  ),
  answers: { 200: PersonView, 201: PersonView },
  refusals: ['people.last-lead', 'work.unknown-desk'],
});

export const importPeople = contract({
  ...keeping,
  method: 'POST',
  path: '/v1/people/import',
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
  summary: { en: 'See who is there', ja: '担当者の一覧' },
  tag: 'desks',
  roles: ['staff', 'lead'],
  query: z.strictObject({ desk: DeskId.optional() }),
  answers: { 200: listOf(AgentView) },
  refusals: ['work.unknown-desk'],
});
