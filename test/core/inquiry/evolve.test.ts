import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSnapshot, evolve, foldEvents } from '../../../core/inquiry/evolve.ts';
import { Inquiry, participantLimit } from '../../../core/inquiry/snapshot.ts';
import { EmailAddress, instantOf } from '../../../core/inquiry/values/ids.ts';
import {
  generatedEvent,
  generatedEventSequence,
  generatedInquiry,
  generatedOpening,
} from '../../support/generated-inquiries.ts';
import { generatedInquiryId } from '../../support/generated-values.ts';
import { eventsUntilStatus, foldAll, makeInquiryIn } from '../../support/inquiries.ts';
import { readSpecimen, readSpecimenWith, specimenInquiryId } from '../../support/specimens.ts';
import { runs } from '../../support/volumes.ts';

function frozen<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) frozen(part);
    Object.freeze(value);
  }
  return value;
}

const stored = (inquiry: Inquiry) => JSON.parse(JSON.stringify(inquiry));

describe('evolve', () => {
  test('is total and pure: any event on any inquiry makes the next version and changes neither', () => {
    fc.assert(
      fc.property(generatedInquiry, generatedEvent, (inquiry, event) => {
        const after = evolve(frozen(inquiry), frozen(event));
        expect(after.version).toBe(inquiry.version + 1);
        expect(evolve(inquiry, event)).toEqual(after);
      }),
      runs(150),
    );
  });

  test('keeps id, number and what was never this event’s to change', () => {
    fc.assert(
      fc.property(generatedInquiry, generatedEvent, (inquiry, event) => {
        const after = evolve(inquiry, event);
        expect([after.id, after.number]).toEqual([inquiry.id, inquiry.number]);
        expect(after.resolutions).toBeGreaterThanOrEqual(inquiry.resolutions);
        expect(after.vendors).toEqual(expect.arrayContaining(inquiry.vendors));
      }),
    );
  });
});

describe('a life', () => {
  test('folds into a snapshot that its schema accepts, again after storage', () => {
    fc.assert(
      fc.property(generatedEventSequence, ({ id, events }) => {
        const inquiry = foldEvents(id, events);
        expect(inquiry?.version).toBe(events.length);
        const read = Inquiry.parse(stored(inquiry as Inquiry));
        expect(read).toEqual(inquiry);
      }),
      runs(60),
    );
  });

  test('folds to the same whether its snapshot was stored on the way or not', () => {
    fc.assert(
      fc.property(generatedEventSequence, fc.nat(), ({ id, events }, cut) => {
        const split = 1 + (cut % events.length);
        const halfway = foldEvents(id, events.slice(0, split)) as Inquiry;
        const resumed = events.slice(split).reduce(evolve, stored(halfway) as Inquiry);
        expect(stored(resumed)).toEqual(stored(foldEvents(id, events) as Inquiry));
      }),
      runs(80),
    );
  });

  test('has a holder exactly while it is in progress', () => {
    fc.assert(
      fc.property(generatedEventSequence, ({ id, events }) => {
        const inquiry = foldEvents(id, events) as Inquiry;
        expect(inquiry.holder !== undefined).toBe(inquiry.status === 'in_progress');
      }),
    );
  });

  test('that begins with no opening is none', () => {
    expect(foldEvents(specimenInquiryId, [])).toBeUndefined();
    expect(foldEvents(specimenInquiryId, [readSpecimen('InquiryRouted')])).toBeUndefined();
  });

  test('begins at version 1, whatever opens it', () => {
    fc.assert(
      fc.property(generatedInquiryId, generatedOpening, (id, opening) => {
        expect(createSnapshot(id, opening)).toMatchObject({
          id,
          version: 1,
          number: opening.number,
        });
      }),
    );
  });
});

