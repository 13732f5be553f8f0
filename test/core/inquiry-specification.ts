import { expect } from 'vitest';
import type { Clock, ClockName } from '../../core/inquiry/clock/clock.ts';
import {
  mergeVerdictWrites,
  type SlaVerdict,
  type VerdictWrite,
} from '../../core/inquiry/clock/verdict.ts';
import {
  decideDueAlarms,
  type InquiryDecision,
  planAppend,
} from '../../core/inquiry/decide-and-append.ts';
import type { EventOf, EventType, InquiryEvent } from '../../core/inquiry/events/events.ts';
import { computeAlarmAt } from '../../core/inquiry/fire-alarm.ts';
import type { Notice } from '../../core/inquiry/outbox/notice.ts';
import type { LoadedInquiry, PendingAppend, PendingClaim } from '../../core/inquiry/ports.ts';
import { isRefusal, type Refusal, type RefusalCode } from '../../core/inquiry/refusal.ts';
import type { Inquiry, Lease } from '../../core/inquiry/snapshot.ts';
import type { Terms } from '../../core/inquiry/terms/terms.ts';
import type { Instant } from '../../core/inquiry/values/ids.ts';
import type { Command } from '../../core/work/commands.ts';
import { decide } from '../../core/work/decide/decide.ts';
import { toCommandResult } from '../../core/work/perform-command.ts';
import { type ActorName, commandedInquiryId, deskListTerms, helpDeskActors } from './help-desk.ts';
import { historyOf, type InquirySituation } from './inquiry-situations.ts';

/** Some fields of a value; a field that is undefined here must be absent there. */
type ExpectedFields<Of> = { readonly [Field in keyof Of]?: unknown };
type ExpectedEvent = EventType | ({ readonly type: EventType } & Readonly<Record<string, unknown>>);

/**
 * The specification of a decision about one inquiry: given events, when a command, then events or a
 * refusal. Each `when` appends what it decides as the ledger would, and the next one goes on from
 * there, so that specifications can be chained.
 *
 * A refusal that no `then` expects fails the test at the next step. The methods are not called
 * `then` alone, since that would make the specification a promise to whoever awaits it.
 */
export class InquirySpecification {
  /** All events so far, those of the alarms among them. */
  readonly events: InquiryEvent[] = [];
  readonly notices: Notice[] = [];
  #terms: Terms;
  #loaded: LoadedInquiry;
  #verdicts: VerdictWrite[] = [];
  /** What the last step appended, or why nothing. */
  #outcome: readonly InquiryEvent[] | Refusal = [];
  #isRefusalSeen = false;
  #pendingClaim: PendingClaim | undefined;

  constructor(terms: Terms, loaded: LoadedInquiry) {
    this.#terms = terms;
    this.#loaded = loaded;
  }

  /** An inquiry that these events open, stored together at an instant. */
  static open(terms: Terms, now: Instant, events: readonly InquiryEvent[]): InquirySpecification {
    const planned = planAppend(commandedInquiryId, undefined, { events }, terms, now);
    if (isRefusal(planned)) throw new TypeError(planned.detail);
    const specification = new InquirySpecification(terms, { inquiry: planned.after });
    specification.#record(planned);
    return specification;
  }

  /** Puts other terms in force from here on. */
  under(terms: Terms): this {
    this.#terms = terms;
    return this;
  }

  /** Prolongs the lease, as heartbeats do. */
  withLeaseUntil(until: Instant): this {
    const { lease } = this.loaded;
    if (lease === undefined) throw new TypeError('there is no lease');
    this.#loaded = { ...this.loaded, lease: { ...lease, until, confirmed: true } };
    return this;
  }

