import type { Person } from '../../access/person.ts';
import type { PersonRegistry } from '../../access/ports.ts';
import {
  type CommandDependencies,
  type CommandResult,
  decideAndAppend,
  type InquiryDecision,
} from '../../inquiry/decide-and-append.ts';
import type { EventOf } from '../../inquiry/events/events.ts';
import type { InquiryIndex, LoadedInquiry } from '../../inquiry/ports.ts';
import { isRefusal, type Refusal, refuse } from '../../inquiry/refusal.ts';
import type { Inquiry } from '../../inquiry/snapshot.ts';
import { findDeskClosure } from '../../inquiry/terms/desk-hours.ts';
import type { AssignmentSettings } from '../../inquiry/terms/desk-settings.ts';
import { type Desk, findDesk, findDeskAttributes, type Terms } from '../../inquiry/terms/terms.ts';
import { addSeconds, type InquiryId, type Instant, type Sub } from '../../inquiry/values/ids.ts';
import { knowersOf, refusalsOf } from './assignment-history.ts';
import type { AssignmentTurns, Turns } from './assignment-ports.ts';
import { type Choice, chooseAgent, turnsAfter } from './choose-agent.ts';
import { ableAgents, houseAgents } from './eligible-agents.ts';
import { type Seated, seatAfter, seated } from './load-candidate.ts';

const attemptLimit = 8;
const pauseMilliseconds = 20;

export type Assigning = CommandDependencies & {
  readonly people: Pick<PersonRegistry, 'byRole'>;
  readonly index: Pick<InquiryIndex, 'listHeld' | 'page'>;
  readonly turns: AssignmentTurns;
};

/** Why nobody can be given an inquiry. */
export type Nobody = { readonly nobody: EventOf<'NobodyFound'>['reason'] };

/** A desk whose work is offered to its agents, and how. */
type Offering = AssignmentSettings & {
  readonly desk: Desk;
  readonly policy: Exclude<AssignmentSettings['policy'], 'pull'>;
};

/**
 * Offers an inquiry that waits at a push desk to an agent, as the desk's settings say.
 *
 * Nobody who is away, absent or without a skill it asks is offered it, nor anybody whom it would
 * take over their capacity, also while others assign at the same time: an offer first takes a seat
 * with its agent, which only one of two gets. What agents claim themselves, and what is made more
 * urgent later, may still take them over it.
 *
 * Refuses `work.not-waiting` when it does not wait at such a desk, or not before the desk opens,
 * and `transient.conflict` when others kept assigning to the same agents. When nobody can take it,
 * it stays in the worklist, and that is recorded once while it waits, unless the desk is closed.
 */
export async function assignInquiry(
  assigning: Assigning,
  id: InquiryId,
  terms: Terms,
  now: Instant,
): Promise<CommandResult | Nobody | Refusal> {
  const loaded = await assigning.ledger.load(id);
  const offering = loaded === undefined ? undefined : offeringOf(loaded.inquiry, terms, now);
  if (loaded === undefined || offering === undefined) return waitsNot();
  const { inquiry } = loaded;
  const { desk } = offering;
  const people = await houseAgents(assigning.people);
  const { able, lacking } = ableAgents(people, desk.id, inquiry, now);
  if (lacking !== undefined) return nobodyFor(assigning, loaded, lacking, terms, now);
  const [refusals, knowers] = await Promise.all([
    refusalsOf(assigning.ledger, inquiry),
    offering.policy === 'sticky'
      ? knowersOf(assigning.index, inquiry, addSeconds(now, -offering.knownDays * 86_400))
      : [],
  ]);
  const subs = able.map(({ agent }) => agent.sub);
  for (let attempt = 0; attempt < attemptLimit; attempt += 1) {
    const { turns, seats } = await assigning.turns.read(desk.id, subs);
    const weighing = { id, assignment: offering, now };
    const candidates = await Promise.all(
      able.map((one) => seated(assigning, one, seats.get(one.agent.sub), weighing)),
    );
    const given = { candidates, inquiry, assignment: offering, refusals, knowers, turns };
    const choice = chooseAgent(given);
    if (choice === undefined) return nobodyFor(assigning, loaded, 'full', terms, now);
    const taking = takingOf(choice, candidates, { inquiry, offering, turns, people, now });
    if (await assigning.turns.take(taking, now)) {
      return decideAndAppend(
        assigning,
        id,
        terms,
        now,
        offerTo(choice, offering, terms, now),
        loaded,
      );
    }
    await assigning.pause(assigning.random.fraction() * pauseMilliseconds * 2 ** attempt);
  }
  return refuse('transient.conflict', 'Others kept assigning to the same agents; try again.');
}

