import type { Clock, ClockName } from '../../../../core/inquiry/clock/clock.ts';
import { ServiceLevels } from '../../../../core/inquiry/clock/service-levels.ts';
import {
  mergeVerdictWrites,
  type SlaVerdict,
  type VerdictWrite,
} from '../../../../core/inquiry/clock/verdict.ts';
import {
  decideDueAlarms,
  type InquiryDecision,
  planAppend,
} from '../../../../core/inquiry/decide-and-append.ts';
import type {
  AcceptedInput,
  EventOf,
  EventType,
  InquiryEvent,
} from '../../../../core/inquiry/events/events.ts';
import { computeAlarmAt } from '../../../../core/inquiry/fire-alarm.ts';
import type { Notice } from '../../../../core/inquiry/outbox/notice.ts';
import type { LoadedInquiry } from '../../../../core/inquiry/ports.ts';
import { isRefusal, type RefusalCode } from '../../../../core/inquiry/refusal.ts';
import {
  shippedCalendars,
  shippedPolicies,
} from '../../../../core/inquiry/terms/shipped-service-levels.ts';
import { buildShippedTerms, type Terms } from '../../../../core/inquiry/terms/terms.ts';
import { addSeconds, type DeskId, type Instant } from '../../../../core/inquiry/values/ids.ts';
import type { Priority } from '../../../../core/inquiry/values/vocabulary.ts';
import type { Command } from '../../../../core/work/commands.ts';
import { decide } from '../../../../core/work/decide/decide.ts';
import { toCommandResult } from '../../../../core/work/perform-command.ts';
import {
  type ActorName,
  commandedInquiryId,
  deskList,
  helpDeskActors,
  makeAssignedEvent,
  makeRoutedEvent,
  mergeTarget,
  quarantinedEvent,
  receivedEvent,
} from '../../work/command-scenario.ts';

export const shippedTestTerms = buildShippedTerms(deskList);

/** The instant of a wall time in Tokyo, such as `2026-11-20 11:00` or `… 11:00:01`. */
export function parseTokyoTime(wall: string): Instant {
  return new Date(`${wall.replace(' ', 'T')}+09:00`).toISOString() as Instant;
}

const opening = receivedEvent as EventOf<'InquiryReceived'>;

/**
 * One inquiry as the ledger keeps it: whatever is appended has first been rung for and is levelled
 * by the terms of the moment, which may change.
 */
export class InquiryScenario {
  terms: Terms;
  loaded: LoadedInquiry;
  readonly events: InquiryEvent[] = [];
  readonly notices: Notice[] = [];
  #verdicts: VerdictWrite[] = [];

  private constructor(terms: Terms, loaded: LoadedInquiry) {
    this.terms = terms;
    this.loaded = loaded;
  }

  /** An inquiry that was received and, at the same instant, stored. */
  static receive(
    at: Instant,
    changes: Partial<AcceptedInput> = {},
    terms = shippedTestTerms,
  ): InquiryScenario {
    const event = { ...opening, at, received: { ...opening.received, receivedAt: at, ...changes } };
    return InquiryScenario.open([event], at, terms);
  }

  /** An inquiry that some events open, stored at an instant. */
  static open(
    events: readonly InquiryEvent[],
    now: Instant,
    terms = shippedTestTerms,
  ): InquiryScenario {
    const pendingAppend = planAppend(commandedInquiryId, undefined, { events }, terms, now);
    if (isRefusal(pendingAppend)) throw new TypeError(pendingAppend.detail);
    const scenario = new InquiryScenario(terms, { inquiry: pendingAppend.after });
    scenario.#record(pendingAppend);
    return scenario;
  }

  /** One that lies in quarantine. */
  static quarantine(at: Instant, terms = shippedTestTerms): InquiryScenario {
    return InquiryScenario.open([{ ...quarantinedEvent, at }], at, terms);
  }

  /** One whose policy names no target at all. */
  static withoutTargets(at: Instant): InquiryScenario {
    const standard = { ...shippedTestTerms.serviceLevels.findPolicy(0, undefined), clocks: {} };
    const body = { ...shippedPolicies.body, policies: { standard } };
    const levels = new ServiceLevels([{ ...shippedPolicies, body }], [shippedCalendars]);
    return InquiryScenario.receive(at, {}, { ...shippedTestTerms, serviceLevels: levels });
  }

  get inquiry() {
    return this.loaded.inquiry;
  }

  /** When time alone next changes it. */
  get alarm(): Instant | undefined {
    return computeAlarmAt(this.inquiry, this.loaded.lease);
  }

