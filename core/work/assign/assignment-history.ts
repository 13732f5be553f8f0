import type { InquiryIndex, InquiryLedger } from '../../inquiry/ports.ts';
import type { Inquiry } from '../../inquiry/snapshot.ts';
import type { Instant, Sub } from '../../inquiry/values/ids.ts';

/** How many events to look back: a failed offer makes two, and other events are few. */
const lookBack = 100;
/** How many of a requester's inquiries to look at, the latest received first. */
const requesterLimit = 20;

/**
 * Counts how often each agent has declined an inquiry, let its offer lapse or released it since it
 * began to wait.
 */
export async function countAgentRefusals(
  ledger: Pick<InquiryLedger, 'events'>,
  { id, version, fence }: Inquiry,
): Promise<ReadonlyMap<Sub, number>> {
  const refusals = new Map<Sub, number>();
  if (fence === 0) return refusals;
  const events = await ledger.events(id, Math.max(0, version - lookBack), lookBack);
  for (const { event } of events.toReversed()) {
    switch (event.type) {
      case 'AssignmentDeclined':
      case 'InquiryReleased':
      case 'LeaseLost':
        refusals.set(event.agent, (refusals.get(event.agent) ?? 0) + 1);
        break;
      case 'InquiryRouted':
      case 'InquiryTransferred':
      case 'InquiryResumed':
      case 'InquiryReopened':
        return refusals;
      default:
    }
  }
  return refusals;
}

/** Finds who answered the requester's other inquiries since an instant, the latest first. */
export async function findFamiliarAgents(
  index: Pick<InquiryIndex, 'page'>,
  { id, requester: { address } }: Inquiry,
  since: Instant,
): Promise<readonly Sub[]> {
  if (address === undefined) return [];
  const { inquiries } = await index.page({ by: 'requester', address }, requesterLimit);
  const answers = inquiries
    .filter((inquiry) => inquiry.id !== id)
    .flatMap(({ lastAgent, respondedAt, resolvedAt }) => {
      const at = resolvedAt ?? respondedAt;
      return lastAgent === undefined || at === undefined || at < since
        ? []
        : [{ agent: lastAgent.agent, at }];
    })
    .sort((one, other) => (one.at > other.at ? -1 : 1));
  return [...new Set(answers.map(({ agent }) => agent))];
}
