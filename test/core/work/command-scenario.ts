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
export const start = Instant.parse('2026-11-24T00:00:00.000Z');
export const later = (seconds: number) => addSeconds(start, seconds);

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
export const terms = buildShippedTerms(deskList);

/** The same under a standard policy, and a desk `bpo`, with something about them changed. */
export function termsWith(policy: Partial<SlaPolicy>, desk: Partial<Desk> = {}): Terms {
  const { body } = shippedPolicies;
  const standard = { ...body.policies[body.otherwise], ...policy };
  return {
    ...terms,
    desks: deskList.map((one) => (one.id === bpo ? { ...one, ...desk } : one)),
    serviceLevels: new ServiceLevels(
      [{ ...shippedPolicies, body: PoliciesDocument.parse({ ...body, policies: { standard } }) }],
      [shippedCalendars],
    ),
  };
}

function person(sub: string, given: Readonly<Record<string, unknown>>): Actor {
  const known = { address: `${sub}@toritsugi.example`, sub, name: sub, presence: 'present' };
  return { ...Person.parse({ ...known, ...given }), sub: Sub.parse(sub) };
}

/** Who takes part; each named as their `sub`. */
export const people = {
  requester: person('requester', { role: 'requester' }),
  colleague: person('colleague', { role: 'requester' }),
  stranger: person('stranger', { role: 'requester' }),
  a1: person('a1', { role: 'operator', vendor: 'vendor-a', desks: ['bpo'] }),
  a2: person('a2', { role: 'operator', vendor: 'vendor-a', desks: ['bpo'] }),
  b1: person('b1', { role: 'operator', vendor: 'vendor-b', desks: ['bpo-b'] }),
  staff1: person('staff1', { role: 'staff', desks: ['staff'] }),
  staff2: person('staff2', { role: 'staff', desks: ['staff'] }),
  lead: person('lead', { role: 'lead', desks: ['staff', 'bpo'] }),
} as const;
export type Name = keyof typeof people;

export const inquiryId = InquiryId.parse('019a0000-0000-7000-8000-000000000001');
const number = makeInquiryNumber(new Uint8Array([1, 2, 3, 4, 5, 6, 7]));
export const other = {
  into: InquiryId.parse('019a0000-0000-7000-8000-000000000002'),
  intoNumber: makeInquiryNumber(new Uint8Array([7, 6, 5, 4, 3, 2, 1])),
};

const bySystem = { kind: 'system', part: 'intake' } as const;

export const received: InquiryEvent = {
  v: 1,
  at: start,
  by: bySystem,
  type: 'InquiryReceived',
  number,
  received: {
    channel: 'form',
    requester: { address: people.requester.address, sub: 'requester', name: 'requester' },
    participants: [{ address: people.colleague.address, name: 'colleague' }],
    subject: 'VPN がつながらない',
    language: 'ja',
    automated: false,
    acknowledge: true,
    message: { id: 'first', kind: 'requester', from: {}, text: '朝からです。', attachments: [] },
    source: {},
    links: [],
    receivedAt: start,
    announceAt: later(60),
  },
};

export const quarantined: InquiryEvent = {
  v: 1,
  at: start,
  by: bySystem,
  type: 'InquiryQuarantined',
  number,
  reason: 'spoofed',
  detail: 'DMARC failed',
  channel: 'mail',
  sender: { address: people.requester.address },
  subject: '至急',
  source: {},
  receivedAt: start,
  ageAt: later(86_400),
  tellSender: false,
  language: 'ja',
};

export function routedTo(desk: DeskId): InquiryEvent {
  const vendor = deskList.find(({ id }) => id === desk)?.vendor;
  return {
    v: 1,
    at: later(1),
    by: { kind: 'system', part: 'routing' },
    type: 'InquiryRouted',
    desk,
    ...(vendor === undefined ? {} : { vendor }),
    priority: 'high',
    category: 'network',
    tags: ['vpn'],
    rules: 0,
    trace: [],
    announceAt: later(86_400),
  };
}

export function assignedTo(agent: Actor): InquiryEvent {
  return {
    v: 1,
    at: later(2),
    by: { kind: 'system', part: 'work' },
    type: 'InquiryAssigned',
    desk: staffDesk,
    agent: agent.sub,
    name: agent.name,
    fence: 1,
    policy: 'least-loaded',
    offeredUntil: later(1802),
  };
}

/**
 * One inquiry and the lease beside it, on which commands are given one after the other as the
 * ledger would take them.
 */
export class Inquest {
  events: InquiryEvent[];
  loaded: LoadedInquiry;

