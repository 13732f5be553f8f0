import { Person } from '../../core/access/person.ts';
import { ServiceLevels } from '../../core/inquiry/clock/service-levels.ts';
import type { AcceptedInput, EventOf } from '../../core/inquiry/events/events.ts';
import { type Desk, StageDesks } from '../../core/inquiry/terms/desk.ts';
import {
  shippedCalendars,
  shippedPolicies,
} from '../../core/inquiry/terms/shipped-service-levels.ts';
import { PoliciesDocument, type SlaPolicy } from '../../core/inquiry/terms/sla-policies.ts';
import { buildShippedTerms, type Terms } from '../../core/inquiry/terms/terms.ts';
import { addSeconds, DeskId, InquiryId, Instant, Sub } from '../../core/inquiry/values/ids.ts';
import { makeInquiryNumber } from '../../core/inquiry/values/inquiry-number.ts';
import type { Priority } from '../../core/inquiry/values/vocabulary.ts';
import type { Actor } from '../../core/work/actor.ts';

/** A morning in Tokyo. */
export const workStart = Instant.parse('2026-11-24T00:00:00.000Z');
export const secondsAfterStart = (seconds: number) => addSeconds(workStart, seconds);

/** The instant of a wall time in Tokyo, such as `2026-11-20 11:00` or `… 11:00:01`. */
export function parseTokyoTime(wall: string): Instant {
  return new Date(`${wall.replace(' ', 'T')}+09:00`).toISOString() as Instant;
}

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

/** The same terms with parts of the standard policy, and of the desk `bpo`, changed. */
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

/** The people of the tests; each has their name here as `sub`. */
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

export const receivedEvent: EventOf<'InquiryReceived'> = {
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

export const quarantinedEvent: EventOf<'InquiryQuarantined'> = {
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

/** An inquiry of the requester that was received and, at the same instant, stored. */
export function makeReceivedEvent(
  at: Instant,
  changes: Partial<AcceptedInput> = {},
): EventOf<'InquiryReceived'> {
  const received = { ...receivedEvent.received, receivedAt: at, ...changes };
  return { ...receivedEvent, at, received };
}

export function makeRoutedEvent(
  desk: DeskId,
  priority: Priority = 'high',
  at: Instant = secondsAfterStart(1),
): EventOf<'InquiryRouted'> {
  const vendor = findVendor(desk);
  return {
    v: 1,
    at,
    by: { kind: 'system', part: 'routing' },
    type: 'InquiryRouted',
    desk,
    ...(vendor === undefined ? {} : { vendor }),
    priority,
    category: 'network',
    tags: ['vpn'],
    rules: 0,
    trace: [],
    announceAt: secondsAfterStart(86_400),
  };
}

/** Offers the inquiry to an agent of the staff desk for half an hour. */
export function makeAssignedEvent(
  agent: Actor,
  at: Instant = secondsAfterStart(2),
  fence = 1,
): EventOf<'InquiryAssigned'> {
  return {
    v: 1,
    at,
    by: { kind: 'system', part: 'work' },
    type: 'InquiryAssigned',
    desk: staffDesk,
    agent: agent.sub,
    name: agent.name,
    fence,
    policy: 'least-loaded',
    offeredUntil: addSeconds(at, 1800),
  };
}

/** A transfer to another desk that holds the inquiry until the desk opens. */
export function makeHeldTransferEvent(
  desk: DeskId,
  at: Instant,
  availableAt: Instant,
): EventOf<'InquiryTransferred'> {
  const vendor = findVendor(desk);
  const { sub, name } = helpDeskActors.lead;
  return {
    v: 1,
    at,
    by: { kind: 'agent', sub, name, role: 'lead' },
    type: 'InquiryTransferred',
    desk,
    ...(vendor === undefined ? {} : { vendor }),
    announceAt: addSeconds(at, 86_400),
    availableAt,
  };
}

/** The admission of a quarantined mail. */
export function makeAdmittedEvent(
  at: Instant,
  changes: Partial<AcceptedInput> = {},
): EventOf<'InquiryAdmitted'> {
  return {
    v: 1,
    at,
    by: bySystem,
    type: 'InquiryAdmitted',
    received: { ...receivedEvent.received, announceAt: addSeconds(at, 60), ...changes },
  };
}

const findVendor = (desk: DeskId) => deskList.find(({ id }) => id === desk)?.vendor;
