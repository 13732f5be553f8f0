import { describe, expect, test } from 'vitest';
import { type EventType, InquiryEvent } from '../../../../core/inquiry/events/events.ts';
import { createSnapshot, evolve, foldEvents } from '../../../../core/inquiry/evolve.ts';
import { Inquiry } from '../../../../core/inquiry/snapshot.ts';
import { isLegalTransition } from '../../../../core/inquiry/transitions.ts';
import {
  eventTypes,
  listSpecimenTypes,
  listSpecimenVersions,
  readRawSpecimen,
  readSpecimen,
  specimenInquiryId,
} from '../../../support/specimens.ts';

test('every event type has a specimen, and every specimen an event type', () => {
  expect(listSpecimenTypes().sort()).toEqual([...eventTypes].sort());
});

describe.each(eventTypes)('%s', (type) => {
  const versionField = InquiryEvent.options.find((option) => option.shape.type.value === type)
    ?.shape.v;

  test('has one specimen for each version up to the present one', () => {
    const present = versionField?.value ?? 0;
    expect(listSpecimenVersions(type)).toEqual(
      Array.from({ length: present }, (_, index) => index + 1),
    );
  });

  test('parses, and is written as it is stored', () => {
    for (const version of listSpecimenVersions(type)) {
      const raw = readRawSpecimen(type, version);
      expect(InquiryEvent.parse(raw)).toMatchObject(raw as object);
    }
  });

  test('refuses a field that nobody knows', () => {
    expect(InquiryEvent.safeParse({ ...readSpecimen(type), unknown: 1 }).success).toBe(false);
  });
});

const lives: Readonly<Record<string, readonly [EventType, ...EventType[]]>> = {
  'claimed, lost, released, transferred, assigned, answered, reopened and closed': [
    'InquiryReceived',
    'InquiryAnnounced',
    'InquiryRouted',
    'InquiryClaimed',
    'LeaseLost',
    'InquiryClaimed',
    'InquiryReleased',
    'InquiryClaimed',
    'NotePosted',
    'InquiryTransferred',
    'InquiryAssigned',
    'AssignmentDeclined',
    'InquiryAssigned',
    'AssignmentAccepted',
    'ReplyPosted',
    'RequesterAwaited',
    'RequesterReminded',
    'MessageReceived',
    'InquiryResumed',
    'InquiryAmended',
    'InquiryAssigned',
    'InquiryResolved',
    'DeliveryFailed',
    'InquiryRated',
    'InquiryReopened',
    'InquiryAbsorbed',
    'InquiryAssigned',
    'InquiryResolved',
    'InquiryClosed',
  ],
  'quarantined, admitted and merged': [
    'InquiryQuarantined',
    'QuarantineAged',
    'InquiryAdmitted',
    'InquiryMerged',
  ],
  'quarantined and discarded': ['InquiryQuarantined', 'QuarantineDiscarded'],
  'missed, told, acknowledged, reckoned anew and reviewed': [
    'InquiryReceived',
    'InquiryRouted',
    'ClockWarned',
    'ClockBreached',
    'EscalationStepped',
    'EscalationAcknowledged',
    'ClocksReckoned',
    'NoReplyNeeded',
    'BreachReviewed',
  ],
  'waiting for nobody, then shown more to its vendor': [
    'InquiryReceived',
    'InquiryRouted',
    'NobodyFound',
    'InquiryClaimed',
    'UnmaskingAsked',
    'UnmaskingSettled',
  ],
  'received and withdrawn': ['InquiryReceived', 'InquiryWithdrawn'],
};

test('what an event carries of clocks, escalations and versions is copied', () => {
  const routed = evolve(
    createSnapshot(specimenInquiryId, readSpecimen('InquiryReceived')),
    readSpecimen('InquiryRouted'),
  );
  const breached = evolve(routed, readSpecimen('ClockBreached'));
  const stepped = evolve(breached, readSpecimen('EscalationStepped'));
  const computed = evolve(stepped, readSpecimen('ClocksReckoned'));
  expect(breached).toMatchObject({
    clocks: readSpecimen('ClockBreached').clocks,
    escalations: readSpecimen('ClockBreached').escalations,
  });
  expect(stepped.clocks).toEqual(breached.clocks);
  expect(stepped.escalations).toEqual(readSpecimen('EscalationStepped').escalations);
  expect(computed).toMatchObject({ levels: { calendars: 1 }, escalations: stepped.escalations });
});

describe('the lives that the specimens tell', () => {
  test('leave no type out', () => {
    expect(new Set(Object.values(lives).flat())).toEqual(new Set(eventTypes));
  });

  test.each(Object.entries(lives))(
    '%s: each event follows legally, and the sum is an inquiry',
    (_, life) => {
      const [opening, ...rest] = life.map((type) => readSpecimen(type));
      if (opening?.type !== 'InquiryReceived' && opening?.type !== 'InquiryQuarantined') {
        throw new TypeError('a life begins with an opening');
      }
      let inquiry = createSnapshot(specimenInquiryId, opening);
      for (const event of rest) {
        expect(
          isLegalTransition(inquiry.status, event.type),
          `${event.type} while ${inquiry.status}`,
        ).toBe(true);
        inquiry = evolve(inquiry, event);
      }
      expect(Inquiry.parse(JSON.parse(JSON.stringify(inquiry)))).toEqual(inquiry);
      expect(inquiry.version).toBe(life.length);
    },
  );

  test('the longest ends closed, at the staff desk, with what happened in it', () => {
    const [life] = Object.values(lives);
    const inquiry = foldEvents(
      specimenInquiryId,
      (life ?? []).map((type) => readSpecimen(type)),
    );
    expect(inquiry).toMatchObject({
      number: 'HD-7K3M-9QX5',
      status: 'closed',
      desk: 'staff',
      priority: 'medium',
      vendors: ['vendor-a'],
      fence: 2,
      resolutions: 2,
      rating: { score: 4, resolution: 1 },
      links: ['0199a0c4-5a10-7c33-9d41-6f2b8e0a1c55'],
      undeliverable: ['employee-3@toritsugi.example'],
      messages: 6,
    });
    expect(inquiry?.holder).toBeUndefined();
  });
});