  /** The records of its clocks, each in its last state. */
  get verdicts(): readonly VerdictWrite[] {
    return mergeVerdictWrites(this.#verdicts);
  }

  /** The last record of a cycle. */
  verdictOf(name: ClockName, cycle: number): SlaVerdict | undefined {
    const writes = this.verdicts.filter(({ key }) => key.clock === name && key.cycle === cycle);
    return writes.at(-1)?.verdict;
  }

  clock(name: ClockName): Clock {
    const clock = this.inquiry.clocks.find((one) => one.clock === name);
    if (clock === undefined) throw new TypeError(`there is no clock ${name}`);
    return clock;
  }

  /** Which clocks run. */
  get runningClocks(): readonly ClockName[] {
    return this.inquiry.clocks.filter((one) => one.endedAt === undefined).map(({ clock }) => clock);
  }

  eventsOf<Type extends EventType>(type: Type): EventOf<Type>[] {
    return this.events.filter((event): event is EventOf<Type> => event.type === type);
  }

  /** The types of the events that time alone made due by then. */
  fireAlarms(now: Instant): readonly EventType[] {
    const types: EventType[] = [];
    for (;;) {
      const fired = decideDueAlarms(this.loaded, this.terms, now);
      if (fired.events.length === 0) return types;
      types.push(...this.#append(fired, now));
    }
  }

  /** What somebody commands, after what has become due by then; why not, where it is refused. */
  tryCommand(name: ActorName, command: Command, now: Instant): readonly EventType[] | RefusalCode {
    const fired = this.fireAlarms(now);
    const commandContext = {
      ...{ actor: helpDeskActors[name], terms: this.terms, now },
      messageId: `m${this.events.length}`,
    };
    const wanted = decide(this.loaded, command, commandContext);
    const whole = isRefusal(wanted)
      ? wanted
      : planAppend(commandedInquiryId, this.loaded, wanted, this.terms, now);
    return isRefusal(whole) ? whole.refused : [...fired, ...this.#record(whole)];
  }

  /** What somebody commands, who may. */
  performCommand(name: ActorName, command: Command, now: Instant): this {
    const outcome = this.tryCommand(name, command, now);
    if (typeof outcome === 'string') throw new TypeError(`${command.command}: ${outcome}`);
    return this;
  }

  /** What something other than a command does, after what has become due by then. */
  append(now: Instant, ...events: readonly InquiryEvent[]): this {
    this.fireAlarms(now);
    this.#append({ events }, now);
    return this;
  }

  /** Routing sends it to a desk. */
  route(
    desk: DeskId,
    priority: Priority,
    now: Instant,
    changes: Partial<EventOf<'InquiryRouted'>> = {},
  ): this {
    const routed = makeRoutedEvent(desk) as EventOf<'InquiryRouted'>;
    return this.append(now, { ...routed, at: now, priority, ...changes });
  }

  /** Somebody is offered it at a push desk, for half an hour. */
  assign(name: ActorName, now: Instant): this {
    const assigned = makeAssignedEvent(helpDeskActors[name]) as EventOf<'InquiryAssigned'>;
    const fence = this.inquiry.fence + 1;
    return this.append(now, { ...assigned, at: now, fence, offeredUntil: addSeconds(now, 1800) });
  }

  /** It goes to another desk, held back until then where the desk is closed. */
  transfer(desk: DeskId, now: Instant, changes: Partial<EventOf<'InquiryTransferred'>> = {}): this {
    const vendor = deskList.find(({ id }) => id === desk)?.vendor;
    return this.append(now, {
      ...(vendor === undefined ? {} : { vendor }),
      ...{ v: 1, type: 'InquiryTransferred', at: now, desk, announceAt: addSeconds(now, 86_400) },
      by: {
        kind: 'agent',
        sub: helpDeskActors.lead.sub,
        name: helpDeskActors.lead.name,
        role: 'lead',
      },
      ...changes,
    });
  }

  /** A lead takes it in that lay in quarantine. */
  admit(now: Instant, changes: Partial<AcceptedInput> = {}): this {
    const admitted = { ...opening.received, announceAt: addSeconds(now, 60), ...changes };
    return this.append(now, {
      ...{ v: 1, type: 'InquiryAdmitted', at: now, received: admitted },
      by: { kind: 'system', part: 'intake' },
    });
  }

  /** It is merged into another. */
  merge(now: Instant): this {
    return this.performCommand('lead', { command: 'merge', ...mergeTarget }, now);
  }

  /** Heartbeats have come all the while. */
  prolongLease(until: Instant): this {
    const { lease } = this.loaded;
    if (lease === undefined) throw new TypeError('there is no lease');
    this.loaded = { ...this.loaded, lease: { ...lease, until, confirmed: true } };
    return this;
  }

  #append(decision: InquiryDecision, now: Instant): readonly EventType[] {
    const pendingAppend = planAppend(commandedInquiryId, this.loaded, decision, this.terms, now);
    if (isRefusal(pendingAppend)) throw new TypeError(pendingAppend.detail);
    return this.#record(pendingAppend);
  }

  #record(
    pendingAppend: Exclude<ReturnType<typeof planAppend>, { refused: unknown }>,
  ): readonly EventType[] {
    const { inquiry, lease, events } = toCommandResult(pendingAppend);
    this.loaded = lease === undefined ? { inquiry } : { inquiry, lease };
    this.events.push(...events);
    this.notices.push(...pendingAppend.notices);
    this.#verdicts.push(...pendingAppend.verdicts);
    return events.map(({ type }) => type);
  }
}
