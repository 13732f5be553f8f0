import type { Notice, NoticeKind } from '../../inquiry/outbox/notice.ts';
import { addSeconds, type Instant } from '../../inquiry/values/ids.ts';

/** An interval in which notices are gathered instead of sent one by one; `until` is exclusive. */
export type NoticeDigest = NonNullable<Notice['digest']>;

/** When service-level notices went to one mailbox or webhook lately, and the digest in progress. */
export type NoticeBurst = { readonly sent: readonly Instant[]; readonly digest?: NoticeDigest };

export type BurstVerdict =
  | { readonly verdict: 'send'; readonly after: NoticeBurst }
  /** It stands for itself and all that follow until the digest ends. */
  | { readonly verdict: 'gather'; readonly after: NoticeBurst & { readonly digest: NoticeDigest } }
  /** Another notice stands for it. */
  | { readonly verdict: 'hold'; readonly until: Instant };

/** So many go one by one; more within the same time are gathered. */
const burstWindows = [
  { seconds: 600, count: 10 },
  { seconds: 3600, count: 30 },
] as const;
const memorySeconds = 3600;

const gatherSeconds = 180;

/**
 * Between the end of a digest and its sending. No sender runs as long, so by then every notice held
 * back for the digest is recorded. The notice's alarm fires two minutes after the end.
 */
const graceSeconds = 60;

/** Whether there may be thousands of the kind at a time, none of which may be lost. */
export function isServiceLevelNotice(kind: NoticeKind): boolean {
  return kind === 'sla-warning' || kind === 'sla-breach' || kind === 'emergency';
}

/** The key that a notice is counted under: no mass of missed deadlines may delay an emergency. */
export function buildBurstTrack(destination: string, kind: NoticeKind): string {
  return `${destination}#${kind === 'emergency' ? 'emergency' : 'levels'}`;
}

/**
 * Judges whether a notice about service levels goes now.
 *
 * One mailbox or webhook gets at most 30 single notices and 20 digests an hour.
 */
export function judgeBurst(burst: NoticeBurst, now: Instant): BurstVerdict {
  const { sent, digest } = burst;
  if (digest !== undefined && digest.until > now) return { verdict: 'hold', until: digest.until };
  const isFull = burstWindows.some(({ seconds, count }) => {
    const since = addSeconds(now, -seconds);
    return sent.filter((at) => at > since).length >= count;
  });
  if (!isFull) return { verdict: 'send', after: addSentInstant(burst, now) };
  const nextDigest = { from: now, until: addSeconds(now, gatherSeconds) };
  return { verdict: 'gather', after: { sent, digest: nextDigest } };
}

/** Adds a sending, and drops those that are too old to count. */
export function addSentInstant(burst: NoticeBurst, now: Instant): NoticeBurst {
  const since = addSeconds(now, -memorySeconds);
  return { ...burst, sent: [...burst.sent.filter((at) => at > since), now] };
}

/** Whether a notice still gathers the others that it stands for. */
export function isGatheringDigest({ digest }: Notice, now: Instant): boolean {
  return digest !== undefined && now < addSeconds(digest.until, graceSeconds);
}
