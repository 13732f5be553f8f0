import { Person } from '../../../core/access/person.ts';
import { ServiceLevels } from '../../../core/inquiry/clock/service-levels.ts';
import {
  applyAlarmDecision,
  decideDueAlarms,
  mergeDecisions,
  planAppend,
} from '../../../core/inquiry/decide-and-append.ts';
import type { InquiryEvent } from '../../../core/inquiry/events/events.ts';
import type { LoadedInquiry } from '../../../core/inquiry/ports.ts';
import { isRefusal, type RefusalCode } from '../../../core/inquiry/refusal.ts';
import {
  shippedCalendars,
  shippedPolicies,
} from '../../../core/inquiry/terms/shipped-service-levels.ts';
import { PoliciesDocument, type SlaPolicy } from '../../../core/inquiry/terms/sla-policies.ts';
import {
  buildShippedTerms,
  type Desk,
  StageDesks,
  type Terms,
} from '../../../core/inquiry/terms/terms.ts';
import { addSeconds, DeskId, InquiryId, Instant, Sub } from '../../../core/inquiry/values/ids.ts';
import { makeInquiryNumber } from '../../../core/inquiry/values/inquiry-number.ts';
import type { Actor } from '../../../core/work/actor.ts';
import type { Command } from '../../../core/work/commands.ts';
import { decide } from '../../../core/work/decide/decide.ts';
import { toCommandResult } from '../../../core/work/perform-command.ts';

/** A morning in Tokyo. */
export const workStart = Instant.parse('2026-11-24T00:00:00.000Z');
export const secondsAfterStart = (seconds: number) => addSeconds(workStart, seconds);

export const staffDesk = DeskId.parse('staff');
export const bpo = DeskId.parse('bpo');
export const bpoB = DeskId.parse('bpo-b');

export const deskList = StageDesks.parse([
  {
    id: 'staff',
    kind: 'internal',
    mode: 'push',
    name: { ja: '社内', en: 'Staff' },
    queueUrl: 'http://queues.example/staff',
  },
  {
    id: 'bpo',
    kind: 'outsourced',
    mode: 'pull',
    vendor: 'vendor-a',
    name: { ja: '委託', en: 'BPO' },
    queueUrl: 'http://queues.example/bpo',
  },
  {
    id: 'bpo-b',
    kind: 'outsourced',
    mode: 'pull',
    vendor: 'vendor-b',
    name: { ja: '委託B', en: 'BPO B' },
    queueUrl: 'http://queues.example/bpo-b',
  },
]);
export const deskListTerms = buildShippedTerms(deskList);

/** The same under a standard policy, and a desk `bpo`, with something about them changed. */
export function makeTermsWith(policy: Partial<SlaPolicy>, desk: Partial<Desk> = {}): Terms {
  const { body } = shippedPolicies;
  const standard = { ...body.policies[body.otherwise], ...policy };
  return {
    ...deskListTerms,
    desks: deskList.map((one) => (one.id === bpo ? { ...one, ...desk } : one)),
    serviceLevels: new ServiceLevels(
      [{ ...shippedPolicies, body: PoliciesDocument.parse({ ...body, policies: { standard } }) }],
      [shippedCalendars],
    ),
  };
}

function makeActor(sub: string, given: Readonly<Record<string, unknown>>): Actor {
  const known = { address: `${sub}@toritsugi.example`, sub, name: sub, presence: 'present' };
  return { ...Person.parse({ ...known, ...given }), sub: Sub.parse(sub) };
}

/** Who takes part; each named as their `sub`. */
export const helpDeskActors = {
  requester: makeActor('requester', { role: 'requester' }),
  colleague: makeActor('colleague', { role: 'requester' }),
  stranger: makeActor('stranger', { role: 'requester' }),
  a1: makeActor('a1', { role: 'operator', vendor: 'vendor-a', desks: ['bpo'] }),
  a2: makeActor('a2', { role: 'operator', vendor: 'vendor-a', desks: ['bpo'] }),
  b1: makeActor('b1', { role: 'operator', vendor: 'vendor-b', desks: ['bpo-b'] }),
  staff1: makeActor('staff1', { role: 'staff', desks: ['staff'] }),
  staff2: makeActor('staff2', { role: 'staff', desks: ['staff'] }),
  lead: makeActor('lead', { role: 'lead', desks: ['staff', 'bpo'] }),
} as const;
export type ActorName = keyof typeof helpDeskActors;

