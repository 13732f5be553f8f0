import { type Inquiry, isOpenStatus, type Lease } from '../inquiry/snapshot.ts';
import type { Terms } from '../inquiry/terms/terms.ts';
import type { UnmaskingRequest } from '../inquiry/unmasking.ts';
import type { EventActor } from '../inquiry/values/actor.ts';
import type { Instant } from '../inquiry/values/ids.ts';
import type { InquiryNumber } from '../inquiry/values/inquiry-number.ts';
import type { Attachment, Message } from '../inquiry/values/message.ts';
import { isAttachmentShown } from '../masking/is-attachment-shown.ts';
import { type InquiryAction, may, type Relation, relationsOf } from './may.ts';
import { isOutsider, type Person } from './person.ts';
import type { Allowance } from './redact.ts';
import { type Masked, type Veil, veilFor } from './redactor.ts';
import { type ClockFacts, viewClocks, viewEscalations } from './view-clocks.ts';

/** What a view shows besides the inquiry itself. */
export type ViewFacts = {
  /** What this viewer may do with it now. */
  readonly commands: readonly InquiryAction[];
  /** The living lease, if there is one; shown to its holder only. */
  readonly lease?: Lease;
  /** Where a merged inquiry's way leads in the end. */
  readonly mergedInto?: InquiryNumber;
  /** Under which vendors are shown anything. */
  readonly settings: Terms['settings'];
} & ClockFacts;

/**
 * An inquiry as one person may see it: all of it for the office, the same masked for the vendor
 * whose desk works it, what concerns them for its requester and participants, a stub for a vendor
 * that once had it, and undefined for whom it does not exist.
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
  const veil = veilFor(viewer, inquiry, facts);
  return {
    ...shownToAll(inquiry, viewer, relations, facts, veil),
    ...(isAtWork ? shownAtWork(inquiry, viewer, facts, veil) : {}),
    ...(relations.includes('office')
      ? { links: inquiry.links, escalations: viewEscalations(inquiry) }
      : {}),
    ...maskedIn(veil),
  };
}

/** An inquiry as it is shown; the optional parts to those who work it. */
export type InquiryView = ReturnType<typeof shownToAll> & {
  readonly undeliverable?: string[];
  readonly unmaskings?: UnmaskingView[];
  /** Shown to the office only. */
  readonly links?: Inquiry['links'];
  readonly escalations?: ReturnType<typeof viewEscalations>;
  /** Shown to its holder only. */
  readonly lease?: Pick<Lease, 'fence' | 'until'>;
  /** Shown to a vendor's people only, also where nothing is masked. */
  readonly masked?: Masked[];
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
  veil: Veil,
) {
  const { commands, mergedInto } = facts;
  const { id, number, channel, status, language, priority, version, messages } = inquiry;
  return {
    ...{ id, number, channel, status, language, priority, version, messages },
    subject: veil.text('subject', inquiry.subject),
    requester: requesterOf(inquiry.requester, veil),
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
    ...given('call', inquiry.call && callOf(inquiry.call, veil)),
    ...(inquiry.rating === undefined ? {} : { rating: ratingOf(inquiry.rating, veil) }),
    commands: [...commands],
  };
}

function shownAtWork(
  { holder, tags, undeliverable, unmaskings, requester }: Inquiry,
  viewer: Person,
  { lease }: ViewFacts,
  veil: Veil,
) {
  return {
    ...(holder === undefined ? {} : { agent: { sub: holder.agent as string, name: holder.name } }),
    tags,
    undeliverable: undeliverable.map((address, place) =>
      veil.particular(`undeliverable.${place}`, address, 'mail', address === requester.address),
    ),
    ...given('unmaskings', unmaskings?.map(viewUnmasking)),
    ...(lease !== undefined && lease.agent === viewer.sub && holder?.agent === viewer.sub
      ? { lease: { fence: lease.fence, until: lease.until } }
      : {}),
  };
}

/** A wish to be shown what is masked, as the vendor that has it and the office see it. */
export function viewUnmasking(unmasking: UnmaskingRequest) {
  const { id, of, kinds, vendor, asker, reason, askedAt, state } = unmasking;
  return { id, of, kinds: [...kinds], vendor, asker: asker as string, reason, askedAt, state };
}
type UnmaskingView = ReturnType<typeof viewUnmasking>;

function requesterOf({ sub: _, ...requester }: Inquiry['requester'], veil: Veil) {
  const { address, phone, name, department } = requester;
  const shown = {
    ...given('address', address && veil.particular('requester.address', address, 'mail')),
    ...given('phone', phone && veil.particular('requester.phone', phone, 'phone')),
    ...given('name', name && veil.particular('requester.name', name, 'name')),
    ...given('department', department && veil.text('requester.department', department)),
  };
  return { ...requester, ...shown };
}

