import type { Notice, NoticeKind } from '../../inquiry/outbox/notice.ts';
import { addSeconds, type Instant } from '../../inquiry/values/ids.ts';
import { isServiceLevelNotice } from './notice-bursts.ts';

/** Longer than a sender can run, so that an expired `sending` means that it died. */
export const sendingSeconds = 120;

const repeatedRemark = 'sent again: an earlier attempt ended without an answer';

/** The part of a notice that its sending changes, of an inquiry or of a job. */
export type NoticeProgress = Pick<
  Notice,
  'state' | 'owedAt' | 'sendingUntil' | 'attempts' | 'unanswered' | 'wireId' | 'sentAt' | 'remark'
>;

/** What a sender does with a notice. */
export type NoticeAttempt<N extends NoticeProgress = Notice> =
  /** The notice is concluded, or another sender has it. */
  | { readonly take: 'nothing' }
  | { readonly take: 'fail'; readonly after: N }
  /** `repeated`: an earlier attempt may have sent it already. */
  | { readonly take: 'send'; readonly taken: N; readonly repeated: boolean };

/** Decides whether a notice of an inquiry is to be sent now. */
export function beginNoticeAttempt(notice: Notice, now: Instant): NoticeAttempt {
  return takeNotice(notice, findUnansweredLimit(notice.kind), now);
}

/**
 * How many attempts may end without an answer: after each, nobody knows whether the notice was sent.
 *
 * A second mail harms nobody who gets our mail anyway, and a missing one may; so there are two, and
 * whoever reads them sees the same text twice at most. Notices about service levels are tried more
 * often, since somebody has to learn of them. An over-limit notice goes to anybody who wrote, so it
 * is not repeated.
 */
function findUnansweredLimit(kind: NoticeKind): number {
  if (isServiceLevelNotice(kind)) return 5;
  return kind === 'over-limit' ? 1 : 2;
}

/** Takes a notice to send it, unless it is concluded, another sender has it, or its attempts are used up. */
export function takeNotice<N extends NoticeProgress>(
  notice: N,
  unansweredLimit: number,
  now: Instant,
): NoticeAttempt<N> {
  switch (notice.state) {
    case 'sent':
    case 'withheld':
    case 'failed':
    case 'expanded':
      return { take: 'nothing' };
    case 'pending':
      return { take: 'send', taken: markNoticeSending(notice, now), repeated: false };
    case 'sending': {
      if ((notice.sendingUntil ?? '') > now) return { take: 'nothing' };
      const unanswered = (notice.unanswered ?? 0) + 1;
      if (unanswered >= unansweredLimit) {
        const remark =
          unanswered === 1 ? 'may or may not have been sent' : 'no attempt was ever answered';
        return { take: 'fail', after: concludeNotice(notice, 'failed', remark) };
      }
      const repeated = { ...notice, unanswered, remark: repeatedRemark };
      return { take: 'send', taken: markNoticeSending(repeated, now), repeated: true };
    }
    default:
      return notice.state satisfies never;
  }
}

function markNoticeSending<N extends NoticeProgress>(notice: N, now: Instant): N {
  return {
    ...notice,
    state: 'sending',
    sendingUntil: addSeconds(now, sendingSeconds),
    attempts: notice.attempts + 1,
  };
}

/** Ends a notice that is not sent. */
export function concludeNotice<N extends NoticeProgress>(
  notice: N,
  state: 'withheld' | 'failed',
  remark: string,
): N {
  return { ...withoutSender(notice), state, remark: remark.slice(0, 500) };
}

/** Returns a notice that was not sent to wait for the next attempt. */
export function returnNotice<N extends NoticeProgress>(notice: N): N {
  return { ...withoutSender(notice), state: 'pending' };
}

/** Marks a notice as sent; `wireId` is the Message-ID of a mail. */
export function markNoticeSent<N extends NoticeProgress>(
  notice: N,
  { wireId, remark }: { readonly wireId?: string; readonly remark?: string },
  now: Instant,
): N {
  return {
    ...withoutSender(notice),
    state: 'sent',
    ...(wireId === undefined ? {} : { wireId }),
    ...(remark === undefined ? {} : { remark }),
    sentAt: now,
  };
}

function withoutSender<N extends NoticeProgress>(notice: N): N {
  const without = { ...notice };
  delete without.sendingUntil;
  return without;
}