export const commandedInquiryId = InquiryId.parse('019a0000-0000-7000-8000-000000000001');
const number = makeInquiryNumber(new Uint8Array([1, 2, 3, 4, 5, 6, 7]));
export const mergeTarget = {
  into: InquiryId.parse('019a0000-0000-7000-8000-000000000002'),
  intoNumber: makeInquiryNumber(new Uint8Array([7, 6, 5, 4, 3, 2, 1])),
};

const bySystem = { kind: 'system', part: 'intake' } as const;

export const receivedEvent: InquiryEvent = {
  v: 1,
  at: workStart,
  by: bySystem,
  type: 'InquiryReceived',
  number,
  received: {
    channel: 'form',
    requester: { address: helpDeskActors.requester.address, sub: 'requester', name: 'requester' },
    participants: [{ address: helpDeskActors.colleague.address, name: 'colleague' }],
    subject: 'VPN がつながらない',
    language: 'ja',
    automated: false,
    acknowledge: true,
    message: { id: 'first', kind: 'requester', from: {}, text: '朝からです。', attachments: [] },
    source: {},
    links: [],
    receivedAt: workStart,
    announceAt: secondsAfterStart(60),
  },
};

export const quarantinedEvent: InquiryEvent = {
  v: 1,
  at: workStart,
  by: bySystem,
  type: 'InquiryQuarantined',
  number,
  reason: 'spoofed',
  detail: 'DMARC failed',
  channel: 'mail',
  sender: { address: helpDeskActors.requester.address },
  subject: '至急',
  source: {},
  receivedAt: workStart,
  ageAt: secondsAfterStart(86_400),
  tellSender: false,
  language: 'ja',
};

export function makeRoutedEvent(desk: DeskId): InquiryEvent {
  const vendor = deskList.find(({ id }) => id === desk)?.vendor;
  return {
    v: 1,
    at: secondsAfterStart(1),
    by: { kind: 'system', part: 'routing' },
    type: 'InquiryRouted',
    desk,
    ...(vendor === undefined ? {} : { vendor }),
    priority: 'high',
    category: 'network',
    tags: ['vpn'],
    rules: 0,
    trace: [],
    announceAt: secondsAfterStart(86_400),
  };
}

export function makeAssignedEvent(agent: Actor): InquiryEvent {
  return {
    v: 1,
    at: secondsAfterStart(2),
    by: { kind: 'system', part: 'work' },
    type: 'InquiryAssigned',
    desk: staffDesk,
    agent: agent.sub,
    name: agent.name,
    fence: 1,
    policy: 'least-loaded',
    offeredUntil: secondsAfterStart(1802),
  };
}

/**
 * One inquiry and the lease beside it, on which commands are given one after the other as the
 * ledger would take them.
 */
export class CommandScenario {
  events: InquiryEvent[];
  loaded: LoadedInquiry;

  /** What commands are decided by. */
  terms: Terms = deskListTerms;

  /** Records events that have happened, each at its own instant. */
  constructor(first: InquiryEvent, ...events: InquiryEvent[]) {
    this.events = [];
    this.loaded = this.#record(undefined, first);
    for (const event of events) this.loaded = this.#record(this.loaded, event);
  }