function callOf(call: NonNullable<Inquiry['call']>, veil: Veil) {
  const { callbackNumber } = call;
  if (callbackNumber === undefined) return call;
  const shown = veil.particular('call.callbackNumber', callbackNumber, 'phone');
  return { ...call, callbackNumber: shown };
}

function ratingOf({ score, comment }: NonNullable<Inquiry['rating']>, veil: Veil) {
  return { score, ...given('comment', comment && veil.text('rating.comment', comment)) };
}

/** What has become of it, and nothing of how it goes where it is now. */
function stubOf(inquiry: Inquiry) {
  const { id, number, status, closedBy } = inquiry;
  const isOpen = isOpenStatus(status);
  return {
    ...{ id, number },
    stub: true as const,
    status: isOpen ? ('open' as const) : (status as 'resolved' | 'closed' | 'merged'),
    ...(closedBy === 'withdrawn' ? { outcome: 'withdrawn' as const } : {}),
    ...given('resolvedAt', inquiry.resolvedAt),
    ...given('closedAt', inquiry.closedAt),
  };
}

/** What a view of a message is made from besides the message. */
export type MessageFacts = {
  readonly at: Instant;
  readonly inquiry: Inquiry;
  /** Who caused the event that has it. */
  readonly by: EventActor;
  /** Under which vendors are shown anything. */
  readonly settings: Terms['settings'];
  /** Of the page that the message is on; one of its own unless given. */
  readonly allowance?: Allowance;
};

/** A message as one person may see it; undefined for a note that is not for them. */
export function viewMessage(message: Message, viewer: Person, facts: MessageFacts) {
  const { at, inquiry } = facts;
  const { id, kind, subject, text, fullText, attachments, unverified } = message;
  if (kind === 'note' && may(viewer, 'read-notes', inquiry) !== 'allowed') return undefined;
  const veil = veilFor(viewer, inquiry, facts, id, facts.allowance);
  return {
    ...{ id, at, kind },
    from: senderOf(message, viewer, facts, veil),
    ...given('subject', subject && veil.text('subject', subject)),
    text: veil.text('text', text),
    fullText: veil.text('fullText', fullText ?? text),
    attachments: attachments.map((one, place) =>
      viewAttachment(one, viewer, facts.by, veil, place),
    ),
    ...given('unverified', unverified),
    ...(veil.hasCut() ? { cut: true as const } : {}),
    ...maskedIn(veil),
  };
}

function senderOf(
  { kind, from }: Message,
  viewer: Person,
  { inquiry, by }: MessageFacts,
  veil: Veil,
): Message['from'] | { readonly address?: string; readonly name?: string } {
  const isAtWork = relationsOf(viewer, inquiry).some(
    (relation) => relation === 'office' || relation === 'desk',
  );
  const isOfAgent = kind === 'agent' || kind === 'note';
  if (!isOutsider(viewer)) {
    // Requesters write to the desk, not to one of its agents.
    return isOfAgent && !isAtWork ? given('name', from.name) : { ...from };
  }
  if (isOfAgent) {
    const vendor = by.kind === 'agent' ? by.vendor : undefined;
    const isOfAnother = vendor !== undefined && vendor !== viewer.vendor;
    return isOfAnother ? {} : given('name', from.name && veil.text('from.name', from.name));
  }
  const { address, name } = from;
  const isRequester = isOfRequester(from, inquiry);
  return {
    ...given('address', address && veil.particular('from.address', address, 'mail', isRequester)),
    ...given('name', name && veil.particular('from.name', name, 'name', isRequester)),
  };
}

/** Others who take part write too, whom the requester's particulars are not of. */
function isOfRequester({ address, sub, name }: Message['from'], { requester }: Inquiry): boolean {
  if (address !== undefined) return address === requester.address;
  return sub === undefined ? name === requester.name : sub === requester.sub;
}

/**
 * An attachment as one person may see it: a vendor is told of each, with its name masked, and gets
 * what its own people sent and those of the types that its policy names.
 * @param by who sent it
 */
export function viewAttachment(
  attachment: Attachment,
  viewer: Person,
  by: EventActor,
  veil: Veil,
  place = 0,
) {
  const { policy } = veil;
  if (policy === undefined) return attachment;
  const { id } = attachment;
  const name = veil.text(`attachments.${place}.name`, attachment.name);
  // Parameters of a media type can name the file.
  const bare = (attachment.type.split(';', 1)[0] ?? '').trim();
  const type = veil.text(`attachments.${place}.type`, bare);
  const isOwn = by.kind === 'agent' && by.vendor === viewer.vendor;
  return isOwn || isAttachmentShown(attachment.type, policy)
    ? { ...attachment, name, type }
    : { id, name, type, withheld: true as const };
}

function maskedIn({ policy, masked }: Veil) {
  return policy === undefined ? {} : { masked: [...masked] };
}

/** A field that is left out where it has no value. */
function given<Name extends string, Value>(name: Name, value: Value | undefined) {
  return (value === undefined ? {} : { [name]: value }) as { [N in Name]?: Value };
}
