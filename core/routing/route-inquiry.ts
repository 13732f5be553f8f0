import {
  type CommandDependencies,
  type CommandResult,
  decideAndAppend,
} from '../inquiry/decide-and-append.ts';
import type { InquiryEvent, RecordedEvent } from '../inquiry/events/events.ts';
import type { ObservedDesk, RoutingObservation } from '../inquiry/events/routing-observation.ts';
import type { LoadedInquiry } from '../inquiry/ports.ts';
import { isRefusal, type Refusal, refuse } from '../inquiry/refusal.ts';
import type { Inquiry } from '../inquiry/snapshot.ts';
import type { Terms } from '../inquiry/terms/terms.ts';
import type { DeskId, InquiryId, Instant } from '../inquiry/values/ids.ts';
import type { Message } from '../inquiry/values/message.ts';
import { decideRoute, type RouteDecision } from './decide-route.ts';
import type { DeskObservation, DeskObserver } from './observation/desk-observer.ts';
import type { OverflowChange } from './placement/evaluate-overflow.ts';
import { makeCalendarMomentLookup } from './rules/calendar-moment.ts';
import type { CompiledRules } from './rules/compiled-rules.ts';
import { buildRoutingFacts } from './rules/routing-facts.ts';

export type RouteInquiryDependencies = CommandDependencies & { readonly observer: DeskObserver };

/** A routed inquiry, and the overflows that began or ended with it. */
export type RoutingResult = CommandResult & { readonly overflowChanges: readonly OverflowChange[] };

/** What an inquiry is routed by, besides the observed desks. */
type RoutingInput = {
  readonly id: InquiryId;
  readonly message: Pick<Message, 'text' | 'attachments'>;
  readonly rules: CompiledRules;
  readonly terms: Terms;
  readonly at: Instant;
};

/** More than there are desks: each round observes at least one more. */
const roundLimit = 60;

/**
 * Routes a new inquiry by the rules and contracts in force; leaves any other as it is.
 *
 * Observes only the desks that these depend on and records that with the decision. Refuses
 * `access.not-found`, and `transient.conflict` where the inquiry was changed meanwhile.
 */
export async function routeInquiry(
  dependencies: RouteInquiryDependencies,
  id: InquiryId,
  rules: CompiledRules,
  terms: Terms,
  at: Instant,
): Promise<RoutingResult | Refusal> {
  const { ledger, observer } = dependencies;
  const stored = await ledger.loadOpening(id);
  if (stored === undefined) return refuse('access.not-found', 'there is no such inquiry');
  const { loaded } = stored;
  // Most often because the message was delivered twice.
  if (loaded.inquiry.status !== 'new') return { ...loaded, events: [], overflowChanges: [] };
  const message = await readFirstMessage(ledger, id, stored.opening);
  const attempt = new RoutingAttempt({ id, message, rules, terms, at }, observer);
  await attempt.observe(loaded.inquiry);
  let overflowChanges: readonly OverflowChange[] = [];
  const decide = ({ inquiry }: LoadedInquiry) => {
    const decision = inquiry.status === 'new' ? attempt.decide(inquiry) : undefined;
    overflowChanges = decision?.overflowChanges ?? [];
    if (decision === undefined) return { events: [] };
    return decision.unseen.length > 0
      ? refuse('transient.conflict', 'it was changed so that it goes another way; try again')
      : { events: [decision.event] };
  };
  const result = await decideAndAppend(dependencies, id, terms, at, decide, loaded);
  if (isRefusal(result)) return result;
  attempt.countOutcome(result.events);
  return { ...result, overflowChanges: await attempt.changeOverflows(overflowChanges) };
}

/** The observations for one inquiry, and the decisions they lead to. */
class RoutingAttempt {
  readonly #input: RoutingInput;
  readonly #observer: DeskObserver;
  readonly #desks = new Map<DeskId, DeskObservation>();
  #earlier: RoutingObservation['earlier'];
  #expectedDesk: DeskId | undefined;

  constructor(input: RoutingInput, observer: DeskObserver) {
    this.#input = input;
    this.#observer = observer;
  }

  /**
   * Observes what the rules test, then each desk on which the path of the inquiry depends; finally
   * counts its arrival at the desk where it is to go.
   */
  async observe(inquiry: Inquiry): Promise<void> {
    const { needs } = this.#input.rules;
    if (needs.earlier)
      this.#earlier = await this.#observer.findEarlierInquiries(inquiry, this.#input.at);
    await this.#observer.decideInOrder(async () => {
      await this.#observeDesks(needs.desks);
      for (let round = 0; round < roundLimit; round += 1) {
        const decision = this.decide(inquiry);
        const unknown = decision?.unseen.filter((desk) => !this.#desks.has(desk)) ?? [];
        if (unknown.length === 0) {
          if (decision !== undefined) this.#countArrival(decision.event);
          return;
        }
        await this.#observeDesks(unknown);
      }
    });
  }

  /** Counts the arrival at the desk where it went in the end too, if that is another. */
  countOutcome(events: readonly InquiryEvent[]): void {
    const routed = events.find(({ type }) => type === 'InquiryRouted');
    if (routed?.type === 'InquiryRouted' && routed.desk !== this.#expectedDesk)
      this.#countArrival(routed);
  }

  decide(inquiry: Inquiry): RouteDecision | undefined {
    const { id, message, rules, terms, at } = this.#input;
    const observed = this.#buildObservation();
    const calendar = makeCalendarMomentLookup(terms.serviceLevels, at);
    const route = rules.route(buildRoutingFacts(inquiry, message, { at, calendar, observed }));
    return decideRoute({ id, route, observed, at }, terms);
  }

  /** Applies the decision's overflow changes; returns those that no other router made first. */
  async changeOverflows(overflowChanges: readonly OverflowChange[]): Promise<OverflowChange[]> {
    const ownChanges: OverflowChange[] = [];
    for (const change of overflowChanges) {
      const observation = this.#desks.get(change.desk);
      if (
        observation !== undefined &&
        (await this.#observer.changeOverflow(change, observation, this.#input.at))
      ) {
        ownChanges.push(change);
      }
    }
    return ownChanges;
  }

  #countArrival({ desk, availableAt }: RouteDecision['event']): void {
    const { terms, at } = this.#input;
    this.#expectedDesk = desk;
    this.#observer.countArrival(desk, availableAt === undefined, terms, at);
  }

  async #observeDesks(ids: readonly DeskId[]): Promise<void> {
    const { terms, at } = this.#input;
    for (const [id, observation] of await this.#observer.observeDesks(ids, terms, at))
      this.#desks.set(id, observation);
  }

  #buildObservation(): RoutingObservation {
    const desks: Partial<Record<DeskId, ObservedDesk>> = {};
    for (const [id, { observed }] of this.#desks) desks[id] = observed;
    return { desks, ...(this.#earlier === undefined ? {} : { earlier: this.#earlier }) };
  }
}

const emptyMessage = { text: '', attachments: [] };

/** Reads the message that opened it: of its first event, or of its release from quarantine. */
async function readFirstMessage(
  ledger: RouteInquiryDependencies['ledger'],
  id: InquiryId,
  opening: RecordedEvent,
): Promise<Pick<Message, 'text' | 'attachments'>> {
  let events = [opening];
  for (;;) {
    for (const { event } of events) {
      if (event.type === 'InquiryReceived' || event.type === 'InquiryAdmitted') {
        return event.received.message;
      }
    }
    const last = events.at(-1);
    if (last === undefined) return emptyMessage;
    // A quarantined inquiry may have many events before its release.
    events = await ledger.events(id, last.seq, 10);
  }
}
