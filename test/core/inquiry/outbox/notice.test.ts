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
import { foldAll, inquiryIn, lifeTo } from '../../../support/inquiries.ts';
import { eventTypes, inquiryId, like, minutesLater, specimen } from '../../../support/specimens.ts';

const requester = 'employee-1@toritsugi.example';
const participant = 'employee-2@toritsugi.example';
const assigned = evolve(inquiryIn('queued'), specimen('InquiryAssigned'));

/** The notices an event owes after an inquiry, as `kind to whom`. */
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

/** Who is told of the specimen of each event, in the inquiry in which it happens. */
const table: Readonly<Record<EventType, readonly [Inquiry, readonly string[]]>> = {
  InquiryReceived: [inquiryIn('new'), [`acknowledgement to ${requester}`]],
  InquiryQuarantined: [inquiryIn('quarantined'), ['quarantined to leads']],
  QuarantineAged: [inquiryIn('quarantined'), ['quarantined to leads']],
  InquiryAdmitted: [inquiryIn('quarantined'), []],
  QuarantineDiscarded: [inquiryIn('quarantined'), []],
  InquiryAnnounced: [inquiryIn('new'), []],
  InquiryRouted: [inquiryIn('new'), []],
  InquiryClaimed: [inquiryIn('queued'), []],
  InquiryAssigned: [inquiryIn('queued'), ['assigned to staff-1']],
  AssignmentAccepted: [assigned, []],
  AssignmentDeclined: [assigned, []],
  InquiryReleased: [inquiryIn('in_progress'), []],
  LeaseLost: [inquiryIn('in_progress'), ['lease-lost to operator-a1']],
  InquiryTransferred: [inquiryIn('in_progress'), []],
  MessageReceived: [inquiryIn('in_progress'), ['message-arrived to operator-a1']],
  ReplyPosted: [assigned, [`reply to ${requester}`, `reply to ${participant}`]],
  NotePosted: [inquiryIn('in_progress'), []],
  RequesterAwaited: [inquiryIn('in_progress'), []],
  RequesterReminded: [inquiryIn('waiting'), [`reminder to ${requester}`]],
  InquiryResumed: [inquiryIn('waiting'), []],
  InquiryResolved: [assigned, [`resolution to ${requester}`]],
  InquiryReopened: [inquiryIn('resolved'), []],
  InquiryWithdrawn: [inquiryIn('queued'), []],
  InquiryClosed: [inquiryIn('resolved'), []],
  InquiryMerged: [inquiryIn('queued'), []],
  InquiryAbsorbed: [inquiryIn('queued'), []],
  InquiryAmended: [inquiryIn('queued'), []],
  DeliveryFailed: [inquiryIn('in_progress'), ['delivery-failed to operator-a1']],
  InquiryRated: [inquiryIn('resolved'), []],
  NoReplyNeeded: [inquiryIn('in_progress'), []],
  ClocksReckoned: [inquiryIn('in_progress'), []],
  ClockWarned: [inquiryIn('in_progress'), []],
  ClockBreached: [inquiryIn('in_progress'), []],
  EscalationStepped: [
    inquiryIn('in_progress'),
    ['sla-breach to operator-a1', 'sla-breach to leads'],
  ],
  EscalationAcknowledged: [inquiryIn('in_progress'), []],
  BreachReviewed: [inquiryIn('closed'), []],
  NobodyFound: [inquiryIn('queued'), ['nobody-found to leads']],
  UnmaskingAsked: [inquiryIn('in_progress'), ['unmasking-asked to leads']],
  UnmaskingSettled: [inquiryIn('in_progress'), ['unmasking-settled to operator-a1']],
};

test.each(eventTypes)('%s is told to whom it concerns', (type) => {
  const [before, expected] = table[type];
  expect(owed(before, specimen(type))).toEqual(expected);
});

describe('an opening', () => {
  const opening = specimen('InquiryReceived');

  test('is not acknowledged where intake says so', () => {
    const silent = { ...opening, received: { ...opening.received, acknowledge: false } };
    expect(computeOwedNotices(undefined, silent, foldAll([silent]))).toEqual([]);
  });

  test('without an address, as by phone, is acknowledged to nobody', () => {
    const { address: _, ...nameless } = opening.received.requester;
    const called = { ...opening, received: { ...opening.received, requester: nameless } };
    expect(computeOwedNotices(undefined, called, foldAll([called]))).toEqual([]);
  });

  test('quarantined for a limit is told to its sender too', () => {
    expect(
      owed(inquiryIn('quarantined'), like('InquiryQuarantined', { tellSender: true })),
    ).toEqual(['quarantined to leads', `over-limit to ${participant}`]);
  });
});

