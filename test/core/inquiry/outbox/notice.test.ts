import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { WebhookId } from '../../../../core/inquiry/clock/escalation.ts';
import { planAppend } from '../../../../core/inquiry/decide-and-append.ts';
import type { EventOf, EventType, InquiryEvent } from '../../../../core/inquiry/events/events.ts';
import { evolve } from '../../../../core/inquiry/evolve.ts';
import {
  computeOwedNotices,
  isAutomaticNotice,
  NoticeKind,
  noticeKeyOf,
} from '../../../../core/inquiry/outbox/notice.ts';
import { isRefusal } from '../../../../core/inquiry/refusal.ts';
import type { Inquiry } from '../../../../core/inquiry/snapshot.ts';
import { shippedServiceLevels } from '../../../../core/inquiry/terms/shipped-service-levels.ts';
import { EmailAddress, Sub } from '../../../../core/inquiry/values/ids.ts';
import { generatedEvent, generatedInquiry } from '../../../support/generated-inquiries.ts';
import { eventsUntilStatus, foldAll, makeInquiryIn } from '../../../support/inquiries.ts';
import {
  eventTypes,
  minutesAfterMorning,
  readSpecimen,
  readSpecimenWith,
  specimenInquiryId,
} from '../../../support/specimens.ts';
import { runs } from '../../../support/volumes.ts';

const requester = 'employee-1@toritsugi.example';
const participant = 'employee-2@toritsugi.example';
const assigned = evolve(makeInquiryIn('queued'), readSpecimen('InquiryAssigned'));

/** The notices that an event owes, as `kind to recipient`. */
function owed(before: Inquiry, event: InquiryEvent): string[] {
  return computeOwedNotices(before, event, evolve(before, event)).map(({ kind, recipient }) => {
    const whom =
      recipient.to === 'address'
        ? recipient.address
        : recipient.to === 'person'
          ? recipient.sub
          : recipient.to === 'desk'
            ? `desk ${recipient.desk}`
            : recipient.to === 'webhook'
              ? `webhook ${recipient.webhook}`
              : 'leads';
    return `${kind} to ${whom}`;
  });
}

/** The notices that the specimen of each event owes, in the inquiry in which it happens. */
const table: Readonly<Record<EventType, readonly [Inquiry, readonly string[]]>> = {
  InquiryReceived: [makeInquiryIn('new'), [`acknowledgement to ${requester}`]],
  InquiryQuarantined: [makeInquiryIn('quarantined'), ['quarantined to leads']],
  QuarantineAged: [makeInquiryIn('quarantined'), ['quarantined to leads']],
  InquiryAdmitted: [makeInquiryIn('quarantined'), []],
  QuarantineDiscarded: [makeInquiryIn('quarantined'), []],
  InquiryAnnounced: [makeInquiryIn('new'), []],
  InquiryRouted: [makeInquiryIn('new'), []],
  InquiryClaimed: [makeInquiryIn('queued'), []],
  InquiryAssigned: [makeInquiryIn('queued'), ['assigned to staff-1']],
  AssignmentAccepted: [assigned, []],
  AssignmentDeclined: [assigned, []],
  InquiryReleased: [makeInquiryIn('in_progress'), []],
  LeaseLost: [makeInquiryIn('in_progress'), ['lease-lost to operator-a1']],
  InquiryTransferred: [makeInquiryIn('in_progress'), []],
  MessageReceived: [makeInquiryIn('in_progress'), ['message-arrived to operator-a1']],
  ReplyPosted: [assigned, [`reply to ${requester}`, `reply to ${participant}`]],
  NotePosted: [makeInquiryIn('in_progress'), []],
  RequesterAwaited: [makeInquiryIn('in_progress'), []],
  RequesterReminded: [makeInquiryIn('waiting'), [`reminder to ${requester}`]],
  InquiryResumed: [makeInquiryIn('waiting'), []],
  InquiryResolved: [assigned, [`resolution to ${requester}`]],
  InquiryReopened: [makeInquiryIn('resolved'), []],
  InquiryWithdrawn: [makeInquiryIn('queued'), []],
  InquiryClosed: [makeInquiryIn('resolved'), []],
  InquiryMerged: [makeInquiryIn('queued'), []],
  InquiryAbsorbed: [makeInquiryIn('queued'), []],
  InquiryAmended: [makeInquiryIn('queued'), []],
  DeliveryFailed: [makeInquiryIn('in_progress'), ['delivery-failed to operator-a1']],
  InquiryRated: [makeInquiryIn('resolved'), []],
  NoReplyNeeded: [makeInquiryIn('in_progress'), []],
  ClocksReckoned: [makeInquiryIn('in_progress'), []],
  ClockWarned: [makeInquiryIn('in_progress'), []],
  ClockBreached: [makeInquiryIn('in_progress'), []],
  EscalationStepped: [
    makeInquiryIn('in_progress'),
    ['sla-breach to operator-a1', 'sla-breach to leads'],
  ],
  EscalationAcknowledged: [makeInquiryIn('in_progress'), []],
  BreachReviewed: [makeInquiryIn('closed'), []],
  NobodyFound: [makeInquiryIn('queued'), ['nobody-found to leads']],
  UnmaskingAsked: [makeInquiryIn('in_progress'), ['unmasking-asked to leads']],
  UnmaskingSettled: [makeInquiryIn('in_progress'), ['unmasking-settled to operator-a1']],
};

