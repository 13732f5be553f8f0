import { mayAtDesk } from '../../access/may.ts';
import { isAgentRole, isOutsider } from '../../access/person.ts';
import type { InquiryIndex, InquiryListQuery } from '../../inquiry/ports.ts';
import { type Refusal, refuse } from '../../inquiry/refusal.ts';
import type { Inquiry, InquiryStatus } from '../../inquiry/snapshot.ts';
import type { Desk } from '../../inquiry/terms/desk.ts';
import { findDesk, type Terms } from '../../inquiry/terms/terms.ts';
import type { DeskId, Sub } from '../../inquiry/values/ids.ts';
import type { Actor } from '../actor.ts';

/** Selects a list by one of the first three; without them it is that of all open inquiries. */
export type InquiryListRequest = {
  readonly requester?: 'me' | undefined;
  readonly agent?: Sub | 'me' | undefined;
  readonly desk?: DeskId | undefined;
  readonly status?: InquiryStatus | 'open' | undefined;
};

/**
 * Chooses the list that somebody requests, if they may see it.
 *
 * Refuses `access.forbidden`, `work.unknown-desk` for a desk that does not exist or is hidden from
 * them, and `invalid.parameter` for a status other than `queued` at a desk.
 */
export function chooseInquiryList(
  request: InquiryListRequest,
  actor: Actor,
  terms: Terms,
): InquiryListQuery | Refusal {
  if (request.requester !== undefined) {
    return isOutsider(actor)
      ? refuse('access.forbidden', 'Only people of the house have inquiries of their own.')
      : { by: 'requester', address: actor.address };
  }
  if (!isAgentRole(actor.role) && !isOutsider(actor)) {
    return refuse('access.forbidden', 'Requesters list their own inquiries only.');
  }
  if (request.agent !== undefined) {
    const agent = request.agent === 'me' ? actor.sub : request.agent;
    return agent === actor.sub || !isOutsider(actor)
      ? { by: 'agent', agent }
      : refuse('access.forbidden', 'Operators list what they hold themselves.');
  }
  if (request.desk !== undefined) {
    const desk = findVisibleDesk(request.desk, actor, terms);
    if (desk === undefined) return refuse('work.unknown-desk', `There is no desk ${request.desk}.`);
    return request.status === undefined || request.status === 'queued'
      ? { by: 'desk', desk: desk.id }
      : refuse('invalid.parameter', 'A desk lists what is queued there.');
  }
  return mayAtDesk(actor, 'list-open')
    ? { by: 'open' }
    : refuse('access.forbidden', 'Only staff and leads list all open inquiries.');
}

/** The desks that somebody sees: a vendor's people only those of the vendor's that they work. */
export function listVisibleDesks(actor: Actor, terms: Terms): Desk[] {
  if (!isOutsider(actor)) return [...terms.desks];
  return terms.desks.filter(
    ({ id, vendor }) => vendor === actor.vendor && actor.desks.includes(id),
  );
}

export function findVisibleDesk(id: DeskId, actor: Actor, terms: Terms): Desk | undefined {
  const desk = findDesk(terms, id);
  return desk !== undefined && listVisibleDesks(actor, terms).includes(desk) ? desk : undefined;
}

/** How many pages are read to fill one when a status filters out most inquiries. */
const pageLimit = 5;

/** Reads a page of a list, filtered by a status if there is one. */
export async function readInquiryList(
  index: Pick<InquiryIndex, 'page'>,
  list: InquiryListQuery,
  status: InquiryStatus | 'open' | undefined,
  limit: number,
  after?: string,
): Promise<{ readonly inquiries: readonly Inquiry[]; readonly next?: string }> {
  const inquiries: Inquiry[] = [];
  let from = after;
  for (let page = 0; page < pageLimit; page += 1) {
    const result = await index.page(list, limit - inquiries.length, from);
    inquiries.push(...result.inquiries.filter((inquiry) => hasStatus(inquiry, status)));
    if (result.next === undefined) return { inquiries };
    from = result.next;
    if (inquiries.length >= limit) break;
  }
  return from === undefined ? { inquiries } : { inquiries, next: from };
}

function hasStatus({ status }: Inquiry, filter: InquiryStatus | 'open' | undefined): boolean {
  if (filter === undefined) return true;
  return filter === 'open' ? status !== 'closed' && status !== 'merged' : status === filter;
}
