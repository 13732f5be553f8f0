import type { EventOf, InquiryEvent } from '../../inquiry/events/events.ts';
import type { ObservedDesk, RoutingObservation } from '../../inquiry/events/routing-observation.ts';
import { applyEvent } from '../../inquiry/evolve.ts';
import type { Inquiry } from '../../inquiry/snapshot.ts';
import { type Desk, findDesk, findDeskAttributes, type Terms } from '../../inquiry/terms/terms.ts';
import type { DeskId, InquiryId, Instant } from '../../inquiry/values/ids.ts';
import type { Message } from '../../inquiry/values/message.ts';
import { decideRoute } from '../decide-route.ts';
import { computeCoverage } from '../placement/candidate-desks.ts';
import { makeCalendarMomentLookup } from '../rules/calendar-moment.ts';
import type { CompiledRules } from '../rules/compiled-rules.ts';
import { type PlacementRule, placementRules } from '../rules/placement-reasons.ts';
import { buildRoutingFacts } from '../rules/routing-facts.ts';
import { ServiceLevelsByTime } from './simulate-service-levels.ts';
import {
  comparedFields,
  type PastInquiry,
  type SimulatedDecision,
  type SimulatedRouting,
} from './simulated-routing.ts';

/**
 * Routes past inquiries by other rules and desk settings, each by what was known when it was routed:
 * the facts, the calendars, and what was seen of desks.
 *
 * Of desks that had not been looked at, their hours and contract are known, and nothing of their load.
 */
export class RoutingSimulator {
  readonly #rules: CompiledRules;
  readonly #terms: Terms;
  readonly #levels: ServiceLevelsByTime;
  readonly #asked: readonly Desk[];

  /** @param terms with the desk settings to simulate, and the levels of all times */
  constructor(rules: CompiledRules, terms: Terms) {
    this.#rules = rules;
    this.#terms = terms;
    this.#levels = new ServiceLevelsByTime(terms.serviceLevels);
    this.#asked = rules.needs.desks.flatMap((id) => findDesk(terms, id) ?? []);
  }

  /** Undefined for what has not been routed. */
  simulate({ id, events }: PastInquiry): SimulatedRouting | undefined {
    const place = events.findIndex(({ type }) => type === 'InquiryRouted');
    const routed = events[place];
    if (routed?.type !== 'InquiryRouted') return undefined;
    const before = events.slice(0, place);
    const inquiry = rebuildInquiry(id, before);
    const message = findFirstMessage(before);
    const { at } = routed;
    const terms = { ...this.#terms, serviceLevels: this.#levels.knownBy(at) };
    const seen: RoutingObservation = routed.observed ?? { desks: {} };
    const observed = this.#observed(seen, terms, at);
    const calendar = makeCalendarMomentLookup(terms.serviceLevels, at);
    const route = this.#rules.route(
      buildRoutingFacts(inquiry, message, { at, calendar, observed }),
    );
    const decided = decideRoute({ id, route, observed, at }, terms);
    if (decided === undefined) return undefined;
    const then = buildSimulatedDecision(routed, inquiry);
    const anew = buildSimulatedDecision(decided.event, inquiry);
    const notLookedAt = this.#asked.flatMap((desk) => (seen.desks[desk.id] ? [] : [desk.id]));
    return {
      ...{ id, number: inquiry.number, channel: inquiry.channel },
      ...{ receivedAt: inquiry.receivedAt, routedAt: at },
      routedBy: {
        rules: routed.rules,
        ...(routed.settings === undefined ? {} : { settings: routed.settings }),
      },
      ...{ old: then, new: anew },
      changed: comparedFields.filter((field) => !isSame(then[field], anew[field])),
      unseen: [...new Set([...notLookedAt, ...decided.unseen])],
      earlierUnseen: this.#rules.needs.earlier && seen.earlier === undefined,
    };
  }

  /** As it was seen, under the contracts to simulate. */
  #observed(seen: RoutingObservation, terms: Terms, at: Instant): RoutingObservation {
    const desks: Partial<Record<DeskId, ObservedDesk>> = {};
    for (const [id, desk] of Object.entries(seen.desks) as [DeskId, ObservedDesk][]) {
      desks[id] = applyContract(desk, id, terms);
    }
    for (const { id } of this.#asked) desks[id] ??= makeQuietDesk(id, terms, at);
    return { ...seen, desks };
  }
}