test.each(eventTypes)('%s notifies whom it concerns', (type) => {
  const [before, expected] = table[type];
  expect(owed(before, readSpecimen(type))).toEqual(expected);
});

describe('an opening', () => {
  const opening = readSpecimen('InquiryReceived');

  test('is not acknowledged where intake says so', () => {
    const silent = { ...opening, received: { ...opening.received, acknowledge: false } };
    expect(computeOwedNotices(undefined, silent, foldAll([silent]))).toEqual([]);
  });

  test('without an address, as by phone, is acknowledged to nobody', () => {
    const { address: _, ...nameless } = opening.received.requester;
    const called = { ...opening, received: { ...opening.received, requester: nameless } };
    expect(computeOwedNotices(undefined, called, foldAll([called]))).toEqual([]);
  });

  test('quarantined for a limit notifies its sender too', () => {
    expect(
      owed(
        makeInquiryIn('quarantined'),
        readSpecimenWith('InquiryQuarantined', { tellSender: true }),
      ),
    ).toEqual(['quarantined to leads', `over-limit to ${participant}`]);
  });
});

describe('a reply', () => {
  test('goes to nobody whose mail has permanently failed', () => {
    const failed = readSpecimenWith('DeliveryFailed', { address: EmailAddress.parse(participant) });
    expect(owed(evolve(assigned, failed), readSpecimen('ReplyPosted'))).toEqual([
      `reply to ${requester}`,
    ]);
  });

  test('does not go back to the participant who wrote it', () => {
    const { message } = readSpecimen('ReplyPosted');
    const reply = readSpecimenWith('ReplyPosted', {
      message: { ...message, from: { address: EmailAddress.parse(participant) } },
    });
    expect(owed(assigned, reply)).toEqual([`reply to ${requester}`]);
  });

  test('goes once to each, though somebody is listed twice or is the requester', () => {
    const [party] = assigned.participants;
    const crowded = {
      ...assigned,
      participants: [
        party,
        party,
        { address: EmailAddress.parse(requester) },
        { name: '電話' },
      ].filter((one) => one !== undefined),
    };
    expect(owed(crowded, readSpecimen('ReplyPosted'))).toEqual([
      `reply to ${requester}`,
      `reply to ${participant}`,
    ]);
  });
});

describe('a resolution', () => {
  test.each([
    ['is silent', assigned, readSpecimenWith('InquiryResolved', { silent: true })],
    [
      'is the requester’s own',
      assigned,
      readSpecimenWith('InquiryResolved', { by: readSpecimen('InquiryRated').by }),
    ],
    [
      'is of a call entered late',
      {
        ...assigned,
        call: {
          startedAt: minutesAfterMorning(0),
          endedAt: minutesAfterMorning(5),
          outcome: 'resolved' as const,
          late: true,
        },
      },
      readSpecimen('InquiryResolved'),
    ],
  ])('that %s notifies nobody', (_, before, event) => {
    expect(owed(before, event)).toEqual([]);
  });
});

describe('an agent', () => {
  test('is notified when a lead takes the inquiry away, and not of their own transfer', () => {
    const byLead = readSpecimenWith('InquiryTransferred', {
      by: readSpecimen('QuarantineDiscarded').by,
    });
    expect(owed(makeInquiryIn('in_progress'), byLead)).toEqual(['transferred to operator-a1']);
  });

  test('is not notified of a machine’s message, nor anybody of one that nobody holds', () => {
    const { message } = readSpecimen('MessageReceived');
    const machine = readSpecimenWith('MessageReceived', {
      message: { ...message, kind: 'machine' },
    });
    expect(owed(makeInquiryIn('in_progress'), machine)).toEqual([]);
    expect(owed(makeInquiryIn('queued'), readSpecimen('MessageReceived'))).toEqual([]);
  });

  test('who holds it hears of a lasting failure; without one the leads do', () => {
    expect(owed(makeInquiryIn('queued'), readSpecimen('DeliveryFailed'))).toEqual([
      'delivery-failed to leads',
    ]);
    expect(
      owed(makeInquiryIn('queued'), readSpecimenWith('DeliveryFailed', { permanent: false })),
    ).toEqual([]);
  });
});