/** The seat that an offer takes, and the turn where it was the agent's turn. */
function takingOf(
  { agent, takesTurn }: Choice,
  candidates: readonly Seated[],
  given: {
    readonly inquiry: Inquiry;
    readonly offering: Offering;
    readonly turns: Turns;
    readonly people: readonly Person[];
    readonly now: Instant;
  },
): Parameters<AssignmentTurns['take']>[0] {
  const seat = candidates.find((one) => one.agent.sub === agent.sub)?.seat;
  if (seat === undefined) throw new TypeError('the chosen one is no candidate');
  const taken = { agent: agent.sub, seat: seatAfter(seat, given.inquiry.id, given.now) };
  if (!takesTurn) return taken;
  const active = given.people.filter(({ state }) => state === 'active');
  const known = new Set(active.flatMap(({ sub }) => sub ?? ([] as Sub[])));
  const turns = turnsAfter(given.turns, agent.sub, known);
  return { ...taken, turns: { desk: given.offering.desk.id, ...turns } };
}

function offerTo({ agent, because }: Choice, { desk }: Offering, terms: Terms, now: Instant) {
  return ({ inquiry }: LoadedInquiry): InquiryDecision | Refusal => {
    const offering = offeringOf(inquiry, terms, now);
    if (offering?.desk.id !== desk.id) return waitsNot();
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
          policy: offering.policy,
          ...(because === undefined ? {} : { because }),
          offeredUntil: addSeconds(now, desk.offerSeconds),
        },
      ],
    };
  };
}

/** Records, once while it waits, that nobody can be given it. */
async function nobodyFor(
  assigning: Assigning,
  loaded: LoadedInquiry,
  reason: Nobody['nobody'],
  terms: Terms,
  now: Instant,
): Promise<Nobody | Refusal> {
  const { desk } = offeringOf(loaded.inquiry, terms, now) ?? {};
  // Nobody need be there at night.
  const isExpected = desk !== undefined && findDeskClosure(desk, terms, now) === undefined;
  if (!isExpected || loaded.inquiry.nobodyAt !== undefined) return { nobody: reason };
  const decide = ({ inquiry }: LoadedInquiry): InquiryDecision =>
    inquiry.nobodyAt !== undefined || offeringOf(inquiry, terms, now)?.desk.id !== desk.id
      ? { events: [] }
      : {
          events: [
            {
              v: 1,
              at: now,
              by: { kind: 'system', part: 'work' },
              type: 'NobodyFound',
              desk: desk.id,
              reason,
            },
          ],
        };
  const told = await decideAndAppend(assigning, loaded.inquiry.id, terms, now, decide, loaded);
  return isRefusal(told) ? told : { nobody: reason };
}

const waitsNot = () => refuse('work.not-waiting', 'It waits at no desk that offers its work.');

/** The desk at which it waits to be offered to whoever is there; none while it is held back. */
function offeringOf(
  { status, desk: id, availableAt }: Inquiry,
  terms: Terms,
  now: Instant,
): Offering | undefined {
  if (status !== 'queued' || (availableAt !== undefined && availableAt > now)) return undefined;
  const desk = id === undefined ? undefined : findDesk(terms, id);
  if (desk?.mode !== 'push') return undefined;
  const { assignment } = findDeskAttributes(terms, desk.id);
  const { policy } = assignment;
  return policy === 'pull' ? undefined : { ...assignment, policy, desk };
}
