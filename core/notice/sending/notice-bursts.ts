import type { Notice, NoticeKind } from '../../inquiry/outbox/notice.ts';
import { addSeconds, type Instant } from '../../inquiry/values/ids.ts';

/** A time in which notices are gathered instead of sent one by one; `until` is not part of it. */
export type NoticeDigest = NonNullable<Notice['digest']>;

/** What has gone of service levels to one mailbox or webhook lately, and what is being gathered. */
export type NoticeBurst = { readonly sent: readonly Instant[]; readonly digest?: NoticeDigest };

export type BurstVerdict =
  | { readonly verdict: 'send'; readonly after: NoticeBurst }
  /** It speaks for itself and for all that comes until the digest ends. */
  | { readonly verdict: 'gather'; readonly after: NoticeBurst & { readonly digest: NoticeDigest } }
  /** Another notice speaks for it. */
  | { readonly verdict: 'hold'; readonly until: Instant };

/** So many go one by one; what comes beyond them in the same time is gathered. */
const burstWindows = [
  { seconds: 600, count: 10 },
  { seconds: 3600, count: 30 },
] as const;
const memorySeconds = 3600;

const gatherSeconds = 180;

/**
 * Between the end of a digest and its sending: whoever held a notice back for it has recorded that
 * by then, since no sender runs as long. The notice's alarm rings two minutes after the end.
 */
const graceSeconds = 60;

/** The notices of which there may be thousands at a time, and none of which may be lost. */
export function isServiceLevelNotice(kind: NoticeKind): boolean {
  return kind === 'sla-warning' || kind === 'sla-breach' || kind === 'emergency';
}

/** Under what a notice is counted: emergencies apart, so that no mass of misses delays them. */
export function buildBurstTrack(destination: string, kind: NoticeKind): string {
  return `${destination}#${kind === 'emergency' ? 'emergency' : 'levels'}`;
}

/**
 * Judges whether a notice of service levels goes now.
 *
 * To one mailbox or webhook go at most 30 an hour one by one, and 20 digests.
 */
export function judgeBurst(burst: NoticeBurst, now: Instant): BurstVerdict {
  const { sent, digest } = burst;
  if (digest !== undefined && digest.until > now) return { verdict: 'hold', until: digest.until };
  const full = burstWindows.some(({ seconds, count }) => {
    const since = addSeconds(now, -seconds);
    return sent.filter((at) => at > since).length >= count;
  });
  if (!full) return { verdict: 'send', after: addSentInstant(burst, now) };
  const next = { from: now, until: addSeconds(now, gatherSeconds) };
  return { verdict: 'gather', after: { sent, digest: next } };
}

/** With one more that was sent, without those that count no more. */
export function addSentInstant(burst: NoticeBurst, now: Instant): NoticeBurst {
  const since = addSeconds(now, -memorySeconds);
  return { ...burst, sent: [...burst.sent.filter((at) => at > since), now] };
}

/** Whether a notice that speaks for others still waits for them. */
export function isGatheringDigest({ digest }: Notice, now: Instant): boolean {
  return digest !== undefined && now < addSeconds(digest.until, graceSeconds);
}