describe('a step of an escalation', () => {
  const step = (tell: EventOf<'EscalationStepped'>['tell']) =>
    readSpecimenWith('EscalationStepped', { tell });
  const sub = Sub.parse('operator-a1');
  const address = EmailAddress.parse('duty@toritsugi.example');

  test('tells the desk, a person, an address and a webhook, each as it is named', () => {
    const everyone = step([
      { to: 'desk' },
      { to: 'person', sub: Sub.parse('staff-1') },
      { to: 'address', address },
      { to: 'webhook', webhook: WebhookId.parse('duty-room') },
    ]);
    expect(owed(makeInquiryIn('in_progress'), everyone)).toEqual([
      'sla-breach to desk bpo',
      'sla-breach to staff-1',
      `sla-breach to ${address}`,
      'sla-breach to webhook duty-room',
    ]);
  });

  test('notifies once who is a recipient in two ways', () => {
    const twice = step([{ to: 'holder' }, { to: 'person', sub }]);
    expect(owed(makeInquiryIn('in_progress'), twice)).toEqual(['sla-breach to operator-a1']);
  });

  test('that would reach nobody reaches the leads', () => {
    expect(owed(makeInquiryIn('queued'), step([{ to: 'holder' }]))).toEqual([
      'sla-breach to leads',
    ]);
    const failed = evolve(makeInquiryIn('queued'), readSpecimenWith('DeliveryFailed', { address }));
    expect(owed(failed, step([{ to: 'address', address }]))).toEqual(['sla-breach to leads']);
  });

  test.each([
    ['warning', 'sla-warning'],
    ['breach', 'sla-breach'],
    ['emergency', 'emergency'],
  ] as const)('because of a %s is a notice of its kind', (reason, kind) => {
    const event = readSpecimenWith('EscalationStepped', { reason, tell: [{ to: 'leads' }] });
    expect(owed(makeInquiryIn('queued'), event)).toEqual([`${kind} to leads`]);
  });
});

test('the notices of any event on any inquiry have keys of their own', () => {
  fc.assert(
    fc.property(generatedInquiry, generatedEvent, (before, event) => {
      const after = evolve(before, event);
      const keys = computeOwedNotices(before, event, after).map((notice) =>
        noticeKeyOf({ ...notice, seq: after.version }),
      );
      expect(new Set(keys).size).toBe(keys.length);
    }),
    runs(200),
  );
});

test('nothing is owed to an address at which mail has permanently failed', () => {
  fc.assert(
    fc.property(generatedInquiry, generatedEvent, (before, event) => {
      const after = evolve(before, event);
      for (const { recipient } of computeOwedNotices(before, event, after)) {
        if (recipient.to === 'address')
          expect(after.undeliverable).not.toContain(recipient.address);
      }
    }),
    runs(200),
  );
});

describe('a planned notice', () => {
  test('names the event that owes it by its place, and is owed since then', () => {
    const before = foldAll(eventsUntilStatus('queued'));
    const now = minutesAfterMorning(30);
    const assignment = readSpecimenWith('InquiryAssigned', { at: now });
    const pendingAppend = planAppend(
      specimenInquiryId,
      { inquiry: before },
      {
        events: [
          readSpecimen('NotePosted'),
          assignment,
          readSpecimenWith('ReplyPosted', { at: now }),
        ],
      },
      { serviceLevels: shippedServiceLevels },
      now,
    );
    if (isRefusal(pendingAppend)) throw new TypeError(pendingAppend.detail);
    expect(pendingAppend.notices.map(({ kind, seq }) => [kind, seq])).toEqual([
      ['assigned', before.version + 2],
      ['reply', before.version + 3],
      ['reply', before.version + 3],
    ]);
    expect(pendingAppend.notices[0]).toEqual({
      inquiryId: specimenInquiryId,
      seq: before.version + 2,
      kind: 'assigned',
      recipient: { to: 'person', sub: Sub.parse('staff-1') },
      state: 'pending',
      owedAt: now,
      attempts: 0,
    });
  });

  test('sorts by its event, then kind and recipient', () => {
    const address = EmailAddress.parse(requester);
    expect(noticeKeyOf({ seq: 7, kind: 'reply', recipient: { to: 'address', address } })).toBe(
      `00000007#reply#${requester}`,
    );
    expect(
      noticeKeyOf({ seq: 7, kind: 'assigned', recipient: { to: 'person', sub: Sub.parse('a') } }),
    ).toBe('00000007#assigned#sub:a');
    expect(noticeKeyOf({ seq: 7, kind: 'quarantined', recipient: { to: 'leads' } })).toBe(
      '00000007#quarantined#leads',
    );
  });
});

test('all mail is automatic but what a person wrote', () => {
  expect(NoticeKind.options.filter((kind) => !isAutomaticNotice(kind))).toEqual([
    'reply',
    'resolution',
  ]);
});
