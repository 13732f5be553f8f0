import { isAutomaticNotice, type Notice } from '../../inquiry/outbox/notice.ts';
import type { Instant } from '../../inquiry/values/ids.ts';
import type { NoticeLedger, NoticeStep, OwedNotice } from '../ports.ts';
import { settled } from './begin-notice-attempt.ts';
import { isOfLevels, judgeBurst, trackOf, withSent } from './notice-bursts.ts';
import type { Destination } from './resolve-recipient.ts';
import { fullWindow, withSending } from './sending-limits.ts';

/** Whether a notice may go now, with what has to be written together with that. */
export type Allowance =
  | { readonly allowed: true; readonly counting: Pick<NoticeStep, 'sendings' | 'burst'> }
  | {
      readonly allowed: false;
      readonly fate: 'withheld' | 'held' | 'gathering';
      readonly after: Notice;
      readonly writing: Pick<NoticeStep, 'burst' | 'held'>;
    };

/**
 * Asks the limits whether a notice may go to a mailbox or webhook.
 *
 * Automatic mail over its limits is withheld. What tells of service levels is never given up: beyond
 * a number it is gathered, and told in one notice that names how many more there are.
 */
export async function askAllowance(
  ledger: Pick<NoticeLedger, 'sendings' | 'burst'>,
  { notice, inquiry }: OwedNotice,
  to: Destination,
  now: Instant,
): Promise<Allowance> {
  if (isOfLevels(notice.kind)) return allowanceOfLevels(ledger, notice, to, now);
  if (!isAutomaticNotice(notice.kind) || to.resolved !== 'mailbox')
    return { allowed: true, counting: {} };
  const { address } = to;
  const was = await ledger.sendings(address);
  const full = fullWindow(was.sendings, inquiry.id, now);
  if (full !== undefined) {
    const after = settled(notice, 'withheld', `limit on automatic mail: ${full}`);
    return { allowed: false, fate: 'withheld', after, writing: {} };
  }
  const sendings = withSending(was.sendings, { at: now, inquiryId: inquiry.id });
  const next = { revision: was.revision + 1, sendings };
  return { allowed: true, counting: { sendings: { address, was, now: next } } };
}

async function allowanceOfLevels(
  ledger: Pick<NoticeLedger, 'burst'>,
  notice: Notice,
  { name }: Destination,
  now: Instant,
): Promise<Allowance> {
  const track = trackOf(name, notice.kind);
  const was = await ledger.burst(track);
  const next = (burst: typeof was.burst) => ({
    burst: { track, was, now: { revision: was.revision + 1, burst } },
  });
  // Its digest has been allowed before.
  if (notice.digest) return { allowed: true, counting: next(withSent(was.burst, now)) };
  const judged = judgeBurst(was.burst, now);
  switch (judged.verdict) {
    case 'send':
      return { allowed: true, counting: next(judged.after) };
    case 'gather': {
      const { digest } = judged.after;
      const { sendingUntil: _, ...rest } = notice;
      const after: Notice = { ...rest, state: 'pending', digest };
      return { allowed: false, fate: 'gathering', after, writing: next(judged.after) };
    }
    case 'hold': {
      const after = settled(notice, 'withheld', `told together with others after ${judged.until}`);
      return { allowed: false, fate: 'held', after, writing: { held: { track, at: now } } };
    }
    default:
      return judged satisfies never;
  }
}
