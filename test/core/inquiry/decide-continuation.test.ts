import { describe, expect, test } from 'vitest';
import {
  decideContinuation,
  type InquiryContinuation,
  isOpenToMessages,
} from '../../../core/inquiry/decide-continuation.ts';
import { type Inquiry, InquiryStatus } from '../../../core/inquiry/snapshot.ts';
import { makeInquiryIn } from '../../support/inquiries.ts';
import { minutesAfterMorning, readSpecimen } from '../../support/specimens.ts';
import { given } from '../inquiry-specification.ts';

const now = minutesAfterMorning(24 * 60);
const { by, message, joined, source } = readSpecimen('MessageReceived');

/** A message continues an inquiry, with effect unless said. */
const whenContinued = (inquiry: Inquiry, changes: Partial<InquiryContinuation> = {}) =>
  given({ inquiry }).whenDecided(now, (loaded, terms) => {
    const continuation = { by, message, joined, effective: true, ...changes };
    return { events: decideContinuation(loaded.inquiry, continuation, terms, now) };
  });

describe('a message with effect', () => {
  test.each([
    ['new', ['MessageReceived']],
    ['queued', ['MessageReceived']],
    ['in_progress', ['MessageReceived']],
    ['waiting', ['MessageReceived', 'InquiryResumed']],
    ['resolved', ['MessageReceived', 'InquiryReopened']],
    ['closed', ['MessageReceived', 'InquiryReopened']],
  ] as const)('while %s makes %j', (status, types) => {
    whenContinued(makeInquiryIn(status)).thenEvents(...types);
  });

  test('resumes at the same desk, to which it is announced again in a day', () => {
    whenContinued(makeInquiryIn('waiting')).thenEvents('MessageReceived', {
      type: 'InquiryResumed',
      desk: 'bpo',
      reason: 'requester-replied',
      at: now,
      announceAt: minutesAfterMorning(48 * 60),
    });
  });

  test('reopens for routing what never had a desk', () => {
    const { desk: _, ...onTheCall } = makeInquiryIn('resolved');
    whenContinued(onTheCall).thenEvents('MessageReceived', {
      type: 'InquiryReopened',
      announceAt: minutesAfterMorning(24 * 60 + 1),
      desk: undefined,
    });
  });
});

test.each(['new', 'queued', 'in_progress', 'waiting', 'resolved', 'closed'] as const)(
  'a message without effect is only shown, also while %s',
  (status) => {
    whenContinued(makeInquiryIn(status), { effective: false }).thenEvents('MessageReceived');
  },
);

test.each(InquiryStatus.options)(
  'what a message makes while %s may follow, where messages are accepted',
  (status) => {
    const inquiry = makeInquiryIn(status);
    if (!isOpenToMessages(inquiry, now)) {
      expect(['merged', 'quarantined']).toContain(status);
      return;
    }
    // Every event is planned, which refuses what may not follow.
    expect(whenContinued(inquiry).inquiry.version).toBeGreaterThan(inquiry.version);
  },
);

test('the source’s facts are kept with the message when there are any', () => {
  whenContinued(makeInquiryIn('new')).thenEvents({ type: 'MessageReceived', source: undefined });
  if (source === undefined) throw new TypeError('the specimen has a source');
  whenContinued(makeInquiryIn('new'), { source }).thenEvents({ type: 'MessageReceived', source });
});

describe('a closed inquiry', () => {
  const closed = makeInquiryIn('closed');

  test('takes messages until its time to reopen is over', () => {
    expect(closed.reopenUntil).toBe('2026-04-18T02:30:00.000Z');
    expect(isOpenToMessages(closed, '2026-04-18T02:30:00.000Z' as typeof now)).toBe(true);
    expect(isOpenToMessages(closed, '2026-04-18T02:30:00.001Z' as typeof now)).toBe(false);
  });

  test('that was never resolved takes none', () => {
    const { reopenUntil: _, ...withdrawn } = closed;
    expect(isOpenToMessages(withdrawn, now)).toBe(false);
  });
});
