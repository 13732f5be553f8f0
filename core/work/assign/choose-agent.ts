import type { Person } from '../../access/person.ts';
import type { EventOf } from '../../inquiry/events/events.ts';
import type { Inquiry } from '../../inquiry/snapshot.ts';
import type { AssignmentSettings } from '../../inquiry/terms/desk-settings.ts';
import type { InquiryId, Sub } from '../../inquiry/values/ids.ts';
import type { Actor } from '../actor.ts';
import { type AssignmentCandidate, hasCapacity } from './assignment-candidate.ts';
import type { RoundRobin } from './assignment-ports.ts';

type AssignmentReason = NonNullable<EventOf<'InquiryAssigned'>['because']>;

/** By what an agent is chosen. */
export type ChooseAgentInput = {
  readonly candidates: readonly AssignmentCandidate[];
  readonly inquiry: Pick<Inquiry, 'id' | 'priority' | 'category' | 'service' | 'lastAgent'>;
  readonly assignment: AssignmentSettings;
  /** How often each has declined it or given it back since it began to wait. */
  readonly refusals: ReadonlyMap<Sub, number>;
  /** Who answered the requester, the last first; asked by `sticky` alone. */
  readonly familiarAgents: readonly Sub[];
  readonly roundRobin: RoundRobin;
};

export type AgentChoice = {
  readonly agent: Actor;
  readonly because?: AssignmentReason;
  /** It was their turn. */
  readonly usesRoundRobin: boolean;
};

/**
 * Chooses to whom an inquiry is offered, among those who have room for it; undefined when nobody has.
 *
 * Who has declined it least since it began to wait comes first, whatever the policy. Of these,
 * `sticky` takes who had the inquiry, else who last answered its requester; then every policy takes
 * whose standing assignment it is, and last the policy's own order decides. Where one of them is
 * absent, their stand-in is taken in their place.
 */
export function chooseAgent(input: ChooseAgentInput): AgentChoice | undefined {
  const { inquiry, assignment, refusals } = input;
  const free = input.candidates.filter((one) => hasCapacity(one, inquiry, assignment));
  const refusedBy = ({ agent }: AssignmentCandidate) => refusals.get(agent.sub) ?? 0;
  const least = Math.min(...free.map(refusedBy));
  const first = free.filter((candidate) => refusedBy(candidate) === least);
  return (
    chooseFamiliarAgent(first, input) ??
    chooseStandingAgent(first, input) ??
    chooseByPolicy(first, input)
  );
}

function chooseFamiliarAgent(
  candidates: readonly AssignmentCandidate[],
  input: ChooseAgentInput,
): AgentChoice | undefined {
  const { inquiry, assignment, familiarAgents } = input;
  if (assignment.policy !== 'sticky') return undefined;
  const had = inquiry.lastAgent?.agent;
  return (
    (had && chooseAgentOrStandIn(candidates, (person) => person.sub === had, 'knows-inquiry')) ??
    findFirst(familiarAgents, (sub) =>
      chooseAgentOrStandIn(candidates, (person) => person.sub === sub, 'knows-requester'),
    )
  );
}

function chooseStandingAgent(
  candidates: readonly AssignmentCandidate[],
  input: ChooseAgentInput,
): AgentChoice | undefined {
  const { inquiry, assignment } = input;
  const { category, service } = inquiry;
  const matching = assignment.standing.filter(
    ({ categories, services }) =>
      (category !== undefined && categories.includes(category)) ||
      (service !== undefined && services.includes(service)),
  );
  return findFirst(matching, ({ agent }) =>
    chooseAgentOrStandIn(candidates, (person) => person.address === agent, 'standing'),
  );
}

/** The person meant, or else who stands in for them. */
function chooseAgentOrStandIn(
  candidates: readonly AssignmentCandidate[],
  isMeant: (person: Person) => boolean,
  because: AssignmentReason,
): AgentChoice | undefined {
  const meant = candidates.find(({ agent }) => isMeant(agent));
  if (meant !== undefined) return { agent: meant.agent, because, usesRoundRobin: false };
  const standIn = candidates.find(({ standsInFor }) => standsInFor.some(isMeant));
  if (standIn === undefined) return undefined;
  return { agent: standIn.agent, because: 'stand-in', usesRoundRobin: false };
}

function chooseByPolicy(
  candidates: readonly AssignmentCandidate[],
  input: ChooseAgentInput,
): AgentChoice | undefined {
  const isRoundRobin = input.assignment.policy === 'round-robin';
  const chosen = isRoundRobin
    ? findLongestUnassigned(candidates, input.roundRobin)
    : findLeastLoaded(candidates, input.inquiry.id);
  if (chosen === undefined) return undefined;
  return {
    agent: chosen.agent,
    ...(chosen.isOfDesk ? {} : { because: 'stand-in' as const }),
    usesRoundRobin: isRoundRobin,
  };
}

/** Whose turn is the longest ago; who never had one before all others. */
function findLongestUnassigned(
  candidates: readonly AssignmentCandidate[],
  { last }: RoundRobin,
): AssignmentCandidate | undefined {
  const positionOf = ({ agent }: AssignmentCandidate) => last[agent.sub] ?? 0;
  return [...candidates].sort((a, b) => positionOf(a) - positionOf(b) || compareAddresses(a, b))[0];
}

/**
 * Who carries the least of what they can; of equals, one who follows from the inquiry's id, so that
 * offers spread evenly though loads are read a moment late.
 */
function findLeastLoaded(
  candidates: readonly AssignmentCandidate[],
  id: InquiryId,
): AssignmentCandidate | undefined {
  const share = ({ load, capacity }: AssignmentCandidate) => load / capacity;
  const least = Math.min(...candidates.map(share));
  const equals = candidates.filter((one) => share(one) === least).sort(compareAddresses);
  // A UUIDv7 ends in random bits.
  return equals[Number.parseInt(id.slice(-6), 16) % equals.length];
}

function compareAddresses(a: AssignmentCandidate, b: AssignmentCandidate): number {
  return a.agent.address < b.agent.address ? -1 : 1;
}

function findFirst<Item, Found>(
  items: readonly Item[],
  find: (item: Item) => Found | undefined,
): Found | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The turns after one more; who is no longer known loses their place. */
export function advanceRoundRobin(
  { revision, last }: RoundRobin,
  agent: Sub,
  known: ReadonlySet<Sub>,
): RoundRobin {
  const kept = Object.entries(last).filter(([sub]) => known.has(sub as Sub));
  const highest = Math.max(0, ...kept.map(([, position]) => position));
  return { revision, last: { ...Object.fromEntries(kept), [agent]: highest + 1 } };
}
