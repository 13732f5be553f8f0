import { addSeconds, type Instant } from '../../inquiry/values/ids.ts';
import { buildMailNotification } from './mail-notification.ts';

/** Mails that SES stored and that have no fate yet. */
export interface UnprocessedMails {
  waitingSince(before: Instant, limit: number): Promise<{ key: string; storedAt: Instant }[]>;
}

/** The intake queue, as far as the reconciler uses it. */
export interface IntakeQueue {
  /** Messages that are waiting or being worked on. */
  depth(): Promise<number>;
  send(bodies: readonly string[]): Promise<void>;
}

/** By then a mail has long been through its two tries. */
const waitSeconds = 900;
const mailLimit = 500;

/**
 * Announces mails again that have waited in `incoming/` without a fate: their notification was
 * lost, or the function was down for longer than its queue keeps messages.
 *
 * Does nothing while the queue still holds messages, since these mails may be theirs. Without a
 * notification SES's verdicts are unknown, and the stage's policy decides.
 */
export async function reconcileMail(
  { mails, queue, bucket }: { mails: UnprocessedMails; queue: IntakeQueue; bucket: string },
  now: Instant,
): Promise<{ announced: number }> {
  const waiting = await mails.waitingSince(addSeconds(now, -waitSeconds), mailLimit);
  if (waiting.length === 0 || (await queue.depth()) > 0) return { announced: 0 };
  await queue.send(
    waiting.map(({ key, storedAt }) =>
      JSON.stringify(buildMailNotification(bucket, key, storedAt)),
    ),
  );
  return { announced: waiting.length };
}