/** A desk at which nobody waits and somebody is there. */
function makeQuietDesk(id: DeskId, terms: Terms, at: Instant): ObservedDesk {
  const { open } = computeCoverage(id, terms, at);
  return applyContract({ open, depth: 0, oldestMinutes: 0, present: 1, waitMinutes: 0 }, id, terms);
}

/** What a contract says of a desk, in place of what the one of then said. */
function applyContract(desk: ObservedDesk, id: DeskId, terms: Terms): ObservedDesk {
  const { accepts: _a, volume, ...rest } = desk;
  const isOutsourced = findDesk(terms, id)?.vendor !== undefined;
  const contract = isOutsourced ? findDeskAttributes(terms, id).contract : undefined;
  const limit = contract?.monthlyVolume?.inquiries;
  return {
    ...rest,
    ...(contract?.categories === undefined ? {} : { accepts: contract.categories }),
    ...(volume === undefined || limit === undefined ? {} : { volume: { ...volume, limit } }),
  };
}

function rebuildInquiry(id: InquiryId, events: readonly InquiryEvent[]): Inquiry {
  let inquiry: Inquiry | undefined;
  for (const event of events) inquiry = applyEvent(id, inquiry, event);
  if (inquiry === undefined) throw new TypeError(`${id} was routed before it was received`);
  return inquiry;
}

const emptyMessage = { text: '', attachments: [] };

function findFirstMessage(events: readonly InquiryEvent[]): Pick<Message, 'text' | 'attachments'> {
  for (const event of events) {
    if (event.type === 'InquiryReceived' || event.type === 'InquiryAdmitted') {
      return event.received.message;
    }
  }
  return emptyMessage;
}

function isPlacement(rule: string): rule is PlacementRule {
  return placementRules.some((one) => one === rule);
}

/** A routing's decision and what is responsible for it, by its trace. */
function buildSimulatedDecision(
  routed: EventOf<'InquiryRouted'>,
  before: Pick<Inquiry, 'priority'>,
): SimulatedDecision {
  const { desk, vendor, priority, category, service, policy, pool, tags, skills } = routed;
  const { expedite, flag, availableAt, trace } = routed;
  const matched = trace.filter((entry) => entry.matched);
  const deskRule = matched.find(
    ({ rule, set }) => !isPlacement(rule) && (set.includes('desk') || set.includes('pool')),
  );
  return {
    ...{ desk, priority, category, tags },
    ...(vendor === undefined ? {} : { vendor }),
    ...(service === undefined ? {} : { service }),
    ...(policy === undefined ? {} : { policy }),
    ...(pool === undefined ? {} : { pool }),
    ...(skills === undefined ? {} : { skills }),
    ...(expedite === undefined ? {} : { expedite }),
    ...(flag === undefined ? {} : { flag }),
    ...(availableAt === undefined ? {} : { availableAt }),
    ...(deskRule === undefined ? {} : { deskRule: deskRule.rule }),
    placedBy: matched.map(({ rule }) => rule).filter(isPlacement),
    priorityRules: findPriorityRules(matched, before.priority),
  };
}

/** What said anything of the priority last: one rule, or those that set its halves. */
function findPriorityRules(
  matched: EventOf<'InquiryRouted'>['trace'],
  given: Inquiry['priority'],
): string[] {
  let direct: string | undefined;
  const halves: { impact?: string; urgency?: string } = {};
  for (const { rule, set } of matched) {
    if (set.includes('impact') || set.includes('urgency')) direct = undefined;
    if (set.includes('impact')) halves.impact = rule;
    if (set.includes('urgency')) halves.urgency = rule;
    if (set.includes('priority')) direct = rule;
  }
  // What a person has set stays where no rule says anything of it.
  if (direct === 'otherwise' && given !== 'medium') return [];
  if (direct !== undefined) return [direct];
  return [...new Set(Object.values(halves))];
}

function isSame(one: unknown, other: unknown): boolean {
  return one === other || JSON.stringify(toSortedList(one)) === JSON.stringify(toSortedList(other));
}

/** No list is the same as an empty one, and its order says nothing. */
function toSortedList(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  return value.length === 0 ? undefined : [...value].sort();
}