  /**
   * Somebody gives a command, after the alarms that are due by then.
   * @param ifMatch the version of the inquiry that they have seen
   */
  when(name: ActorName, command: Command, now: Instant, ifMatch?: number): this {
    const seen = ifMatch === undefined ? {} : { ifMatch };
    const messageId = `m${this.events.length}`;
    const fired = this.#fireAlarms(now);
    return this.#decide(now, fired, (loaded, terms) =>
      decide(loaded, command, { actor: helpDeskActors[name], terms, now, messageId, ...seen }),
    );
  }

  /** Something other than a command is decided, on the inquiry as it is: no alarms fire before. */
  whenDecided(
    now: Instant,
    decision: (loaded: LoadedInquiry, terms: Terms) => InquiryDecision | Refusal,
  ): this {
    return this.#decide(now, [], decision);
  }

  /** Events happen without a command, each at its own instant and after the alarms due by then. */
  whenEvents(...events: readonly InquiryEvent[]): this {
    for (const event of events) {
      const fired = this.#fireAlarms(event.at);
      this.#decide(event.at, fired, () => ({ events: [event] })).#expectTaken();
    }
    return this;
  }

  /** Time alone passes. */
  whenAlarmsFire(now: Instant): this {
    this.#outcome = this.#fireAlarms(now);
    return this;
  }

  /** Exactly these events came of the last `when`, those of the due alarms first. */
  thenEvents(...expected: readonly ExpectedEvent[]): this {
    expect(this.outcome).toEqual(expected.map((one) => (typeof one === 'string' ? one : one.type)));
    for (const [index, fields] of expected.entries()) {
      const event = isRefusal(this.#outcome) ? undefined : this.#outcome[index];
      if (typeof fields !== 'string') expectFields(event, fields);
    }
    return this;
  }

  /** Whether the last `when` was refused does not matter. */
  thenTakenOrRefused(): this {
    this.#isRefusalSeen = true;
    return this;
  }

  /** The last `when` was refused. */
  thenRefused(code: RefusalCode): this {
    expect(this.outcome).toBe(code);
    return this;
  }

  thenInquiry(expected: ExpectedFields<Inquiry>): this {
    expectFields(this.inquiry, expected);
    return this;
  }

  thenClock(name: ClockName, expected: ExpectedFields<Clock>): this {
    expectFields(this.clock(name), expected);
    return this;
  }

  /** The last record of a clock's cycle. */
  thenVerdict(name: ClockName, cycle: number, expected: ExpectedFields<SlaVerdict>): this {
    const writes = this.verdicts.filter(({ key }) => key.clock === name && key.cycle === cycle);
    expectFields(writes.at(-1)?.verdict, expected);
    return this;
  }

  thenLease(expected: ExpectedFields<Lease>): this {
    expectFields(this.lease, expected);
    return this;
  }

  thenNoLease(): this {
    expect(this.lease).toBeUndefined();
    return this;
  }

  /** The last `when` made the agent's claim pending. */
  thenPendingClaim(expected: PendingClaim): this {
    expect(this.#pendingClaim).toEqual(expected);
    return this;
  }

  thenNoPendingClaim(): this {
    expect(this.#pendingClaim).toBeUndefined();
    return this;
  }

  /** The types of the events of the last `when`, or the code of its refusal. */
  get outcome(): readonly EventType[] | RefusalCode {
    const outcome = this.#outcome;
    if (!isRefusal(outcome)) return outcome.map(({ type }) => type);
    this.#isRefusalSeen = true;
    return outcome.refused;
  }

  get loaded(): LoadedInquiry {
    this.#expectTaken();
    return this.#loaded;
  }

  get inquiry(): Inquiry {
    return this.loaded.inquiry;
  }

  get lease(): Lease | undefined {
    return this.loaded.lease;
  }

  get terms(): Terms {
    return this.#terms;
  }

  /** When time alone changes the inquiry next. */
  get alarm(): Instant | undefined {
    return computeAlarmAt(this.inquiry, this.lease);
  }

  /** The records of all cycles of its clocks, each in its last state. */
  get verdicts(): readonly VerdictWrite[] {
    return mergeVerdictWrites(this.#verdicts);
  }

  clock(name: ClockName): Clock {
    const clock = this.inquiry.clocks.find((one) => one.clock === name);
    if (clock === undefined) throw new TypeError(`there is no clock ${name}`);
    return clock;
  }

  get runningClocks(): readonly ClockName[] {
    return this.inquiry.clocks.filter((one) => one.endedAt === undefined).map(({ clock }) => clock);
  }

  eventsOf<Type extends EventType>(type: Type): EventOf<Type>[] {
    return this.events.filter((event): event is EventOf<Type> => event.type === type);
  }

  #expectTaken(): void {
    if (!isRefusal(this.#outcome) || this.#isRefusalSeen) return;
    throw new TypeError(`unexpectedly refused: ${this.#outcome.refused} ${this.#outcome.detail}`);
  }

  #fireAlarms(now: Instant): readonly InquiryEvent[] {
    const events: InquiryEvent[] = [];
    for (;;) {
      const due = decideDueAlarms(this.loaded, this.#terms, now);
      if (due.events.length === 0) return events;
      const planned = planAppend(this.inquiry.id, this.loaded, due, this.#terms, now);
      if (isRefusal(planned)) throw new TypeError(planned.detail);
      events.push(...this.#record(planned));
    }
  }

  #decide(
    now: Instant,
    fired: readonly InquiryEvent[],
    decision: (loaded: LoadedInquiry, terms: Terms) => InquiryDecision | Refusal,
  ): this {
    const { loaded } = this;
    const decided = decision(loaded, this.#terms);
    const planned = isRefusal(decided)
      ? decided
      : planAppend(loaded.inquiry.id, loaded, decided, this.#terms, now);
    this.#isRefusalSeen = false;
    this.#pendingClaim = undefined;
    this.#outcome = isRefusal(planned) ? planned : [...fired, ...this.#record(planned)];
    return this;
  }

  #record(planned: PendingAppend): readonly InquiryEvent[] {
    const { inquiry, lease, events } = toCommandResult(planned);
    this.#loaded = lease === undefined ? { inquiry } : { inquiry, lease };
    this.events.push(...events);
    this.#pendingClaim = planned.pendingClaim;
    this.notices.push(...planned.notices);
    this.#verdicts.push(...planned.verdicts);
    return events;
  }
}

/** Given a situation by its name, an inquiry as it was loaded, or the events that have happened. */
export function given(
  ...history:
    | readonly [InquirySituation]
    | readonly [LoadedInquiry]
    | readonly [InquiryEvent, ...InquiryEvent[]]
): InquirySpecification {
  const [first] = history;
  if (typeof first === 'string') {
    const { events, commands = [] } = historyOf(first);
    const specification = given(...events);
    for (const [name, command, at] of commands) specification.when(name, command, at);
    return specification;
  }
  if ('inquiry' in first) return new InquirySpecification(deskListTerms, first);
  return givenUnder(deskListTerms, ...(history as readonly [InquiryEvent, ...InquiryEvent[]]));
}

/** Given events that have happened, each at its own instant, under other terms. */
export function givenUnder(
  terms: Terms,
  ...[first, ...rest]: readonly [InquiryEvent, ...InquiryEvent[]]
): InquirySpecification {
  return InquirySpecification.open(terms, first.at, [first]).whenEvents(...rest);
}

function expectFields(actual: unknown, expected: Readonly<Record<string, unknown>>): void {
  const fields = Object.entries(expected);
  const present = fields.filter(([, value]) => value !== undefined);
  expect(actual).toMatchObject(Object.fromEntries(present));
  for (const [name, value] of fields)
    if (value === undefined) expect(actual).not.toHaveProperty(name);
}
