import { describe, expect, test } from 'vitest';
import { planAppend } from '../../../core/inquiry/decide-and-append.ts';
import {
  decideContinuation,
  type InquiryContinuation,
  isOpenToMessages,
} from '../../../core/inquiry/decide-continuation.ts';
import { isRefusal } from '../../../core/inquiry/refusal.ts';
import { type Inquiry, InquiryStatus } from '../../../core/inquiry/snapshot.ts';
import { shippedServiceLevels } from '../../../core/inquiry/terms/shipped-service-levels.ts';
import { defaultDeskTerms, makeInquiryIn } from '../../support/inquiries.ts';
import { minutesAfterMorning, readSpecimen, specimenInquiryId } from '../../support/specimens.ts';

const now = minutesAfterMorning(24 * 60);
const { by, message, joined, source } = readSpecimen('MessageReceived');
const continuation: InquiryContinuation = { by, message, joined, effective: true };

const typesOf = (inquiry: Inquiry, effective: boolean) =>
  decideContinuation(inquiry, { ...continuation, effective }, defaultDeskTerms, now).map(
    (event) => event.type,
  );

describe('a message with effect', () => {
  test.each([
    ['new', ['MessageReceived']],
    ['queued', ['MessageReceived']],
    ['in_progress', ['MessageReceived']],
    ['waiting', ['MessageReceived', 'InquiryResumed']],
    ['resolved', ['MessageReceived', 'InquiryReopened']],
    ['closed', ['MessageReceived', 'InquiryReopened']],
  ] as const)('while %s makes %j', (status, types) => {
    expect(typesOf(makeInquiryIn(status), true)).toEqual(types);
  });

  test('resumes at the same desk, which is told again in a day', () => {
    expect(
      decideContinuation(makeInquiryIn('waiting'), continuation, defaultDeskTerms, now)[1],
    ).toMatchObject({
      desk: 'bpo',
      reason: 'requester-replied',
      at: now,
      announceAt: minutesAfterMorning(48 * 60),
    });
  });

  test('reopens for routing what never had a desk', () => {
    const { desk: _, ...onTheCall } = makeInquiryIn('resolved');
    const [, reopened] = decideContinuation(onTheCall, continuation, defaultDeskTerms, now);
    expect(reopened).toMatchObject({
      type: 'InquiryReopened',
      announceAt: minutesAfterMorning(24 * 60 + 1),
    });
    expect(reopened).not.toHaveProperty('desk');
  });
});

test.each(['new', 'queued', 'in_progress', 'waiting', 'resolved', 'closed'] as const)(
  'a message without effect is only shown, also while %s',
  (status) => {
    expect(typesOf(makeInquiryIn(status), false)).toEqual(['MessageReceived']);
  },
);

test.each(InquiryStatus.options)(
  'what a message makes while %s may follow, where messages are taken',
  (status) => {
    const inquiry = makeInquiryIn(status);
    if (!isOpenToMessages(inquiry, now)) {
      expect(['merged', 'quarantined']).toContain(status);
      return;
    }
    const events = decideContinuation(inquiry, continuation, defaultDeskTerms, now);
    expect(
      isRefusal(
        planAppend(
          specimenInquiryId,
          { inquiry },
          { events },
          { serviceLevels: shippedServiceLevels },
          now,
        ),
      ),
    ).toBe(false);
  },
);

test('the source’s facts are kept with the message when there are any', () => {
  const [plain] = decideContinuation(makeInquiryIn('new'), continuation, defaultDeskTerms, now);
  expect(plain).not.toHaveProperty('source');
  if (source === undefined) throw new TypeError('the specimen has a source');
  const [sourced] = decideContinuation(
    makeInquiryIn('new'),
    { ...continuation, source },
    defaultDeskTerms,
    now,
  );
  expect(sourced).toMatchObject({ source });
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
