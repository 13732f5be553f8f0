import {
  type CommandDependencies,
  type CommandResult,
  decideAndAppend,
} from '../../inquiry/decide-and-append.ts';
import { buildReopenedEvent } from '../../inquiry/decide-continuation.ts';
import { type Refusal, refuse } from '../../inquiry/refusal.ts';
import type { Inquiry } from '../../inquiry/snapshot.ts';
import type { Terms } from '../../inquiry/terms/terms.ts';
import type { InquiryId, Instant } from '../../inquiry/values/ids.ts';

/** Whether the requester may still reopen a resolved inquiry. */
export function isReopenable({ status, closedBy, reopenUntil }: Inquiry, now: Instant): boolean {
  const isOver = status === 'resolved' || (status === 'closed' && closedBy === undefined);
  return isOver && reopenUntil !== undefined && reopenUntil >= now;
}

/**
 * Reopens an inquiry whose requester presses "still not working" on its status page.
 *
 * Does nothing for an open one, so that pressing twice does no harm. Refuses `inquiry.merged`,
 * `work.too-late` after the reopen period and for an inquiry that was never resolved, and what
 * `decideAndAppend` refuses.
 */
export function reopenInquiryByLink(
  deps: CommandDependencies,
  id: InquiryId,
  terms: Terms,
  now: Instant,
): Promise<CommandResult | Refusal> {
  return decideAndAppend(deps, id, terms, now, ({ inquiry }) => {
    const { status, requester } = inquiry;
    if (status === 'merged') return refuse('inquiry.merged', 'It goes on in another inquiry.');
    const isOpen = status !== 'resolved' && status !== 'closed' && status !== 'quarantined';
    if (isOpen) return { events: [] };
    if (!isReopenable(inquiry, now)) {
      return refuse('work.too-late', 'The time to reopen it has passed; please open a new one.');
    }
    const { address, name } = requester;
    const by = {
      kind: 'requester' as const,
      ...(address === undefined ? {} : { address }),
      ...(name === undefined ? {} : { name }),
    };
    return { events: [buildReopenedEvent(inquiry, by, terms, now)] };
  });
}