describe('what an event copies', () => {
  test('a quarantined input is announced, takes its requester and loses its mark when admitted', () => {
    const admitted = foldAll([readSpecimen('InquiryQuarantined'), readSpecimen('InquiryAdmitted')]);
    expect(admitted).toMatchObject({
      status: 'new',
      announceAt: '2026-04-02T04:01:00.000Z',
      number: readSpecimen('InquiryQuarantined').number,
      messages: 1,
    });
    expect(admitted.quarantine).toBeUndefined();
  });

  test('nothing is due any more once it is closed, withdrawn, discarded or merged', () => {
    for (const ended of [
      makeInquiryIn('closed'),
      evolve(makeInquiryIn('queued'), readSpecimen('InquiryWithdrawn')),
      evolve(makeInquiryIn('quarantined'), readSpecimen('QuarantineDiscarded')),
      makeInquiryIn('merged'),
    ]) {
      const { holder, announceAt, remindAt, closeAt } = ended;
      expect({ holder, announceAt, remindAt, closeAt }).toEqual({});
    }
  });

  test('an accepted assignment is no longer offered', () => {
    const assigned = evolve(makeInquiryIn('queued'), readSpecimen('InquiryAssigned'));
    expect(assigned.holder?.offeredUntil).toBe('2026-04-01T01:01:01.000Z');
    const accepted = evolve(assigned, readSpecimen('AssignmentAccepted'));
    expect(accepted.holder?.offeredUntil).toBeUndefined();
    expect(accepted.holder?.acceptedAt).toBe('2026-04-01T00:40:00.000Z');
  });

  test('each holder’s fence is kept as the highest after the holder is gone', () => {
    const released = evolve(makeInquiryIn('in_progress'), readSpecimen('InquiryReleased'));
    expect(released).toMatchObject({ fence: 1, status: 'queued' });
  });

  test('the reminders begin again each time the requester is awaited', () => {
    const reminded = foldAll([...eventsUntilStatus('waiting'), readSpecimen('RequesterReminded')]);
    expect(reminded.reminded).toBe(1);
    const again = [
      readSpecimen('InquiryResumed'),
      readSpecimen('InquiryAssigned'),
      readSpecimen('RequesterAwaited'),
    ].reduce(evolve, reminded);
    expect(again.reminded).toBe(0);
  });

  test('a reopened inquiry waits again and is neither resolved nor closed', () => {
    const reopened = evolve(makeInquiryIn('closed'), readSpecimen('InquiryReopened'));
    expect(reopened).toMatchObject({ status: 'queued', queuedAt: '2026-04-06T00:00:00.000Z' });
    expect([reopened.resolvedAt, reopened.closedAt, reopened.closedBy]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('a failure that is not permanent leaves the address deliverable', () => {
    const failed = readSpecimen('DeliveryFailed');
    expect(evolve(makeInquiryIn('queued'), { ...failed, permanent: false }).undeliverable).toEqual(
      [],
    );
    const twice = [failed, failed].reduce(evolve, makeInquiryIn('queued'));
    expect(twice.undeliverable).toEqual([failed.address]);
  });

  test('participants join once, and at most fifty are remembered', () => {
    const address = (index: number) => EmailAddress.parse(`person-${index}@toritsugi.example`);
    const joined = Array.from({ length: 40 }, (_, index) => ({ address: address(index) }));
    const more = Array.from({ length: 40 }, (_, index) => ({ address: address(index + 20) }));
    const crowded = [
      readSpecimenWith('MessageReceived', { joined }),
      readSpecimenWith('MessageReceived', { joined: more }),
    ].reduce(evolve, makeInquiryIn('queued'));
    expect(crowded.participants).toHaveLength(participantLimit);
    expect(new Set(crowded.participants.map((party) => party.address)).size).toBe(participantLimit);
  });

  test('the latest ten Message-IDs are kept for References, oldest first', () => {
    const message = readSpecimen('MessageReceived').message;
    const busy = Array.from({ length: 12 }, (_, index) =>
      readSpecimenWith('MessageReceived', {
        message: { ...message, messageId: `${index}@x.example` },
      }),
    ).reduce(evolve, makeInquiryIn('queued'));
    expect(busy.references).toEqual(
      Array.from({ length: 10 }, (_, index) => `${index + 2}@x.example`),
    );
    expect(busy.messages).toBe(13);
  });

  test('an amendment changes what it names and leaves the rest', () => {
    const before = makeInquiryIn('queued');
    const { category: _c, tags: _t, ...priorityOnly } = readSpecimen('InquiryAmended');
    expect(evolve(before, priorityOnly)).toEqual({
      ...before,
      priority: 'medium',
      version: before.version + 1,
    });
  });

  test('an announcement counts, and says when the next is due', () => {
    const announced = evolve(
      makeInquiryIn('new'),
      readSpecimenWith('InquiryAnnounced', { attempt: 3, announceAt: instantOf(0) }),
    );
    expect(announced).toMatchObject({ announced: 3, announceAt: instantOf(0), status: 'new' });
  });
});
