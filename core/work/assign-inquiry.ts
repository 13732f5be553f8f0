import { isAgentRole, type Person } from '../access/person.ts';
import type { PersonRegistry } from '../access/ports.ts';
import { type InquiryId, type Instant, plusSeconds, type Sub } from '../inquiry/ids.ts';
import { type Decision, type Performed, type Performing, perform } from '../inquiry/perform.ts';
import type { InquiryIndex } from '../inquiry/ports.ts';
import { type Refusal, refuse } from '../inquiry/refusal.ts';
import type { Inquiry } from '../inquiry/snapshot.ts';
import { type Desk, deskOf, type Terms } from '../inquiry/terms.ts';
import type { Actor } from './actor.ts';

/** How far back it is looked who had the inquiry last; routine events in between are few. */
const lookBack = 20;

export type Assigning = Performing & {
  readonly people: Pick<PersonRegistry, 'byRole'>;
  readonly index: Pick<InquiryIndex, 'load'>;
};

/**
 * Offers an inquiry that waits at a push desk to its least loaded agent who is present.
 *
 * Refuses `work.not-waiting` when it does not wait at a push desk, or not before the desk opens, and
 * `nobody` when nobody is present: it stays in the worklist. Who has just declined it, let its offer lapse or given it back
 * is not offered it again while another is present.
 */
export async function assignInquiry(
  assigning: Assigning,
  id: InquiryId,
  terms: Terms,
  now: Instant,
): Promise<Performed | 'nobody' | Refusal> {
  const { ledger, people, index } = assigning;
  const loaded = await ledger.load(id);
  const desk = loaded === undefined ? undefined : pushDeskOf(loaded.inquiry, terms, now);
  if (loaded === undefined || desk === undefined) {
    return refuse('work.not-waiting', 'It waits at no push desk.');
  }
  const present = await agentsPresent(people, desk);
  const loads = await Promise.all(
    present.map(async (agent) => ({ agent, load: await index.load(agent.sub) })),
  );
  const avoided = await lastHolder(ledger, loaded.inquiry);
  const agent = leastLoaded(loads, id, avoided);
  if (agent === undefined) return 'nobody';
  const decideNow = ({ inquiry }: { readonly inquiry: Inquiry }) =>
    pushDeskOf(inquiry, terms, now)?.id === desk.id
      ? assigned(inquiry, agent, desk, now)
      : refuse('work.not-waiting', 'It waits no longer.');
  return perform(assigning, id, terms, now, decideNow, loaded);
}

/** The agents of a desk who are there. */
export async function agentsPresent(
  people: Pick<PersonRegistry, 'byRole'>,
  desk: Pick<Desk, 'id'>,
): Promise<Actor[]> {
  const agents = await Promise.all([people.byRole('staff'), people.byRole('lead')]);
  return agents.flat().filter((person): person is Actor => isPresent(person, desk));
}

function isPresent(person: Person, desk: Pick<Desk, 'id'>): boolean {
  const { role, sub, state, presence, desks } = person;
  return (
    isAgentRole(role) &&
    sub !== undefined &&
    state === 'active' &&
    presence === 'present' &&
    desks.includes(desk.id)
  );
}

/**
 * The agent with the least load; of equals, one who follows from the inquiry's id, so that offers
 * spread evenly though loads are read a moment late.
 */
export function leastLoaded(
  agents: readonly { readonly agent: Actor; readonly load: number }[],
  id: InquiryId,
  avoided: Sub | undefined,
): Actor | undefined {
  const others = agents.filter(({ agent }) => agent.sub !== avoided);
  const eligible = others.length > 0 ? others : agents;
  const least = Math.min(...eligible.map(({ load }) => load));
  const equals = eligible
    .filter(({ load }) => load === least)
    .map(({ agent }) => agent)
    .sort((a, b) => (a.address < b.address ? -1 : 1));
  // A UUIDv7 ends in random bits.
  return equals[Number.parseInt(id.slice(-6), 16) % equals.length];
}

function assigned(inquiry: Inquiry, agent: Actor, desk: Desk, now: Instant): Decision {
  return {
    events: [
      {
        v: 1,
        at: now,
        by: { kind: 'system', part: 'work' },
        type: 'InquiryAssigned',
        desk: desk.id,
        agent: agent.sub,
        name: agent.name,
        fence: inquiry.fence + 1,
        policy: 'least-loaded',
        offeredUntil: plusSeconds(now, desk.offerSeconds),
      },
    ],
  };
}

/** The push desk at which it waits for whoever is there; none while it is held back. */
function pushDeskOf(
  { status, desk: id, availableAt }: Inquiry,
  terms: Terms,
  now: Instant,
): Desk | undefined {
  if (status !== 'queued' || (availableAt !== undefined && availableAt > now)) return undefined;
  const desk = id === undefined ? undefined : deskOf(terms, id);
  return desk?.mode === 'push' ? desk : undefined;
}

/** Who has just declined the inquiry, let it lapse or given it back. */
async function lastHolder(
  ledger: Performing['ledger'],
  { id, version, fence }: Inquiry,
): Promise<Sub | undefined> {
  if (fence === 0) return undefined;
  const events = await ledger.events(id, Math.max(0, version - lookBack), lookBack);
  for (const { event } of events.toReversed()) {
    switch (event.type) {
      case 'AssignmentDeclined':
      case 'InquiryReleased':
      case 'LeaseLost':
        return event.agent;
      case 'InquiryTransferred':
      case 'InquiryResumed':
      case 'InquiryReopened':
        return undefined;
      default:
    }
  }
  return undefined;
}
