import type { EventOf, InquiryEvent } from '../../inquiry/events/events.ts';
import type { ObservedDesk, RoutingObservation } from '../../inquiry/events/routing-observation.ts';
import { applyEvent } from '../../inquiry/evolve.ts';
import type { Inquiry } from '../../inquiry/snapshot.ts';
import type { Desk } from '../../inquiry/terms/desk.ts';
import { findDesk, findDeskAttributes, type Terms } from '../../inquiry/terms/terms.ts';
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
 * Routes past inquiries by other rules and desk settings, each with what was known when it was
 * routed: the facts, the calendars, and the observed desks.
 *
 * Of a desk that was not observed then, the hours and the contract are known but not the load.
 */
export class RoutingSimulator {
  readonly #rules: CompiledRules;
  readonly #terms: Terms;
  readonly #serviceLevels: ServiceLevelsByTime;
  readonly #neededDesks: readonly Desk[];

  /** @param terms with the desk settings to simulate, and the service levels of all times */
  constructor(rules: CompiledRules, terms: Terms) {
    this.#rules = rules;
    this.#terms = terms;
    this.#serviceLevels = new ServiceLevelsByTime(terms.serviceLevels);
    this.#neededDesks = rules.needs.desks.flatMap((id) => findDesk(terms, id) ?? []);
  }

  /** Undefined for an inquiry that has not been routed. */
  simulate({ id, events }: PastInquiry): SimulatedRouting | undefined {
    const place = events.findIndex(({ type }) => type === 'InquiryRouted');
    const routed = events[place];
    if (routed?.type !== 'InquiryRouted') return undefined;
    const before = events.slice(0, place);
    const inquiry = rebuildInquiry(id, before);
    const message = findFirstMessage(before);
    const { at } = routed;
    const terms = { ...this.#terms, serviceLevels: this.#serviceLevels.knownBy(at) };
    const recorded: RoutingObservation = routed.observed ?? { desks: {} };
    const observed = this.#applyContracts(recorded, terms, at);
    const calendar = makeCalendarMomentLookup(terms.serviceLevels, at);
    const route = this.#rules.route(
      buildRoutingFacts(inquiry, message, { at, calendar, observed }),
    );
    const decision = decideRoute({ id, route, observed, at }, terms);
    if (decision === undefined) return undefined;
    const oldDecision = buildSimulatedDecision(routed, inquiry);
    const newDecision = buildSimulatedDecision(decision.event, inquiry);
    const unrecorded = this.#neededDesks.flatMap(({ id: desk }) =>
      recorded.desks[desk] ? [] : [desk],
    );
    return {
      ...{ id, number: inquiry.number, channel: inquiry.channel },
      ...{ receivedAt: inquiry.receivedAt, routedAt: at },
      routedBy: {
        rules: routed.rules,
        ...(routed.settings === undefined ? {} : { settings: routed.settings }),
      },
      ...{ old: oldDecision, new: newDecision },
      changed: comparedFields.filter((field) => !isSame(oldDecision[field], newDecision[field])),
      unseen: [...new Set([...unrecorded, ...decision.unseen])],
      earlierUnseen: this.#rules.needs.earlier && recorded.earlier === undefined,
    };
  }

  /** What was observed then, under the simulated contracts. */
  #applyContracts(recorded: RoutingObservation, terms: Terms, at: Instant): RoutingObservation {
    const desks: Partial<Record<DeskId, ObservedDesk>> = {};
    for (const [id, desk] of Object.entries(recorded.desks) as [DeskId, ObservedDesk][]) {
      desks[id] = applyContract(desk, id, terms);
    }
    for (const { id } of this.#neededDesks) desks[id] ??= makeQuietDesk(id, terms, at);
    return { ...recorded, desks };
  }
}

/** A desk with nothing waiting and one agent present. */
function makeQuietDesk(id: DeskId, terms: Terms, at: Instant): ObservedDesk {
  const { open } = computeCoverage(id, terms, at);
  return applyContract({ open, depth: 0, oldestMinutes: 0, present: 1, waitMinutes: 0 }, id, terms);
}

/** Replaces what the contract of that time said about a desk by what the simulated one says. */
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

/** A routing's decision, with the rules responsible according to its trace. */
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

/** The last rules to decide the priority: one that set it, or those of its impact and urgency. */
function findPriorityRules(
  matched: EventOf<'InquiryRouted'>['trace'],
  initial: Inquiry['priority'],
): string[] {
  let directRule: string | undefined;
  const halves: { impact?: string; urgency?: string } = {};
  for (const { rule, set } of matched) {
    if (set.includes('impact') || set.includes('urgency')) directRule = undefined;
    if (set.includes('impact')) halves.impact = rule;
    if (set.includes('urgency')) halves.urgency = rule;
    if (set.includes('priority')) directRule = rule;
  }
  // A priority that a person has set stays where no rule sets one.
  if (directRule === 'otherwise' && initial !== 'medium') return [];
  if (directRule !== undefined) return [directRule];
  return [...new Set(Object.values(halves))];
}

function isSame(one: unknown, other: unknown): boolean {
  return one === other || JSON.stringify(toSortedList(one)) === JSON.stringify(toSortedList(other));
}

/** An absent list is the same as an empty one, and order does not matter. */
function toSortedList(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  return value.length === 0 ? undefined : [...value].sort();
}
