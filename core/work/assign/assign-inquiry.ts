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
import type { Desk } from '../../inquiry/terms/desk.ts';
import { findDeskClosure } from '../../inquiry/terms/desk-hours.ts';
import type { AssignmentSettings } from '../../inquiry/terms/desk-settings.ts';
import { findDesk, findDeskAttributes, type Terms } from '../../inquiry/terms/terms.ts';
import { addSeconds, type InquiryId, type Instant, type Sub } from '../../inquiry/values/ids.ts';
import { countAgentRefusals, findFamiliarAgents } from './assignment-history.ts';
import type { AssignmentReservations, RoundRobin } from './assignment-ports.ts';
import { type AgentChoice, advanceRoundRobin, chooseAgent } from './choose-agent.ts';
import { findEligibleAgents, readInternalAgents } from './eligible-agents.ts';
import { addReservation, loadCandidate, type ReservedCandidate } from './load-candidate.ts';

const attemptLimit = 8;
const pauseMilliseconds = 20;

export type AssignInquiryDependencies = CommandDependencies & {
  readonly people: Pick<PersonRegistry, 'byRole'>;
  readonly index: Pick<InquiryIndex, 'listHeld' | 'page'>;
  readonly reservations: AssignmentReservations;
};

/** Why an inquiry can be assigned to nobody. */
export type NoAgentFound = { readonly nobody: EventOf<'NobodyFound'>['reason'] };

/** A desk that offers its work to its agents, with its settings. */
type PushAssignment = AssignmentSettings & {
  readonly desk: Desk;
  readonly policy: Exclude<AssignmentSettings['policy'], 'pull'>;
};

/**
 * Offers an inquiry that waits at a push desk to an agent, as the desk's settings say.
 *
 * It goes to nobody who is away, absent, without a required skill, or at their capacity. That holds
 * even when others assign at the same time: an offer first reserves its agent's capacity, and only
 * one of two gets the reservation. What agents claim themselves, or what becomes more urgent later,
 * may still exceed the capacity.
 *
 * Refuses `work.not-waiting` when it does not wait at such a desk, or not before the desk opens,
 * and `transient.conflict` when others kept assigning to the same agents. When nobody can take it,
 * it stays in the worklist, and that is recorded once while it waits, unless the desk is closed.
 */
export async function assignInquiry(
  deps: AssignInquiryDependencies,
  id: InquiryId,
  terms: Terms,
  now: Instant,
): Promise<CommandResult | NoAgentFound | Refusal> {
  const loaded = await deps.ledger.load(id);
  const pushAssignment =
    loaded === undefined ? undefined : findPushAssignment(loaded.inquiry, terms, now);
  if (loaded === undefined || pushAssignment === undefined) return refuseNotWaiting();
  const { inquiry } = loaded;
  const { desk } = pushAssignment;
  const people = await readInternalAgents(deps.people);
  const { able, lacking } = findEligibleAgents(people, desk.id, inquiry, now);
  if (lacking !== undefined) return recordNobodyFound(deps, loaded, lacking, terms, now);
  const [refusals, familiarAgents] = await Promise.all([
    countAgentRefusals(deps.ledger, inquiry),
    pushAssignment.policy === 'sticky'
      ? findFamiliarAgents(deps.index, inquiry, addSeconds(now, -pushAssignment.knownDays * 86_400))
      : [],
  ]);
  const subs = able.map(({ agent }) => agent.sub);
  for (let attempt = 0; attempt < attemptLimit; attempt += 1) {
    const { roundRobin, reservations } = await deps.reservations.read(desk.id, subs);
    const loadContext = { id, assignment: pushAssignment, now };
    const candidates = await Promise.all(
      able.map((one) => loadCandidate(deps, one, reservations.get(one.agent.sub), loadContext)),
    );
    const input = {
      candidates,
      inquiry,
      assignment: pushAssignment,
      refusals,
      familiarAgents,
      roundRobin,
    };
    const choice = chooseAgent(input);
    if (choice === undefined) return recordNobodyFound(deps, loaded, 'full', terms, now);
    const reservationRequest = buildReservationRequest(choice, candidates, {
      inquiry,
      pushAssignment,
      roundRobin,
      people,
      now,
    });
    if (await deps.reservations.reserve(reservationRequest, now)) {
      return decideAndAppend(
        deps,
        id,
        terms,
        now,
        makeOfferDecision(choice, pushAssignment, terms, now),
        loaded,
      );
    }
    await deps.pause(deps.random.fraction() * pauseMilliseconds * 2 ** attempt);
  }
  return refuse('transient.conflict', 'Others kept assigning to the same agents; try again.');
}

