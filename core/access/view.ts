import type { Instant } from '../inquiry/ids.ts';
import type { Message } from '../inquiry/message.ts';
import type { InquiryNumber } from '../inquiry/number.ts';
import type { Inquiry, Lease } from '../inquiry/snapshot.ts';
import { type ClockFacts, viewClocks, viewEscalations } from './clock-view.ts';
import { type InquiryAction, may, type Relation, relationsOf } from './may.ts';
import type { Person } from './person.ts';

/** What a view shows besides the inquiry itself. */
export type ViewFacts = {
  /** What this viewer may do with it now. */
  readonly commands: readonly InquiryAction[];
  /** The living lease, if there is one; shown to its holder only. */
  readonly lease?: Lease;
  /** Where a merged inquiry's way leads in the end. */
  readonly mergedInto?: InquiryNumber;
} & ClockFacts;

/**
 * An inquiry as one person may see it: all of it for the office and the desk that works it, what
 * concerns them for its requester and participants, a stub for a vendor that once had it, and
 * undefined for whom it does not exist.
 *
 * All that leaves the functions about an inquiry goes through this file.
 */
export function viewInquiry(
  inquiry: Inquiry,
  viewer: Person,
  facts: ViewFacts,
): InquiryView | InquiryStub | undefined {
  const relations = relationsOf(viewer, inquiry);
  if (may(viewer, 'read', inquiry) !== 'allowed') return undefined;
  if (relations.every((relation) => relation === 'former')) return stubOf(inquiry);
  const isAtWork = relations.includes('office') || relations.includes('desk');
  return {
    ...shownToAll(inquiry, viewer, relations, facts),
    ...(isAtWork ? shownAtWork(inquiry, viewer, facts) : {}),
    ...(relations.includes('office') ? { escalations: viewEscalations(inquiry) } : {}),
  };
}

/** An inquiry as it is shown; the optional parts to those who work it. */
export type InquiryView = ReturnType<typeof shownToAll> & {
  readonly links?: Inquiry['links'];
  readonly undeliverable?: Inquiry['undeliverable'];
  /** Shown to the office only. */
  readonly escalations?: ReturnType<typeof viewEscalations>;
  /** Shown to its holder only. */
  readonly lease?: Pick<Lease, 'fence' | 'until'>;
};
export type InquiryStub = ReturnType<typeof stubOf>;

export function isStub(view: InquiryView | InquiryStub): view is InquiryStub {
  return 'stub' in view;
}

function shownToAll(
  inquiry: Inquiry,
  viewer: Person,
  relations: readonly Relation[],
  facts: ViewFacts,
) {
  const { commands, mergedInto } = facts;
  const { id, number, channel, status, subject, language, priority, version, messages } = inquiry;
  const { sub: _, ...requester } = inquiry.requester;
  return {
    ...{ id, number, channel, status, subject, language, priority, version, messages },
    requester,
    ...(inquiry.automated ? { automated: true } : {}),
    ...given('desk', inquiry.desk),
    ...(inquiry.holder === undefined
      ? {}
      : { agent: { name: inquiry.holder.name } as { sub?: string; name: string } }),
    ...given('category', inquiry.category),
    tags: [] as string[],
    clocks: viewClocks(inquiry, viewer, relations, facts),
    receivedAt: inquiry.receivedAt,
    ...given('queuedAt', inquiry.queuedAt),
    ...given('availableAt', inquiry.availableAt),
    ...given('remindAt', inquiry.remindAt),
    ...given('resolvedAt', inquiry.resolvedAt),
    ...given('closedAt', inquiry.closedAt),
    ...given('closeAt', inquiry.closeAt),
    ...given('reopenUntil', inquiry.reopenUntil),
    ...given('mergedInto', mergedInto),
    ...given('call', inquiry.call),
    ...(inquiry.rating === undefined ? {} : { rating: ratingOf(inquiry.rating) }),
    commands: [...commands],
  };
}

function shownAtWork(
  { holder, tags, links, undeliverable }: Inquiry,
  viewer: Person,
  facts: ViewFacts,
) {
  const { lease } = facts;
  return {
    ...(holder === undefined ? {} : { agent: { sub: holder.agent as string, name: holder.name } }),
    tags,
    links,
    undeliverable,
    ...(lease !== undefined && lease.agent === viewer.sub && holder?.agent === viewer.sub
      ? { lease: { fence: lease.fence, until: lease.until } }
      : {}),
  };
}

function stubOf(inquiry: Inquiry) {
  const { id, number, status } = inquiry;
  return {
    ...{ id, number, status },
    stub: true as const,
    ...given('resolvedAt', inquiry.resolvedAt),
    ...given('closedAt', inquiry.closedAt),
  };
}

/** A message as one person may see it; undefined for a note that is not for them. */
export function viewMessage(message: Message, at: Instant, inquiry: Inquiry, viewer: Person) {
  const { id, kind, from, subject, text, fullText, attachments, unverified } = message;
  if (kind === 'note' && may(viewer, 'read-notes', inquiry) !== 'allowed') return undefined;
  const isAtWork = relationsOf(viewer, inquiry).some(
    (relation) => relation === 'office' || relation === 'desk',
  );
  // Requesters write to the desk, not to one of its agents.
  const shown = kind === 'agent' && !isAtWork ? given('name', from.name) : { ...from };
  return {
    ...{ id, at, kind },
    from: shown,
    ...given('subject', subject),
    text,
    fullText: fullText ?? text,
    attachments,
    ...given('unverified', unverified),
  };
}

function ratingOf({ score, comment }: NonNullable<Inquiry['rating']>) {
  return { score, ...given('comment', comment) };
}

/** A field that is left out where it has no value. */
function given<Name extends string, Value>(name: Name, value: Value | undefined) {
  return (value === undefined ? {} : { [name]: value }) as { [N in Name]?: Value };
}
