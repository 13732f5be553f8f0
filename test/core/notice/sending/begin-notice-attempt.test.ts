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

it.each(NoticeKind.options)('repeats a %s whose sender died, unless it goes to anybody', (kind) => {
  const sending = notice({ kind, state: 'sending', sendingUntil: now, attempts: 1 });
  expect(beginNoticeAttempt(sending, now)).toMatchObject(
    kind === 'over-limit'
      ? {
          take: 'fail',
          after: { state: 'failed', remark: 'may or may not have been sent' },
        }
      : {
          ...{ take: 'send', repeated: true },
          taken: { attempts: 2, unanswered: 1, remark: expect.stringContaining('sent again') },
        },
  );
});

/** How often a notice goes out, if every one of its senders dies after sending it. */
function countSendings(kind: NoticeKind): number {
  let current = notice({ kind });
  for (let sendings = 0; ; sendings += 1) {
    const attempt = beginNoticeAttempt(current, now);
    if (attempt.take !== 'send') return sendings;
    current = { ...attempt.taken, sendingUntil: now };
  }
}

it.each(NoticeKind.options)(
  'is sent at most so often though each of its senders dies: %s',
  (kind) => {
    const levels: readonly NoticeKind[] = ['sla-warning', 'sla-breach', 'emergency'];
    const most = levels.includes(kind) ? 5 : kind === 'over-limit' ? 1 : 2;
    expect(countSendings(kind)).toBe(most);
  },
);

it('counts no attempt against it of which the outcome is known', () => {
  const refused = notice({ state: 'sending', sendingUntil: now, attempts: 4 });
  expect(beginNoticeAttempt(refused, now)).toMatchObject({
    take: 'send',
    taken: { unanswered: 1 },
  });
});
