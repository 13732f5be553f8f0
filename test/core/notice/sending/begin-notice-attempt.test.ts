import { expect, it } from 'vitest';
import { Notice, NoticeKind } from '../../../../core/inquiry/outbox/notice.ts';
import { addSeconds, Instant } from '../../../../core/inquiry/values/ids.ts';
import {
  beginNoticeAttempt,
  sendingSeconds,
} from '../../../../core/notice/sending/begin-notice-attempt.ts';

const now = Instant.parse('2026-11-22T01:15:00.000Z');

function notice(changes: Partial<Notice>): Notice {
  return Notice.parse({
    inquiryId: '01931a5c-0000-7000-8000-000000000001',
    seq: 1,
    kind: 'reply',
    recipient: { to: 'address', address: 'a@toritsugi.example' },
    state: 'pending',
    owedAt: now,
    attempts: 0,
    ...changes,
  });
}

it.each(NoticeKind.options)('takes a pending %s until its sender would be dead', (kind) => {
  expect(beginNoticeAttempt(notice({ kind }), now)).toEqual({
    take: 'send',
    taken: notice({
      kind,
      state: 'sending',
      sendingUntil: addSeconds(now, sendingSeconds),
      attempts: 1,
    }),
    repeated: false,
  });
});

it.each(['sent', 'withheld', 'failed', 'expanded'] as const)('leaves alone what is %s', (state) => {
  expect(beginNoticeAttempt(notice({ state }), now)).toEqual({ take: 'nothing' });
});

it('leaves to another sender what it has', () => {
  const sending = notice({ state: 'sending', sendingUntil: addSeconds(now, 1), attempts: 1 });
  expect(beginNoticeAttempt(sending, now)).toEqual({ take: 'nothing' });
});

const repeated: readonly NoticeKind[] = [
  ...['reply', 'resolution'],
  ...['sla-warning', 'sla-breach', 'emergency'],
] as NoticeKind[];

it.each(NoticeKind.options)(
  'repeats what a person wrote and what must not be lost when its sender died: %s',
  (kind) => {
    const sending = notice({ kind, state: 'sending', sendingUntil: now, attempts: 1 });
    const attempt = beginNoticeAttempt(sending, now);
    expect(attempt.take).toBe(repeated.includes(kind) ? 'send' : 'fail');
    expect(attempt).toMatchObject(
      !repeated.includes(kind)
        ? { after: { state: 'failed', remark: 'may or may not have been sent' } }
        : { repeated: true, taken: { attempts: 2, remark: expect.stringContaining('sent again') } },
    );
  },
);

it('gives a reply up whose senders keep dying', () => {
  const sending = notice({ state: 'sending', sendingUntil: now, attempts: 5 });
  expect(beginNoticeAttempt(sending, now)).toMatchObject({
    take: 'fail',
    after: { state: 'failed' },
  });
});
