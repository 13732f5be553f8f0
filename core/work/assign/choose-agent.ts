import type { Person } from '../../access/person.ts';
import type { EventOf } from '../../inquiry/events/events.ts';
import type { Inquiry } from '../../inquiry/snapshot.ts';
import type { AssignmentSettings } from '../../inquiry/terms/desk-settings.ts';
import type { InquiryId, Sub } from '../../inquiry/values/ids.ts';
import type { Actor } from '../actor.ts';
import { type AssignmentCandidate, hasCapacity } from './assignment-candidate.ts';
import type { RoundRobin } from './assignment-ports.ts';

type AssignmentReason = NonNullable<EventOf<'InquiryAssigned'>['because']>;

export type ChooseAgentInput = {
  readonly candidates: readonly AssignmentCandidate[];
  readonly inquiry: Pick<Inquiry, 'id' | 'priority' | 'category' | 'service' | 'lastAgent'>;
  readonly assignment: AssignmentSettings;
  /** How often each has declined or released it since it began to wait. */
  readonly refusals: ReadonlyMap<Sub, number>;
  /** Who answered the requester, the latest first; used by `sticky` only. */
  readonly familiarAgents: readonly Sub[];
  readonly roundRobin: RoundRobin;
};

export type AgentChoice = {
  readonly agent: Actor;
  readonly because?: AssignmentReason;
  /** Whether round robin has decided, so that it advances. */
  readonly usesRoundRobin: boolean;
};

/**
 * Chooses whom to offer an inquiry to, among those with capacity for it; undefined when nobody has.
 *
 * Agents who have refused it least since it began to wait come first, whatever the policy. Among
 * them, `sticky` prefers the agent who had the inquiry, then the one who last answered its
 * requester. Next comes a standing assignment, and finally the policy's own order. A stand-in
 * replaces a preferred agent who is absent.
 */
export function chooseAgent(input: ChooseAgentInput): AgentChoice | undefined {
  const { inquiry, assignment, refusals } = input;
  const withCapacity = input.candidates.filter((one) => hasCapacity(one, inquiry, assignment));
  const refusedBy = ({ agent }: AssignmentCandidate) => refusals.get(agent.sub) ?? 0;
  const least = Math.min(...withCapacity.map(refusedBy));
  const leastRefused = withCapacity.filter((candidate) => refusedBy(candidate) === least);
  return (
    chooseFamiliarAgent(leastRefused, input) ??
    chooseStandingAgent(leastRefused, input) ??
    chooseByPolicy(leastRefused, input)
  );
}

function chooseFamiliarAgent(
  candidates: readonly AssignmentCandidate[],
  input: ChooseAgentInput,
): AgentChoice | undefined {
  const { inquiry, assignment, familiarAgents } = input;
  if (assignment.policy !== 'sticky') return undefined;
  const previousAgent = inquiry.lastAgent?.agent;
  return (
    (previousAgent &&
      chooseAgentOrStandIn(
        candidates,
        (person) => person.sub === previousAgent,
        'knows-inquiry',
      )) ??
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

/** Chooses the preferred person, or else their stand-in. */
function chooseAgentOrStandIn(
  candidates: readonly AssignmentCandidate[],
  isPreferred: (person: Person) => boolean,
  because: AssignmentReason,
): AgentChoice | undefined {
  const preferred = candidates.find(({ agent }) => isPreferred(agent));
  if (preferred !== undefined) return { agent: preferred.agent, because, usesRoundRobin: false };
  const standIn = candidates.find(({ standsInFor }) => standsInFor.some(isPreferred));
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

/** The candidate whose last turn is the longest ago; those who never had one come first. */
function findLongestUnassigned(
  candidates: readonly AssignmentCandidate[],
  { last }: RoundRobin,
): AssignmentCandidate | undefined {
  const positionOf = ({ agent }: AssignmentCandidate) => last[agent.sub] ?? 0;
  return [...candidates].sort((a, b) => positionOf(a) - positionOf(b) || compareAddresses(a, b))[0];
}

/**
 * The candidate who uses the smallest share of their capacity. Among equals the inquiry's id
 * decides, so that offers spread evenly although loads are read a moment late.
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

function findFirst<Item, Result>(
  items: readonly Item[],
  find: (item: Item) => Result | undefined,
): Result | undefined {
  for (const item of items) {
    const result = find(item);
    if (result !== undefined) return result;
  }
  return undefined;
}

/** Adds a turn; agents who are no longer known lose their place. */
export function advanceRoundRobin(
  { revision, last }: RoundRobin,
  agent: Sub,
  knownSubs: ReadonlySet<Sub>,
): RoundRobin {
  const kept = Object.entries(last).filter(([sub]) => knownSubs.has(sub as Sub));
  const highest = Math.max(0, ...kept.map(([, position]) => position));
  return { revision, last: { ...Object.fromEntries(kept), [agent]: highest + 1 } };
}
