import { isAutomaticNotice, type Notice } from '../../inquiry/outbox/notice.ts';
import { addSeconds, type Instant } from '../../inquiry/values/ids.ts';
import { isServiceLevelNotice } from './notice-bursts.ts';

/** Longer than a sender can run, so that an expired `sending` means that it died. */
export const sendingSeconds = 120;

/** A notice whose sender keeps dying is given up, so that nobody gets it again and again. */
const attemptLimit = 5;

const repeatedRemark = 'sent again: an earlier attempt ended without an answer';

/** What a sender does with a notice. */
export type NoticeAttempt =
  /** The notice is concluded, or another sender has it. */
  | { readonly take: 'nothing' }
  | { readonly take: 'fail'; readonly after: Notice }
  /** `repeated`: an earlier attempt may have sent it already. */
  | { readonly take: 'send'; readonly taken: Notice; readonly repeated: boolean };

/**
 * Decides whether a notice is to be sent now.
 *
 * After an attempt that ended without an answer, nobody knows whether the notice was sent. A
 * person's words and notices about service levels are sent again, with a remark that says so; other
 * automatic mail has failed.
 */
export function beginNoticeAttempt(notice: Notice, now: Instant): NoticeAttempt {
  switch (notice.state) {
    case 'sent':
    case 'withheld':
    case 'failed':
    case 'expanded':
      return { take: 'nothing' };
    case 'pending':
      return { take: 'send', taken: markNoticeSending(notice, now), repeated: false };
    case 'sending':
      if ((notice.sendingUntil ?? '') > now) return { take: 'nothing' };
      if (isAutomaticNotice(notice.kind) && !isServiceLevelNotice(notice.kind)) {
        return {
          take: 'fail',
          after: concludeNotice(notice, 'failed', 'may or may not have been sent'),
        };
      }
      if (notice.attempts >= attemptLimit) {
        return {
          take: 'fail',
          after: concludeNotice(notice, 'failed', 'no attempt was ever answered'),
        };
      }
      return {
        take: 'send',
        taken: { ...markNoticeSending(notice, now), remark: repeatedRemark },
        repeated: true,
      };
    default:
      return notice.state satisfies never;
  }
}

function markNoticeSending(notice: Notice, now: Instant): Notice {
  return {
    ...notice,
    state: 'sending',
    sendingUntil: addSeconds(now, sendingSeconds),
    attempts: notice.attempts + 1,
  };
}

/** Ends a notice that is not sent. */
export function concludeNotice(
  notice: Notice,
  state: 'withheld' | 'failed',
  remark: string,
): Notice {
  const { sendingUntil: _, ...rest } = notice;
  return { ...rest, state, remark: remark.slice(0, 500) };
}

/** Returns a notice that was not sent to wait for the next attempt. */
export function returnNotice(notice: Notice): Notice {
  const { sendingUntil: _, ...rest } = notice;
  return { ...rest, state: 'pending' };
}

/** Marks a notice as sent; `wireId` is the Message-ID of a mail. */
export function markNoticeSent(
  notice: Notice,
  { wireId, remark }: { readonly wireId?: string; readonly remark?: string },
  now: Instant,
): Notice {
  const { sendingUntil: _, ...rest } = notice;
  return {
    ...rest,
    state: 'sent',
    ...(wireId === undefined ? {} : { wireId }),
    ...(remark === undefined ? {} : { remark }),
    sentAt: now,
  };
}
