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
import { inquiryIn, terms } from '../../support/inquiries.ts';
import { inquiryId, minutesLater, specimen } from '../../support/specimens.ts';

const now = minutesLater(24 * 60);
const { by, message, joined, source } = specimen('MessageReceived');
const continuation: InquiryContinuation = { by, message, joined, effective: true };

const typesOf = (inquiry: Inquiry, effective: boolean) =>
  decideContinuation(inquiry, { ...continuation, effective }, terms, now).map(
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
    expect(typesOf(inquiryIn(status), true)).toEqual(types);
  });

  test('resumes at the same desk, which is told again in a day', () => {
    expect(decideContinuation(inquiryIn('waiting'), continuation, terms, now)[1]).toMatchObject({
      desk: 'bpo',
      reason: 'requester-replied',
      at: now,
      announceAt: minutesLater(48 * 60),
    });
  });

  test('reopens for routing what never had a desk', () => {
    const { desk: _, ...onTheCall } = inquiryIn('resolved');
    const [, reopened] = decideContinuation(onTheCall, continuation, terms, now);
    expect(reopened).toMatchObject({
      type: 'InquiryReopened',
      announceAt: minutesLater(24 * 60 + 1),
    });
    expect(reopened).not.toHaveProperty('desk');
  });
});

test.each(['new', 'queued', 'in_progress', 'waiting', 'resolved', 'closed'] as const)(
  'a message without effect is only shown, also while %s',
  (status) => {
    expect(typesOf(inquiryIn(status), false)).toEqual(['MessageReceived']);
  },
);

test.each(InquiryStatus.options)(
  'what a message makes while %s may follow, where messages are taken',
  (status) => {
    const inquiry = inquiryIn(status);
    if (!isOpenToMessages(inquiry, now)) {
      expect(['merged', 'quarantined']).toContain(status);
      return;
    }
    const events = decideContinuation(inquiry, continuation, terms, now);
    expect(
      isRefusal(
        planAppend(
          inquiryId,
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
  const [plain] = decideContinuation(inquiryIn('new'), continuation, terms, now);
  expect(plain).not.toHaveProperty('source');
  if (source === undefined) throw new TypeError('the specimen has a source');
  const [sourced] = decideContinuation(inquiryIn('new'), { ...continuation, source }, terms, now);
  expect(sourced).toMatchObject({ source });
});

describe('a closed inquiry', () => {
  const closed = inquiryIn('closed');

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
