import * as z from 'zod';
import { mayAtDesk } from '../../core/access/may.ts';
import { isAgentRole, type Person } from '../../core/access/person.ts';
import type { PersonRegistry } from '../../core/access/ports.ts';
import type { InquiryIndex } from '../../core/inquiry/ports.ts';
import { isRefusal, type Refusal, refuse } from '../../core/inquiry/refusal.ts';
import { type Desk, StageDesks } from '../../core/inquiry/terms/desk.ts';
import type { TermsInForce } from '../../core/inquiry/terms/terms.ts';
import type { EmailAddress, Sub } from '../../core/inquiry/values/ids.ts';
import type { PeopleImports, PersonRegistryWriter } from '../../core/people/ports.ts';
import { readAbsences, replaceAbsences } from '../../core/people/replace-absences.ts';
import { savePerson, setPresence } from '../../core/people/save-person.ts';
import * as contracts from '../contract/people.ts';
import { openCursor, sealCursor } from '../edge/http/cursor.ts';
import {
  defineRoute,
  type HttpHandler,
  type HttpOptions,
  makeHttpHandler,
} from '../edge/http/http.ts';
import { routeKeyOf } from '../edge/http/route-contract.ts';
import type { SigningKeys } from '../edge/signing-keys.ts';
import { findAssignment, viewAgent } from './view-agent.ts';

export const Env = z.object({
  TABLE_NAME: z.string(),
  CONTENT_BUCKET: z.string(),
  SIGNING_SECRET_ARN: z.string(),
  DESKS: StageDesks,
});
export type Env = z.infer<typeof Env>;

type RegistryDependencies = {
  readonly env: Pick<Env, 'DESKS'>;
  readonly terms: TermsInForce;
  readonly people: PersonRegistry & PersonRegistryWriter;
  readonly index: Pick<InquiryIndex, 'listHeld'>;
  readonly imports: PeopleImports;
  readonly cursorKeys: SigningKeys;
};

/** Makes the routes of the registry: its people, the agents' presence, and their absences. */
export function makeHandler(deps: RegistryDependencies & Omit<HttpOptions, 'routes'>): HttpHandler {
  return makeHttpHandler({
    ...deps,
    routes: [
      ...[
        makeListPeopleRoute(deps),
        makePutPersonRoute(deps),
        makeImportPeopleRoute(deps),
        makeSetPresenceRoute(deps),
        makeListAgentsRoute(deps),
      ],
      ...[makeReadAbsencesRoute(deps), makeReplaceAbsencesRoute(deps)],
    ],
  });
}

function makeListPeopleRoute({ people, cursorKeys }: RegistryDependencies) {
  return defineRoute(contracts.listPeople, async ({ actor, query }) => {
    const { role, limit, cursor } = query;
    const routeKey = routeKeyOf(contracts.listPeople);
    const scope = { sub: actor.sub, routeKey, filter: { role } };
    const opened = cursor === undefined ? undefined : await openCursor(cursorKeys, scope, cursor);
    if (isRefusal(opened)) return opened;
    const page = await people.page(role, limit, opened?.position as EmailAddress | undefined);
    const next = page.next === undefined ? null : await sealCursor(cursorKeys, scope, page.next);
    return { status: 200, body: { items: page.people, next } };
  });
}

function makePutPersonRoute({ people, env }: RegistryDependencies) {
  return defineRoute(contracts.putPerson, async ({ params, body }) => {
    const key = { address: params.address, sub: body.sub };
    // This clears `undeliverableAt`: entering an address again means that it works.
    const entered = { ...body, address: params.address };
    const saved = await savePerson(people, env.DESKS, key, () => entered);
    if (isRefusal(saved)) return saved;
    return { status: saved.outcome === 'created' ? 201 : 200, body: saved.person };
  });
}

function makeImportPeopleRoute({ imports }: RegistryDependencies) {
  return defineRoute(contracts.importPeople, async ({ actor, body, now }) => {
    const { id, createdAt } = await imports.start(body, actor.sub, now);
    return {
      status: 202,
      location: `/v1/jobs/${id}`,
      body: {
        ...{ id, kind: 'people-import', state: 'queued', progress: { done: 0 }, errors: [] },
        ...{ createdAt, updatedAt: createdAt },
      },
    };
  });
}

function makeSetPresenceRoute({ people }: RegistryDependencies) {
  return defineRoute(contracts.setPresence, async ({ actor, body, now }) => {
    const presence = await setPresence(people, actor.address, body.presence, now);
    return isRefusal(presence) ? presence : { status: 200, body: presence };
  });
}

function makeListAgentsRoute({ people, index, env, terms }: RegistryDependencies) {
  return defineRoute(contracts.listAgents, async ({ query, now }) => {
    const { desk } = query;
    if (desk !== undefined && !isDesk(env.DESKS, desk)) {
      return refuse('work.unknown-desk', `There is no desk ${desk}.`);
    }
    const inForce = await terms.read();
    const byRole = await Promise.all(
      (['operator', 'staff', 'lead'] as const).map((role) => people.byRole(role)),
    );
    const agents = byRole
      .flat()
      .filter((person) => isAgentRole(person.role) && person.state === 'active');
    const items = await Promise.all(
      agents
        .filter((person) => desk === undefined || person.desks.includes(desk))
        .map(async (person) => {
          const heldInquiries = person.sub === undefined ? [] : await index.listHeld(person.sub);
          return viewAgent(
            person,
            heldInquiries,
            agents,
            findAssignment(inForce, person, desk),
            now,
          );
        }),
    );
    return { status: 200, body: { items, next: null } };
  });
}

function makeReadAbsencesRoute({ people }: RegistryDependencies) {
  return defineRoute(contracts.readAbsences, async ({ actor, params }) => {
    const agent = findPermittedAgent(actor, params.agent);
    const absences = isRefusal(agent) ? agent : await readAbsences(people, agent);
    return isRefusal(absences) ? absences : { status: 200, body: { absences: [...absences] } };
  });
}

function makeReplaceAbsencesRoute({ people }: RegistryDependencies) {
  return defineRoute(contracts.replaceAbsences, async ({ actor, params, body, now }) => {
    const agent = findPermittedAgent(actor, params.agent);
    const saved = isRefusal(agent)
      ? agent
      : await replaceAbsences(people, agent, body.absences, now);
    return isRefusal(saved) ? saved : { status: 200, body: { absences: [...saved] } };
  });
}

/** The agent whose absences the actor may keep: themselves, or as a lead anybody. */
function findPermittedAgent(
  actor: Person & { readonly sub: Sub },
  agentRef: Sub | 'me',
): Sub | Refusal {
  const agent = agentRef === 'me' ? actor.sub : agentRef;
  const isAllowed =
    mayAtDesk(actor, 'keep-absences') && (agent === actor.sub || mayAtDesk(actor, 'keep-people'));
  return isAllowed ? agent : refuse('access.forbidden', 'Only leads keep absences of others.');
}

function isDesk(desks: readonly Desk[], id: string): boolean {
  return desks.some((desk) => desk.id === id);
}
