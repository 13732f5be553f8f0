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

/** An inquiry as routed, and the overflows that began or ended with it. */
export type RoutingResult = CommandResult & { readonly overflowChanges: readonly OverflowChange[] };

/** What an inquiry is routed by besides what is seen of desks. */
type RoutingInput = {
  readonly id: InquiryId;
  readonly message: Pick<Message, 'text' | 'attachments'>;
  readonly rules: CompiledRules;
  readonly terms: Terms;
  readonly at: Instant;
};

/** More than there are desks: each look is at one at least that was not seen before. */
const lookLimit = 60;

/**
 * Routes a new inquiry by the rules and contracts in force; does nothing about any other.
 *
 * Looks only at what these ask of the desks, and records what it saw with the decision. Refuses
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
  const found = await ledger.loadOpening(id);
  if (found === undefined) return refuse('access.not-found', 'there is no such inquiry');
  const { loaded } = found;
  // Delivered again, as most often.
  if (loaded.inquiry.status !== 'new') return { ...loaded, events: [], overflowChanges: [] };
  const message = await readFirstMessage(ledger, id, found.opening);
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
  const performed = await decideAndAppend(dependencies, id, terms, at, decide, loaded);
  if (isRefusal(performed)) return performed;
  attempt.countOutcome(performed.events);
  return { ...performed, overflowChanges: await attempt.changeOverflows(overflowChanges) };
}

/** What is seen for one inquiry, and what follows from it. */
class RoutingAttempt {
  readonly #given: RoutingInput;
  readonly #observer: DeskObserver;
  readonly #desks = new Map<DeskId, DeskObservation>();
  #earlier: RoutingObservation['earlier'];
  #expected: DeskId | undefined;

  constructor(input: RoutingInput, observer: DeskObserver) {
    this.#given = input;
    this.#observer = observer;
  }

  /**
   * Looks at what the rules ask about, and then at each desk that the way of the inquiry depends on;
   * from then on it counts where it is to go.
   */
  async observe(inquiry: Inquiry): Promise<void> {
    const { needs } = this.#given.rules;
    if (needs.earlier)
      this.#earlier = await this.#observer.findEarlierInquiries(inquiry, this.#given.at);
    await this.#observer.decideInOrder(async () => {
      await this.#see(needs.desks);
      for (let look = 0; look < lookLimit; look += 1) {
        const decision = this.decide(inquiry);
        const unknown = decision?.unseen.filter((desk) => !this.#desks.has(desk)) ?? [];
        if (unknown.length === 0) {
          if (decision !== undefined) this.#expect(decision.event);
          return;
        }
        await this.#see(unknown);
      }
    });
  }

  /** Where it went in the end counts too, should that be elsewhere. */
  countOutcome(events: readonly InquiryEvent[]): void {
    const routed = events.find(({ type }) => type === 'InquiryRouted');
    if (routed?.type === 'InquiryRouted' && routed.desk !== this.#expected) this.#expect(routed);
  }

  decide(inquiry: Inquiry): RouteDecision | undefined {
    const { id, message, rules, terms, at } = this.#given;
    const observed = this.#observed();
    const calendar = makeCalendarMomentLookup(terms.serviceLevels, at);
    const route = rules.route(buildRoutingFacts(inquiry, message, { at, calendar, observed }));
    return decideRoute({ id, route, observed, at }, terms);
  }

  /** Turns overflows as the decision found them; gives those that nobody else had turned. */
  async changeOverflows(overflowChanges: readonly OverflowChange[]): Promise<OverflowChange[]> {
    const ownChanges: OverflowChange[] = [];
    for (const change of overflowChanges) {
      const seen = this.#desks.get(change.desk);
      if (
        seen !== undefined &&
        (await this.#observer.changeOverflow(change, seen, this.#given.at))
      ) {
        ownChanges.push(change);
      }
    }
    return ownChanges;
  }

  #expect({ desk, availableAt }: RouteDecision['event']): void {
    const { terms, at } = this.#given;
    this.#expected = desk;
    this.#observer.countArrival(desk, availableAt === undefined, terms, at);
  }

  async #see(ids: readonly DeskId[]): Promise<void> {
    const { terms, at } = this.#given;
    for (const [id, seen] of await this.#observer.observeDesks(ids, terms, at))
      this.#desks.set(id, seen);
  }

  #observed(): RoutingObservation {
    const desks: Partial<Record<DeskId, ObservedDesk>> = {};
    for (const [id, { observed }] of this.#desks) desks[id] = observed;
    return { desks, ...(this.#earlier === undefined ? {} : { earlier: this.#earlier }) };
  }
}

const emptyMessage = { text: '', attachments: [] };

/** The message that opened it: its first event's, or of its release from quarantine. */
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
    // A quarantined one may have aged for long before it was released.
    events = await ledger.events(id, last.seq, 10);
  }
}