describe('a reply', () => {
  test('goes to nobody whose mail has permanently failed', () => {
    const failed = like('DeliveryFailed', { address: EmailAddress.parse(participant) });
    expect(owed(evolve(assigned, failed), specimen('ReplyPosted'))).toEqual([
      `reply to ${requester}`,
    ]);
  });

  test('does not go back to the participant who wrote it', () => {
    const { message } = specimen('ReplyPosted');
    const reply = like('ReplyPosted', {
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
    expect(owed(crowded, specimen('ReplyPosted'))).toEqual([
      `reply to ${requester}`,
      `reply to ${participant}`,
    ]);
  });
});

describe('a resolution', () => {
  test.each([
    ['is silent', assigned, like('InquiryResolved', { silent: true })],
    [
      'is the requester’s own',
      assigned,
      like('InquiryResolved', { by: specimen('InquiryRated').by }),
    ],
    [
      'is of a call entered late',
      {
        ...assigned,
        call: {
          startedAt: minutesLater(0),
          endedAt: minutesLater(5),
          outcome: 'resolved' as const,
          late: true,
        },
      },
      specimen('InquiryResolved'),
    ],
  ])('that %s is told to nobody', (_, before, event) => {
    expect(owed(before, event)).toEqual([]);
  });
});

describe('an agent', () => {
  test('is told when a lead takes the inquiry away, and not of their own transfer', () => {
    const byLead = like('InquiryTransferred', { by: specimen('QuarantineDiscarded').by });
    expect(owed(inquiryIn('in_progress'), byLead)).toEqual(['transferred to operator-a1']);
  });

  test('is not told of a machine’s message, nor anybody of one that nobody holds', () => {
    const { message } = specimen('MessageReceived');
    const machine = like('MessageReceived', { message: { ...message, kind: 'machine' } });
    expect(owed(inquiryIn('in_progress'), machine)).toEqual([]);
    expect(owed(inquiryIn('queued'), specimen('MessageReceived'))).toEqual([]);
  });

  test('who holds it hears of a lasting failure; without one the leads do', () => {
    expect(owed(inquiryIn('queued'), specimen('DeliveryFailed'))).toEqual([
      'delivery-failed to leads',
    ]);
    expect(owed(inquiryIn('queued'), like('DeliveryFailed', { permanent: false }))).toEqual([]);
  });
});

describe('a step of an escalation', () => {
  const step = (tell: EventOf<'EscalationStepped'>['tell']) => like('EscalationStepped', { tell });
  const sub = Sub.parse('operator-a1');
  const address = EmailAddress.parse('duty@toritsugi.example');

  test('tells the desk, a person, an address and a webhook, each as it is named', () => {
    const everyone = step([
      { to: 'desk' },
      { to: 'person', sub: Sub.parse('staff-1') },
      { to: 'address', address },
      { to: 'webhook', webhook: WebhookId.parse('duty-room') },
    ]);
    expect(owed(inquiryIn('in_progress'), everyone)).toEqual([
      'sla-breach to desk bpo',
      'sla-breach to staff-1',
      `sla-breach to ${address}`,
      'sla-breach to webhook duty-room',
    ]);
  });

  test('tells once who is told in two ways', () => {
    const twice = step([{ to: 'holder' }, { to: 'person', sub }]);
    expect(owed(inquiryIn('in_progress'), twice)).toEqual(['sla-breach to operator-a1']);
  });

  test('that would reach nobody reaches the leads', () => {
    expect(owed(inquiryIn('queued'), step([{ to: 'holder' }]))).toEqual(['sla-breach to leads']);
    const failed = evolve(inquiryIn('queued'), like('DeliveryFailed', { address }));
    expect(owed(failed, step([{ to: 'address', address }]))).toEqual(['sla-breach to leads']);
  });

  test.each([
    ['warning', 'sla-warning'],
    ['breach', 'sla-breach'],
    ['emergency', 'emergency'],
  ] as const)('because of a %s is a notice of its kind', (reason, kind) => {
    const event = like('EscalationStepped', { reason, tell: [{ to: 'leads' }] });
    expect(owed(inquiryIn('queued'), event)).toEqual([`${kind} to leads`]);
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
    { numRuns: 500 },
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
    { numRuns: 500 },
  );
});

describe('a planned notice', () => {
  test('names the event that owes it by its place, and is owed since then', () => {
    const before = foldAll(lifeTo('queued'));
    const now = minutesLater(30);
    const assignment = like('InquiryAssigned', { at: now });
    const appending = planAppend(
      inquiryId,
      { inquiry: before },
      { events: [specimen('NotePosted'), assignment, like('ReplyPosted', { at: now })] },
      { serviceLevels: shippedServiceLevels },
      now,
    );
    if (isRefusal(appending)) throw new TypeError(appending.detail);
    expect(appending.notices.map(({ kind, seq }) => [kind, seq])).toEqual([
      ['assigned', before.version + 2],
      ['reply', before.version + 3],
      ['reply', before.version + 3],
    ]);
    expect(appending.notices[0]).toEqual({
      inquiryId,
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
