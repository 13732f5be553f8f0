import type { Inquiry } from '../../inquiry/snapshot.ts';
import { addSeconds, type InquiryId, type Instant } from '../../inquiry/values/ids.ts';
import type { ClosedInquiries } from './retention-ports.ts';

/** How many are ended at once: each is some twenty small deletions. */
const concurrentEnds = 5;

/** Merged inquiries are followed so far; a longer chain is a circle. */
const mergeLimit = 20;

/** How many inquiries a run has ended, and how many wait for the one that absorbed them. */
export type RetentionResult = { readonly ended: number; readonly postponed: number };

/**
 * Ends inquiries that have been closed for longer than they are kept: the oldest first, until time
 * is up. A repeated or killed run does no harm, and the next one goes on.
 */
export async function endInquiries(
  {
    closed,
    keptDays,
    hasTime,
  }: {
    readonly closed: ClosedInquiries;
    readonly keptDays: number;
    readonly hasTime: () => boolean;
  },
  now: Instant,
): Promise<RetentionResult> {
  const before = addSeconds(now, -keptDays * 86_400);
  const result = { ended: 0, postponed: 0 };
  for await (const page of closed.findClosed(before)) {
    for (let start = 0; start < page.length; start += concurrentEnds) {
      if (!hasTime()) return result;
      const outcomes = await Promise.all(
        page.slice(start, start + concurrentEnds).map((id) => endOne(closed, id, before, now)),
      );
      for (const outcome of outcomes) if (outcome !== 'kept') result[outcome] += 1;
    }
  }
  return result;
}

async function endOne(
  closed: ClosedInquiries,
  id: InquiryId,
  before: Instant,
  now: Instant,
): Promise<'ended' | 'postponed' | 'kept'> {
  const found = await closed.find(id);
  if (found === undefined) return 'kept';
  if (found === 'ending') {
    await closed.finish(id);
    return 'ended';
  }
  const decision = decideRetention(found, await findAbsorbing(closed, found), before, now);
  if (decision.decision === 'keep') return 'kept';
  if (decision.decision === 'postpone') {
    return (await closed.postpone(found, decision.endedAt)) ? 'postponed' : 'kept';
  }
  if (!(await closed.begin(found))) return 'kept';
  await closed.finish(id);
  return 'ended';
}

/** The inquiry at the end of a chain of merges; undefined where there is none, or not any more. */
async function findAbsorbing(
  closed: ClosedInquiries,
  { mergedInto }: Inquiry,
): Promise<Inquiry | undefined> {
  let next = mergedInto;
  let absorbing: Inquiry | undefined;
  for (let step = 0; next !== undefined && step < mergeLimit; step += 1) {
    const found = await closed.find(next);
    if (found === undefined || found === 'ending') return undefined;
    absorbing = found;
    next = found.mergedInto;
  }
  return absorbing;
}

export type RetentionDecision =
  | { readonly decision: 'end' | 'keep' }
  /** It counts as ended no earlier than the inquiry that absorbed it, or is looked at again. */
  | { readonly decision: 'postpone'; readonly endedAt: Instant };

/**
 * Decides whether a closed inquiry ends. Whoever follows the number of a merged one shall find the
 * inquiry that absorbed it for as long as that is kept.
 *
 * @param before what was closed before this has been kept long enough
 */
export function decideRetention(
  inquiry: Pick<Inquiry, 'status' | 'closedAt'>,
  absorbing: Pick<Inquiry, 'status' | 'closedAt'> | undefined,
  before: Instant,
  now: Instant,
): RetentionDecision {
  const { status, closedAt } = inquiry;
  if (status !== 'closed' && status !== 'merged') return { decision: 'keep' };
  if (status === 'closed' && (closedAt === undefined || closedAt >= before)) {
    return { decision: 'keep' };
  }
  if (status === 'closed' || absorbing === undefined) return { decision: 'end' };
  // While that is open, it is looked at again when it might be due at the earliest.
  const endedAt = absorbing.status === 'closed' ? absorbing.closedAt : now;
  return endedAt === undefined || endedAt < before
    ? { decision: 'end' }
    : { decision: 'postpone', endedAt };
}
