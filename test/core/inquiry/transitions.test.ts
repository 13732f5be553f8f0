import { describe, expect, test } from 'vitest';
import { planAppend } from '../../../core/inquiry/decide-and-append.ts';
import type { EventType } from '../../../core/inquiry/events/events.ts';
import { isRefusal } from '../../../core/inquiry/refusal.ts';
import { type Inquiry, InquiryStatus } from '../../../core/inquiry/snapshot.ts';
import { shippedServiceLevels } from '../../../core/inquiry/terms/shipped-service-levels.ts';
import { makeInquiryIn } from '../../support/inquiries.ts';
import {
  eventTypes,
  minutesAfterMorning,
  readSpecimen,
  specimenInquiryId,
} from '../../support/specimens.ts';

const anywhere = { DeliveryFailed: 'same' } as const;
const messages = { MessageReceived: 'same', NotePosted: 'same' } as const;
const open = {
  ...anywhere,
  ...messages,
  ReplyPosted: 'same',
  InquiryMerged: 'merged',
  InquiryAbsorbed: 'same',
  InquiryAmended: 'same',
  BreachReviewed: 'same',
} as const;
const unresolved = {
  ...open,
  ClocksReckoned: 'same',
  ClockWarned: 'same',
  ClockBreached: 'same',
  EscalationStepped: 'same',
  EscalationAcknowledged: 'same',
  InquiryTransferred: 'queued',
  InquiryResolved: 'resolved',
  InquiryWithdrawn: 'closed',
} as const;

const unmasking = { UnmaskingAsked: 'same', UnmaskingSettled: 'same' } as const;

/** Where each event leads from each status; an event that is not named may not follow. */
const expected: Readonly<
  Record<InquiryStatus | 'none', Partial<Readonly<Record<EventType, InquiryStatus | 'same'>>>>
> = {
  none: { InquiryReceived: 'new', InquiryQuarantined: 'quarantined' },
  new: { ...unresolved, InquiryAnnounced: 'same', InquiryRouted: 'queued' },
  queued: {
    ...unresolved,
    ...unmasking,
    NobodyFound: 'same',
    NoReplyNeeded: 'same',
    InquiryAnnounced: 'same',
    InquiryClaimed: 'in_progress',
    InquiryAssigned: 'in_progress',
  },
  in_progress: {
    ...unresolved,
    ...unmasking,
    NoReplyNeeded: 'same',
    AssignmentAccepted: 'same',
    AssignmentDeclined: 'queued',
    InquiryReleased: 'queued',
    LeaseLost: 'queued',
    RequesterAwaited: 'waiting',
  },
  waiting: {
    ...unresolved,
    ...unmasking,
    NoReplyNeeded: 'same',
    RequesterReminded: 'same',
    InquiryResumed: 'queued',
  },
  resolved: {
    ...open,
    ...unmasking,
    InquiryReopened: 'queued',
    InquiryClosed: 'closed',
    InquiryRated: 'same',
  },
  closed: {
    ...anywhere,
    ...messages,
    InquiryAbsorbed: 'same',
    InquiryReopened: 'queued',
    InquiryRated: 'same',
    BreachReviewed: 'same',
  },
  quarantined: {
    ...anywhere,
    QuarantineAged: 'same',
    InquiryAdmitted: 'new',
    QuarantineDiscarded: 'closed',
    InquiryMerged: 'merged',
  },
  merged: { BreachReviewed: 'same' },
};

describe.each(['none', ...InquiryStatus.options] as const)('while %s', (status) => {
  const before: Inquiry | undefined = status === 'none' ? undefined : makeInquiryIn(status);
  const outcomes = eventTypes.map((type) => {
    const pendingAppend = planAppend(
      specimenInquiryId,
      before && { inquiry: before },
      { events: [readSpecimen(type)] },
      { serviceLevels: shippedServiceLevels },
      minutesAfterMorning(0),
    );
    return { type, appending: pendingAppend };
  });
  const [legal, illegal] = [true, false].map((wanted) =>
    outcomes.filter(({ type }) => (expected[status][type] !== undefined) === wanted),
  );

  test('what may follow leads where it should', () => {
    for (const { type, appending: pendingAppend } of legal ?? []) {
      const to = expected[status][type];
      expect(isRefusal(pendingAppend), type).toBe(false);
      expect(pendingAppend, type).toMatchObject({ after: { status: to === 'same' ? status : to } });
    }
  });

  test('what may not follow is refused', () => {
    for (const { type, appending: pendingAppend } of illegal ?? []) {
      expect(pendingAppend, type).toMatchObject({ refused: 'inquiry.illegal-transition' });
    }
  });
});

test('an inquiry that never had a desk is new again when it is reopened', () => {
  const { desk: _, ...onTheCall } = makeInquiryIn('resolved');
  const { desk: __, ...reopened } = readSpecimen('InquiryReopened');
  expect(
    planAppend(
      specimenInquiryId,
      { inquiry: onTheCall },
      { events: [reopened] },
      { serviceLevels: shippedServiceLevels },
      minutesAfterMorning(0),
    ),
  ).toMatchObject({ after: { status: 'new' } });
});

test('a decision is refused whole when its second event may not follow its first', () => {
  expect(
    planAppend(
      specimenInquiryId,
      { inquiry: makeInquiryIn('queued') },
      { events: [readSpecimen('InquiryWithdrawn'), readSpecimen('InquiryClaimed')] },
      { serviceLevels: shippedServiceLevels },
      minutesAfterMorning(0),
    ),
  ).toMatchObject({ refused: 'inquiry.illegal-transition' });
});

test('a decision without events opens nothing', () => {
  expect(() =>
    planAppend(
      specimenInquiryId,
      undefined,
      { events: [] },
      { serviceLevels: shippedServiceLevels },
      minutesAfterMorning(0),
    ),
  ).toThrow(TypeError);
});
