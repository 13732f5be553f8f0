import { isAutomaticNotice, type Notice } from '../../inquiry/outbox/notice.ts';
import type { Instant } from '../../inquiry/values/ids.ts';
import type { NoticeLedger, NoticeStep, OwedNotice } from '../ports.ts';
import { concludeNotice } from './begin-notice-attempt.ts';
import {
  addSentInstant,
  buildBurstTrack,
  isServiceLevelNotice,
  judgeBurst,
} from './notice-bursts.ts';
import type { NoticeDestination } from './resolve-recipient.ts';
import { addSending, findFullWindow } from './sending-limits.ts';

/** Whether a notice may go now, and what has to be written in the same step. */
export type SendAllowance =
  | { readonly allowed: true; readonly counting: Pick<NoticeStep, 'sendings' | 'burst'> }
  | {
      readonly allowed: false;
      readonly fate: 'withheld' | 'held' | 'gathering';
      readonly after: Notice;
      readonly writing: Pick<NoticeStep, 'burst' | 'held'>;
    };

/**
 * Checks whether the limits allow a notice to a mailbox or webhook.
 *
 * Automatic mail over its limits is withheld. Notices about service levels are never dropped: those
 * over the limit are gathered into one, which says how many there are.
 */
export async function checkSendAllowance(
  ledger: Pick<NoticeLedger, 'readSendings' | 'readBurst'>,
  { notice, inquiry }: OwedNotice,
  to: NoticeDestination,
  now: Instant,
): Promise<SendAllowance> {
  if (isServiceLevelNotice(notice.kind)) return checkServiceLevelAllowance(ledger, notice, to, now);
  if (!isAutomaticNotice(notice.kind) || to.resolved !== 'mailbox')
    return { allowed: true, counting: {} };
  const { address } = to;
  const was = await ledger.readSendings(address);
  const fullWindow = findFullWindow(was.sendings, inquiry.id, now);
  if (fullWindow !== undefined) {
    const after = concludeNotice(notice, 'withheld', `limit on automatic mail: ${fullWindow}`);
    return { allowed: false, fate: 'withheld', after, writing: {} };
  }
  const sendings = addSending(was.sendings, { at: now, inquiryId: inquiry.id });
  const next = { revision: was.revision + 1, sendings };
  return { allowed: true, counting: { sendings: { address, was, now: next } } };
}

async function checkServiceLevelAllowance(
  ledger: Pick<NoticeLedger, 'readBurst'>,
  notice: Notice,
  { name }: NoticeDestination,
  now: Instant,
): Promise<SendAllowance> {
  const track = buildBurstTrack(name, notice.kind);
  const was = await ledger.readBurst(track);
  const next = (burst: typeof was.burst) => ({
    burst: { track, was, now: { revision: was.revision + 1, burst } },
  });
  // A digest was allowed when it was begun.
  if (notice.digest) return { allowed: true, counting: next(addSentInstant(was.burst, now)) };
  const burstVerdict = judgeBurst(was.burst, now);
  switch (burstVerdict.verdict) {
    case 'send':
      return { allowed: true, counting: next(burstVerdict.after) };
    case 'gather': {
      const { digest } = burstVerdict.after;
      const { sendingUntil: _, ...rest } = notice;
      const after: Notice = { ...rest, state: 'pending', digest };
      return { allowed: false, fate: 'gathering', after, writing: next(burstVerdict.after) };
    }
    case 'hold': {
      const after = concludeNotice(
        notice,
        'withheld',
        `told together with others after ${burstVerdict.until}`,
      );
      return { allowed: false, fate: 'held', after, writing: { held: { track, at: now } } };
    }
    default:
      return burstVerdict satisfies never;
  }
}