  /** What commands are decided by. */
  terms: Terms = terms;

  /** Records events that have happened, each at its own instant. */
  constructor(first: InquiryEvent, ...events: InquiryEvent[]) {
    this.events = [];
    this.loaded = this.#record(undefined, first);
    for (const event of events) this.loaded = this.#record(this.loaded, event);
  }

  #record(before: LoadedInquiry | undefined, event: InquiryEvent): LoadedInquiry {
    const appending = planAppend(inquiryId, before, { events: [event] }, this.terms, event.at);
    if (isRefusal(appending)) throw new TypeError(appending.detail);
    this.events.push(...appending.events);
    return { inquiry: appending.after };
  }

  get inquiry() {
    return this.loaded.inquiry;
  }

  get lease() {
    return this.loaded.lease;
  }

  /** The types of the events that a command makes, what time has made due among them; or why not. */
  give(
    actor: Actor,
    command: Command,
    now: Instant,
    ifMatch?: number,
  ): readonly string[] | RefusalCode {
    const { terms } = this;
    const rung = decideDueAlarms(this.loaded, terms, now);
    const seen = ifMatch === undefined ? {} : { ifMatch };
    const context = { actor, terms, now, messageId: `m${this.events.length}`, ...seen };
    const wanted = decide(applyAlarmDecision(this.loaded, rung), command, context);
    const whole = isRefusal(wanted)
      ? wanted
      : planAppend(inquiryId, this.loaded, mergeDecisions(rung, wanted), terms, now);
    const appending = isRefusal(whole)
      ? planAppend(inquiryId, this.loaded, rung, terms, now)
      : whole;
    if (isRefusal(appending)) throw new TypeError(appending.detail);
    const { inquiry, lease, events } = toCommandResult(appending);
    this.loaded = lease === undefined ? { inquiry } : { inquiry, lease };
    this.events.push(...events);
    return isRefusal(whole) ? whole.refused : events.map(({ type }) => type);
  }

  /** Gives a command that has to succeed. */
  must(actor: Actor, command: Command, now: Instant): this {
    const outcome = this.give(actor, command, now);
    if (typeof outcome === 'string') throw new TypeError(`${command.command}: ${outcome}`);
    return this;
  }

  prolong(until: Instant): void {
    if (this.lease === undefined) throw new TypeError('there is no lease');
    this.loaded = { ...this.loaded, lease: { ...this.lease, until, confirmed: true } };
  }
}

/** An inquiry in each situation of note, at `later(10)`. */
export const situations = {
  new: () => new Inquest(received),
  'queued at bpo': () => new Inquest(received, routedTo(bpo)),
  'claimed by a1': () =>
    new Inquest(received, routedTo(bpo)).must(people.a1, { command: 'claim' }, later(5)),
  'thanked while a1 has it': () =>
    new Inquest(received, routedTo(bpo))
      .must(people.a1, { command: 'claim' }, later(5))
      .must(people.a1, { command: 'reply', fence: 1, text: '直りました。' }, later(6))
      .must(people.requester, { command: 'reply', text: 'ありがとうございます。' }, later(7)),
  'offered to staff1': () => new Inquest(received, routedTo(staffDesk), assignedTo(people.staff1)),
  'accepted by staff1': () =>
    new Inquest(received, routedTo(staffDesk), assignedTo(people.staff1)).must(
      people.staff1,
      { command: 'heartbeat' },
      later(5),
    ),
  'waiting at bpo': () =>
    new Inquest(received, routedTo(bpo))
      .must(people.a1, { command: 'claim' }, later(5))
      .must(people.a1, { command: 'wait', fence: 1 }, later(6)),
  'resolved at bpo': () =>
    new Inquest(received, routedTo(bpo))
      .must(people.a1, { command: 'claim' }, later(5))
      .must(people.a1, { command: 'resolve', fence: 1, message: '直りました。' }, later(6)),
  'closed after bpo': () =>
    new Inquest(received, routedTo(bpo))
      .must(people.a1, { command: 'claim' }, later(5))
      .must(people.a1, { command: 'resolve', fence: 1 }, later(6))
      .must(people.requester, { command: 'close' }, later(7)),
  withdrawn: () => new Inquest(received).must(people.requester, { command: 'withdraw' }, later(5)),
  quarantined: () => new Inquest(quarantined),
  merged: () =>
    new Inquest(received, routedTo(bpo)).must(
      people.staff1,
      { command: 'merge', ...other },
      later(5),
    ),
} as const;
export type Situation = keyof typeof situations;
