import {
  type CommandDependencies,
  decideAndAppend,
  type InquiryDecision,
} from '../../inquiry/decide-and-append.ts';
import type { InquiryEvent } from '../../inquiry/events/events.ts';
import type { InquiryLedger, LoadedInquiry } from '../../inquiry/ports.ts';
import { isRefusal } from '../../inquiry/refusal.ts';
import type { Inquiry } from '../../inquiry/snapshot.ts';
import type { Terms } from '../../inquiry/terms/terms.ts';
import { TransientError } from '../../inquiry/transient-error.ts';
import { addSeconds, type InquiryId, type Instant, type Sub } from '../../inquiry/values/ids.ts';
import type { InquiryNumber } from '../../inquiry/values/inquiry-number.ts';

/** A released inquiry, and the desk where it waits again. */
export type ReleasedInquiry = {
  readonly inquiryId: InquiryId;
  readonly number: InquiryNumber;
  readonly desk: string;
};

/** `given`: released just now, `before`: by an earlier run. */
export type ReleaseOutcome =
  | { readonly outcome: 'given' | 'before'; readonly given: ReleasedInquiry }
  | { readonly outcome: 'not-theirs' };

/** Others seldom act after an earlier run's release, so it is among this many last events. */
const lookBackEvents = 50;

/**
 * Releases one inquiry of somebody who has left, which then waits at its desk as after any release.
 * Releasing it again changes nothing and returns the same.
 *
 * @throws TransientError when others keep changing it, so that it must be tried again
 * @param since when the offboarding began
 */
export async function releaseHeldInquiry(
  dependencies: CommandDependencies,
  id: InquiryId,
  agent: Sub,
  terms: Terms,
  { since, now }: { readonly since: Instant; readonly now: Instant },
): Promise<ReleaseOutcome> {
  const result = await decideAndAppend(dependencies, id, terms, now, (loaded) =>
    decideOffboardingRelease(loaded, agent, terms, now),
  );
  if (isRefusal(result)) {
    if (result.refused === 'transient.conflict') {
      throw new TransientError(result.refused, result.detail);
    }
    if (result.refused === 'access.not-found') return { outcome: 'not-theirs' };
    throw new TypeError(result.detail);
  }
  const newRelease = result.events.find((event) => isReleaseOf(event, agent));
  const { ledger } = dependencies;
  const release = newRelease ?? (await findEarlierRelease(ledger, result.inquiry, agent, since));
  if (release === undefined) return { outcome: 'not-theirs' };
  return {
    outcome: newRelease === undefined ? 'before' : 'given',
    given: { inquiryId: id, number: result.inquiry.number, desk: release.desk },
  };
}

function decideOffboardingRelease(
  { inquiry: { holder }, lease }: LoadedInquiry,
  agent: Sub,
  { lifecycle }: Terms,
  now: Instant,
): InquiryDecision {
  if (holder?.agent !== agent) return { events: [] };
  return {
    ...(lease === undefined ? {} : { lease: { change: 'end', fence: lease.fence } }),
    events: [
      {
        v: 1,
        at: now,
        by: { kind: 'system', part: 'people' },
        type: 'InquiryReleased',
        agent,
        desk: holder.desk,
        reason: 'offboarded',
        announceAt: addSeconds(now, lifecycle.announceQueued),
      },
    ],
  };
}

type ReleaseEvent = Extract<
  InquiryEvent,
  { type: 'InquiryReleased' | 'LeaseLost' | 'AssignmentDeclined' }
>;

/** What a due alarm took from them in the same append counts as well. */
function isReleaseOf(event: InquiryEvent, agent: Sub): event is ReleaseEvent {
  switch (event.type) {
    case 'InquiryReleased':
    case 'LeaseLost':
    case 'AssignmentDeclined':
      return event.agent === agent;
    default:
      return false;
  }
}

async function findEarlierRelease(
  ledger: Pick<InquiryLedger, 'events'>,
  { id, version }: Inquiry,
  agent: Sub,
  since: Instant,
): Promise<ReleaseEvent | undefined> {
  const events = await ledger.events(id, Math.max(0, version - lookBackEvents), lookBackEvents);
  return events
    .flatMap(({ event }) => (event.type === 'InquiryReleased' ? [event] : []))
    .find((event) => event.agent === agent && event.reason === 'offboarded' && event.at >= since);
}
