import type { Person } from '../../access/person.ts';
import type { EventOf } from '../../inquiry/events/events.ts';
import type { Inquiry } from '../../inquiry/snapshot.ts';
import type { AssignmentSettings } from '../../inquiry/terms/desk-settings.ts';
import type { InquiryId, Sub } from '../../inquiry/values/ids.ts';
import type { Actor } from '../actor.ts';
import { type Candidate, hasRoom } from './assignment-candidate.ts';
import type { Turns } from './assignment-ports.ts';

type Because = NonNullable<EventOf<'InquiryAssigned'>['because']>;

/** By what an agent is chosen. */
export type Choosing = {
  readonly candidates: readonly Candidate[];
  readonly inquiry: Pick<Inquiry, 'id' | 'priority' | 'category' | 'service' | 'lastAgent'>;
  readonly assignment: AssignmentSettings;
  /** How often each has declined it or given it back since it began to wait. */
  readonly refusals: ReadonlyMap<Sub, number>;
  /** Who answered the requester, the last first; asked by `sticky` alone. */
  readonly knowers: readonly Sub[];
  readonly turns: Turns;
};

export type Choice = {
  readonly agent: Actor;
  readonly because?: Because;
  /** It was their turn. */
  readonly takesTurn: boolean;
};

/**
 * Chooses to whom an inquiry is offered, among those who have room for it; undefined when nobody has.
 *
 * Who has declined it least since it began to wait comes first, whatever the policy. Of these,
 * `sticky` takes who had the inquiry, else who last answered its requester; then every policy takes
 * whose standing assignment it is, and last the policy's own order decides. Where one of them is
 * absent, their stand-in is taken in their place.
 */
export function chooseAgent(choosing: Choosing): Choice | undefined {
  const { inquiry, assignment, refusals } = choosing;
  const free = choosing.candidates.filter((one) => hasRoom(one, inquiry, assignment));
  const refusedBy = ({ agent }: Candidate) => refusals.get(agent.sub) ?? 0;
  const least = Math.min(...free.map(refusedBy));
  const first = free.filter((candidate) => refusedBy(candidate) === least);
  return known(first, choosing) ?? standing(first, choosing) ?? inOrder(first, choosing);
}

function known(candidates: readonly Candidate[], choosing: Choosing): Choice | undefined {
  const { inquiry, assignment, knowers } = choosing;
  if (assignment.policy !== 'sticky') return undefined;
  const had = inquiry.lastAgent?.agent;
  return (
    (had && orStandIn(candidates, (person) => person.sub === had, 'knows-inquiry')) ??
    firstOf(knowers, (sub) =>
      orStandIn(candidates, (person) => person.sub === sub, 'knows-requester'),
    )
  );
}

function standing(candidates: readonly Candidate[], choosing: Choosing): Choice | undefined {
  const { inquiry, assignment } = choosing;
  const { category, service } = inquiry;
  const matching = assignment.standing.filter(
    ({ categories, services }) =>
      (category !== undefined && categories.includes(category)) ||
      (service !== undefined && services.includes(service)),
  );
  return firstOf(matching, ({ agent }) =>
    orStandIn(candidates, (person) => person.address === agent, 'standing'),
  );
}

/** The person meant, or else who stands in for them. */
function orStandIn(
  candidates: readonly Candidate[],
  isMeant: (person: Person) => boolean,
  because: Because,
): Choice | undefined {
  const meant = candidates.find(({ agent }) => isMeant(agent));
  if (meant !== undefined) return { agent: meant.agent, because, takesTurn: false };
  const standIn = candidates.find(({ standsInFor }) => standsInFor.some(isMeant));
  if (standIn === undefined) return undefined;
  return { agent: standIn.agent, because: 'stand-in', takesTurn: false };
}

function inOrder(candidates: readonly Candidate[], choosing: Choosing): Choice | undefined {
  const isRoundRobin = choosing.assignment.policy === 'round-robin';
  const chosen = isRoundRobin
    ? longestAgo(candidates, choosing.turns)
    : leastLoaded(candidates, choosing.inquiry.id);
  if (chosen === undefined) return undefined;
  return {
    agent: chosen.agent,
    ...(chosen.isOfDesk ? {} : { because: 'stand-in' as const }),
    takesTurn: isRoundRobin,
  };
}

/** Whose turn is the longest ago; who never had one before all others. */
function longestAgo(candidates: readonly Candidate[], { last }: Turns): Candidate | undefined {
  const turnOf = ({ agent }: Candidate) => last[agent.sub] ?? 0;
  return [...candidates].sort((a, b) => turnOf(a) - turnOf(b) || byAddress(a, b))[0];
}

/**
 * Who carries the least of what they can; of equals, one who follows from the inquiry's id, so that
 * offers spread evenly though loads are read a moment late.
 */
function leastLoaded(candidates: readonly Candidate[], id: InquiryId): Candidate | undefined {
  const share = ({ load, capacity }: Candidate) => load / capacity;
  const least = Math.min(...candidates.map(share));
  const equals = candidates.filter((one) => share(one) === least).sort(byAddress);
  // A UUIDv7 ends in random bits.
  return equals[Number.parseInt(id.slice(-6), 16) % equals.length];
}

function byAddress(a: Candidate, b: Candidate): number {
  return a.agent.address < b.agent.address ? -1 : 1;
}

function firstOf<Item, Found>(
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
export function turnsAfter({ revision, last }: Turns, agent: Sub, known: ReadonlySet<Sub>): Turns {
  const kept = Object.entries(last).filter(([sub]) => known.has(sub as Sub));
  const highest = Math.max(0, ...kept.map(([, turn]) => turn));
  return { revision, last: { ...Object.fromEntries(kept), [agent]: highest + 1 } };
}