  #record(before: LoadedInquiry | undefined, event: InquiryEvent): LoadedInquiry {
    const pendingAppend = planAppend(
      commandedInquiryId,
      before,
      { events: [event] },
      this.terms,
      event.at,
    );
    if (isRefusal(pendingAppend)) throw new TypeError(pendingAppend.detail);
    this.events.push(...pendingAppend.events);
    return { inquiry: pendingAppend.after };
  }

  get inquiry() {
    return this.loaded.inquiry;
  }

  get lease() {
    return this.loaded.lease;
  }

  /** The types of the events that a command makes, what time has made due among them; or why not. */
  tryCommand(
    actor: Actor,
    command: Command,
    now: Instant,
    ifMatch?: number,
  ): readonly string[] | RefusalCode {
    const { terms } = this;
    const fired = decideDueAlarms(this.loaded, terms, now);
    const seen = ifMatch === undefined ? {} : { ifMatch };
    const context = { actor, terms, now, messageId: `m${this.events.length}`, ...seen };
    const wanted = decide(applyAlarmDecision(this.loaded, fired), command, context);
    const whole = isRefusal(wanted)
      ? wanted
      : planAppend(commandedInquiryId, this.loaded, mergeDecisions(fired, wanted), terms, now);
    const pendingAppend = isRefusal(whole)
      ? planAppend(commandedInquiryId, this.loaded, fired, terms, now)
      : whole;
    if (isRefusal(pendingAppend)) throw new TypeError(pendingAppend.detail);
    const { inquiry, lease, events } = toCommandResult(pendingAppend);
    this.loaded = lease === undefined ? { inquiry } : { inquiry, lease };
    this.events.push(...events);
    return isRefusal(whole) ? whole.refused : events.map(({ type }) => type);
  }

  /** Gives a command that has to succeed. */
  performCommand(actor: Actor, command: Command, now: Instant): this {
    const outcome = this.tryCommand(actor, command, now);
    if (typeof outcome === 'string') throw new TypeError(`${command.command}: ${outcome}`);
    return this;
  }

  prolong(until: Instant): void {
    if (this.lease === undefined) throw new TypeError('there is no lease');
    this.loaded = { ...this.loaded, lease: { ...this.lease, until, confirmed: true } };
  }
}

/** An inquiry in each situation of note, at `later(10)`. */
export const inquirySituations = {
  new: () => new CommandScenario(receivedEvent),
  'queued at bpo': () => new CommandScenario(receivedEvent, makeRoutedEvent(bpo)),
  'claimed by a1': () =>
    new CommandScenario(receivedEvent, makeRoutedEvent(bpo)).performCommand(
      helpDeskActors.a1,
      { command: 'claim' },
      secondsAfterStart(5),
    ),
  'thanked while a1 has it': () =>
    new CommandScenario(receivedEvent, makeRoutedEvent(bpo))
      .performCommand(helpDeskActors.a1, { command: 'claim' }, secondsAfterStart(5))
      .performCommand(
        helpDeskActors.a1,
        { command: 'reply', fence: 1, text: '直りました。' },
        secondsAfterStart(6),
      )
      .performCommand(
        helpDeskActors.requester,
        { command: 'reply', text: 'ありがとうございます。' },
        secondsAfterStart(7),
      ),
  'offered to staff1': () =>
    new CommandScenario(
      receivedEvent,
      makeRoutedEvent(staffDesk),
      makeAssignedEvent(helpDeskActors.staff1),
    ),
  'accepted by staff1': () =>
    new CommandScenario(
      receivedEvent,
      makeRoutedEvent(staffDesk),
      makeAssignedEvent(helpDeskActors.staff1),
    ).performCommand(helpDeskActors.staff1, { command: 'heartbeat' }, secondsAfterStart(5)),
  'waiting at bpo': () =>
    new CommandScenario(receivedEvent, makeRoutedEvent(bpo))
      .performCommand(helpDeskActors.a1, { command: 'claim' }, secondsAfterStart(5))
      .performCommand(helpDeskActors.a1, { command: 'wait', fence: 1 }, secondsAfterStart(6)),
  'resolved at bpo': () =>
    new CommandScenario(receivedEvent, makeRoutedEvent(bpo))
      .performCommand(helpDeskActors.a1, { command: 'claim' }, secondsAfterStart(5))
      .performCommand(
        helpDeskActors.a1,
        { command: 'resolve', fence: 1, message: '直りました。' },
        secondsAfterStart(6),
      ),
  'closed after bpo': () =>
    new CommandScenario(receivedEvent, makeRoutedEvent(bpo))
      .performCommand(helpDeskActors.a1, { command: 'claim' }, secondsAfterStart(5))
      .performCommand(helpDeskActors.a1, { command: 'resolve', fence: 1 }, secondsAfterStart(6))
      .performCommand(helpDeskActors.requester, { command: 'close' }, secondsAfterStart(7)),
  withdrawn: () =>
    new CommandScenario(receivedEvent).performCommand(
      helpDeskActors.requester,
      { command: 'withdraw' },
      secondsAfterStart(5),
    ),
  quarantined: () => new CommandScenario(quarantinedEvent),
  merged: () =>
    new CommandScenario(receivedEvent, makeRoutedEvent(bpo)).performCommand(
      helpDeskActors.staff1,
      { command: 'merge', ...mergeTarget },
      secondsAfterStart(5),
    ),
} as const;
export type InquirySituation = keyof typeof inquirySituations;