/** Reserves the agent's capacity, and advances the round robin where it has decided. */
function buildReservationRequest(
  { agent, usesRoundRobin }: AgentChoice,
  candidates: readonly ReservedCandidate[],
  input: {
    readonly inquiry: Inquiry;
    readonly pushAssignment: PushAssignment;
    readonly roundRobin: RoundRobin;
    readonly people: readonly Person[];
    readonly now: Instant;
  },
): Parameters<AssignmentReservations['reserve']>[0] {
  const reservation = candidates.find((one) => one.agent.sub === agent.sub)?.reservation;
  if (reservation === undefined) throw new TypeError('the chosen one is no candidate');
  const reserved = {
    agent: agent.sub,
    reservation: addReservation(reservation, input.inquiry.id, input.now),
  };
  if (!usesRoundRobin) return reserved;
  const activePeople = input.people.filter(({ state }) => state === 'active');
  const activeSubs = new Set(activePeople.flatMap(({ sub }) => sub ?? ([] as Sub[])));
  const roundRobin = advanceRoundRobin(input.roundRobin, agent.sub, activeSubs);
  return { ...reserved, roundRobin: { desk: input.pushAssignment.desk.id, ...roundRobin } };
}

function makeOfferDecision(
  { agent, because }: AgentChoice,
  { desk }: PushAssignment,
  terms: Terms,
  now: Instant,
) {
  return ({ inquiry }: LoadedInquiry): InquiryDecision | Refusal => {
    const pushAssignment = findPushAssignment(inquiry, terms, now);
    if (pushAssignment?.desk.id !== desk.id) return refuseNotWaiting();
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
          policy: pushAssignment.policy,
          ...(because === undefined ? {} : { because }),
          offeredUntil: addSeconds(now, desk.offerSeconds),
        },
      ],
    };
  };
}

/** Records, once while an inquiry waits, that nobody can take it. */
async function recordNobodyFound(
  deps: AssignInquiryDependencies,
  loaded: LoadedInquiry,
  reason: NoAgentFound['nobody'],
  terms: Terms,
  now: Instant,
): Promise<NoAgentFound | Refusal> {
  const { desk } = findPushAssignment(loaded.inquiry, terms, now) ?? {};
  // Nobody has to be there while the desk is closed.
  const isExpected = desk !== undefined && findDeskClosure(desk, terms, now) === undefined;
  if (!isExpected || loaded.inquiry.nobodyAt !== undefined) return { nobody: reason };
  const decide = ({ inquiry }: LoadedInquiry): InquiryDecision =>
    inquiry.nobodyAt !== undefined || findPushAssignment(inquiry, terms, now)?.desk.id !== desk.id
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
  const recorded = await decideAndAppend(deps, loaded.inquiry.id, terms, now, decide, loaded);
  return isRefusal(recorded) ? recorded : { nobody: reason };
}

const refuseNotWaiting = () =>
  refuse('work.not-waiting', 'It waits at no desk that offers its work.');

/** The push desk that an inquiry waits at; undefined while it is held back until the desk opens. */
function findPushAssignment(
  { status, desk: id, availableAt }: Inquiry,
  terms: Terms,
  now: Instant,
): PushAssignment | undefined {
  if (status !== 'queued' || (availableAt !== undefined && availableAt > now)) return undefined;
  const desk = id === undefined ? undefined : findDesk(terms, id);
  if (desk?.mode !== 'push') return undefined;
  const { assignment } = findDeskAttributes(terms, desk.id);
  const { policy } = assignment;
  return policy === 'pull' ? undefined : { ...assignment, policy, desk };
}
