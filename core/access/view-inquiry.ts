import { type Inquiry, isOpenStatus, type Lease } from '../inquiry/snapshot.ts';
import type { Terms } from '../inquiry/terms/terms.ts';
import type { UnmaskingRequest } from '../inquiry/unmasking.ts';
import type { EventActor } from '../inquiry/values/actor.ts';
import type { Instant } from '../inquiry/values/ids.ts';
import type { InquiryNumber } from '../inquiry/values/inquiry-number.ts';
import type { Attachment, Message } from '../inquiry/values/message.ts';
import { isAttachmentShown } from '../masking/is-attachment-shown.ts';
import { findRelations, type InquiryAction, type InquiryRelation, may } from './may.ts';
import { isOutsider, type Person } from './person.ts';
import type { RedactionBudget } from './redact.ts';
import { type MaskedFieldSpan, type Redactor, redactorFor } from './redactor.ts';
import { type ClockViewContext, viewClocks, viewEscalations } from './view-clocks.ts';

/** What a view shows besides the inquiry itself. */
export type InquiryViewContext = {
  /** What this viewer may do with it now. */
  readonly commands: readonly InquiryAction[];
  /** The current lease, if any; shown to its holder only. */
  readonly lease?: Lease;
  /** The inquiry in which a chain of merges ends. */
  readonly mergedInto?: InquiryNumber;
  /** Say what each vendor's people are shown. */
  readonly settings: Terms['settings'];
} & ClockViewContext;

/**
 * Shows an inquiry as one person may see it: in full to the office, masked to the vendor whose desk
 * works it, in part to its requester and participants, as a stub to a former vendor, and as
 * undefined to everybody else.
 *
 * Everything about an inquiry that leaves the functions goes through this file.
 */
export function viewInquiry(
  inquiry: Inquiry,
  viewer: Person,
  context: InquiryViewContext,
): InquiryView | InquiryStub | undefined {
  const relations = findRelations(viewer, inquiry);
  if (may(viewer, 'read', inquiry) !== 'allowed') return undefined;
  if (relations.every((relation) => relation === 'former')) return viewStub(inquiry);
  const isAtWork = relations.includes('office') || relations.includes('desk');
  const redactor = redactorFor(viewer, inquiry, context);
  return {
    ...viewForAll(inquiry, viewer, relations, context, redactor),
    ...(isAtWork ? viewForWork(inquiry, viewer, context, redactor) : {}),
    ...(relations.includes('office')
      ? { links: inquiry.links, escalations: viewEscalations(inquiry) }
      : {}),
    ...maskedFieldsOf(redactor),
  };
}

/** An inquiry as it is shown; the optional parts only to those who work it. */
export type InquiryView = ReturnType<typeof viewForAll> & {
  readonly undeliverable?: string[];
  readonly unmaskings?: UnmaskingView[];
  /** Shown to the office only. */
  readonly links?: Inquiry['links'];
  readonly escalations?: ReturnType<typeof viewEscalations>;
  /** Shown to its holder only. */
  readonly lease?: Pick<Lease, 'fence' | 'until'>;
  /** Shown to a vendor's people only, even when nothing is masked. */
  readonly masked?: MaskedFieldSpan[];
};
export type InquiryStub = ReturnType<typeof viewStub>;

export function isInquiryStub(view: InquiryView | InquiryStub): view is InquiryStub {
  return 'stub' in view;
}

function viewForAll(
  inquiry: Inquiry,
  viewer: Person,
  relations: readonly InquiryRelation[],
  context: InquiryViewContext,
  redactor: Redactor,
) {
  const { commands, mergedInto } = context;
  const { id, number, channel, status, language, priority, version, messages } = inquiry;
  return {
    ...{ id, number, channel, status, language, priority, version, messages },
    subject: redactor.redactText('subject', inquiry.subject),
    requester: viewRequester(inquiry.requester, redactor),
    ...(inquiry.automated ? { automated: true } : {}),
    ...omitIfUndefined('desk', inquiry.desk),
    ...(inquiry.holder === undefined
      ? {}
      : { agent: { name: inquiry.holder.name } as { sub?: string; name: string } }),
    ...omitIfUndefined('category', inquiry.category),
    tags: [] as string[],
    clocks: viewClocks(inquiry, viewer, relations, context),
    receivedAt: inquiry.receivedAt,
    ...omitIfUndefined('queuedAt', inquiry.queuedAt),
    ...omitIfUndefined('availableAt', inquiry.availableAt),
    ...omitIfUndefined('remindAt', inquiry.remindAt),
    ...omitIfUndefined('resolvedAt', inquiry.resolvedAt),
    ...omitIfUndefined('closedAt', inquiry.closedAt),
    ...omitIfUndefined('closeAt', inquiry.closeAt),
    ...omitIfUndefined('reopenUntil', inquiry.reopenUntil),
    ...omitIfUndefined('mergedInto', mergedInto),
    ...omitIfUndefined('call', inquiry.call && viewCall(inquiry.call, redactor)),
    ...(inquiry.rating === undefined ? {} : { rating: viewRating(inquiry.rating, redactor) }),
    commands: [...commands],
  };
}

function viewForWork(
  { holder, tags, undeliverable, unmaskings, requester }: Inquiry,
  viewer: Person,
  { lease }: InquiryViewContext,
  redactor: Redactor,
) {
  return {
    ...(holder === undefined ? {} : { agent: { sub: holder.agent as string, name: holder.name } }),
    tags,
    undeliverable: undeliverable.map((address, index) =>
      redactor.redactPersonalDetail(
        `undeliverable.${index}`,
        address,
        'mail',
        address === requester.address,
      ),
    ),
    ...omitIfUndefined('unmaskings', unmaskings?.map(viewUnmaskingRequest)),
    ...(lease !== undefined && lease.agent === viewer.sub && holder?.agent === viewer.sub
      ? { lease: { fence: lease.fence, until: lease.until } }
      : {}),
  };
}

/** An unmasking request, as the vendor that has the inquiry and the office see it. */
export function viewUnmaskingRequest(unmasking: UnmaskingRequest) {
  const { id, of, kinds, vendor, asker, reason, askedAt, state } = unmasking;
  return { id, of, kinds: [...kinds], vendor, asker: asker as string, reason, askedAt, state };
}
type UnmaskingView = ReturnType<typeof viewUnmaskingRequest>;

function viewRequester({ sub: _, ...requester }: Inquiry['requester'], redactor: Redactor) {
  const { address, phone, name, department } = requester;
  const details = {
    ...omitIfUndefined(
      'address',
      address && redactor.redactPersonalDetail('requester.address', address, 'mail'),
    ),
    ...omitIfUndefined(
      'phone',
      phone && redactor.redactPersonalDetail('requester.phone', phone, 'phone'),
    ),
    ...omitIfUndefined(
      'name',
      name && redactor.redactPersonalDetail('requester.name', name, 'name'),
    ),
    ...omitIfUndefined(
      'department',
      department && redactor.redactText('requester.department', department),
    ),
  };
  return { ...requester, ...details };
}

function viewCall(call: NonNullable<Inquiry['call']>, redactor: Redactor) {
  const { callbackNumber } = call;
  if (callbackNumber === undefined) return call;
  const redacted = redactor.redactPersonalDetail('call.callbackNumber', callbackNumber, 'phone');
  return { ...call, callbackNumber: redacted };
}

function viewRating({ score, comment }: NonNullable<Inquiry['rating']>, redactor: Redactor) {
  return {
    score,
    ...omitIfUndefined('comment', comment && redactor.redactText('rating.comment', comment)),
  };
}

/** Number and outcome only: a former vendor must not see how the inquiry goes on. */
function viewStub(inquiry: Inquiry) {
  const { id, number, status, closedBy } = inquiry;
  const isOpen = isOpenStatus(status);
  return {
    ...{ id, number },
    stub: true as const,
    status: isOpen ? ('open' as const) : (status as 'resolved' | 'closed' | 'merged'),
    ...(closedBy === 'withdrawn' ? { outcome: 'withdrawn' as const } : {}),
    ...omitIfUndefined('resolvedAt', inquiry.resolvedAt),
    ...omitIfUndefined('closedAt', inquiry.closedAt),
  };
}

export type MessageViewContext = {
  readonly at: Instant;
  readonly inquiry: Inquiry;
  /** Who caused the event that carries the message. */
  readonly by: EventActor;
  /** Say what each vendor's people are shown. */
  readonly settings: Terms['settings'];
  /** That of the page that the message is on; by default one of its own. */
  readonly redactionBudget?: RedactionBudget;
};

/** Shows a message as one person may see it; undefined for a note that is not for them. */
export function viewMessage(message: Message, viewer: Person, context: MessageViewContext) {
  const { at, inquiry } = context;
  const { id, kind, subject, text, fullText, attachments, unverified } = message;
  if (kind === 'note' && may(viewer, 'read-notes', inquiry) !== 'allowed') return undefined;
  const redactor = redactorFor(viewer, inquiry, context, id, context.redactionBudget);
  return {
    ...{ id, at, kind },
    from: viewSender(message, viewer, context, redactor),
    ...omitIfUndefined('subject', subject && redactor.redactText('subject', subject)),
    text: redactor.redactText('text', text),
    fullText: redactor.redactText('fullText', fullText ?? text),
    attachments: attachments.map((one, index) =>
      viewAttachment(one, viewer, context.by, redactor, index),
    ),
    ...omitIfUndefined('unverified', unverified),
    ...(redactor.hasCut() ? { cut: true as const } : {}),
    ...maskedFieldsOf(redactor),
  };
}

function viewSender(
  { kind, from }: Message,
  viewer: Person,
  { inquiry, by }: MessageViewContext,
  redactor: Redactor,
): Message['from'] | { readonly address?: string; readonly name?: string } {
  const isAtWork = findRelations(viewer, inquiry).some(
    (relation) => relation === 'office' || relation === 'desk',
  );
  const isOfAgent = kind === 'agent' || kind === 'note';
  if (!isOutsider(viewer)) {
    // Requesters write to the desk, not to one of its agents.
    return isOfAgent && !isAtWork ? omitIfUndefined('name', from.name) : { ...from };
  }
  if (isOfAgent) {
    const vendor = by.kind === 'agent' ? by.vendor : undefined;
    const isOfOtherVendor = vendor !== undefined && vendor !== viewer.vendor;
    return isOfOtherVendor
      ? {}
      : omitIfUndefined('name', from.name && redactor.redactText('from.name', from.name));
  }
  const { address, name } = from;
  const isRequester = isOfRequester(from, inquiry);
  return {
    ...omitIfUndefined(
      'address',
      address && redactor.redactPersonalDetail('from.address', address, 'mail', isRequester),
    ),
    ...omitIfUndefined(
      'name',
      name && redactor.redactPersonalDetail('from.name', name, 'name', isRequester),
    ),
  };
}

/** Other participants write too, and a grant on the requester does not cover their details. */
function isOfRequester({ address, sub, name }: Message['from'], { requester }: Inquiry): boolean {
  if (address !== undefined) return address === requester.address;
  return sub === undefined ? name === requester.name : sub === requester.sub;
}

/**
 * Shows an attachment as one person may see it: a vendor sees that each exists, with its name
 * masked, and gets those that its own people sent or whose type its policy names.
 * @param by who sent it
 */
export function viewAttachment(
  attachment: Attachment,
  viewer: Person,
  by: EventActor,
  redactor: Redactor,
  index = 0,
) {
  const { policy } = redactor;
  if (policy === undefined) return attachment;
  const { id } = attachment;
  const name = redactor.redactText(`attachments.${index}.name`, attachment.name);
  // Parameters of a media type can name the file.
  const bareType = (attachment.type.split(';', 1)[0] ?? '').trim();
  const type = redactor.redactText(`attachments.${index}.type`, bareType);
  const isOwn = by.kind === 'agent' && by.vendor === viewer.vendor;
  return isOwn || isAttachmentShown(attachment.type, policy)
    ? { ...attachment, name, type }
    : { id, name, type, withheld: true as const };
}

function maskedFieldsOf({ policy, maskedSpans }: Redactor) {
  return policy === undefined ? {} : { masked: [...maskedSpans] };
}

/** A field, left out when it has no value. */
function omitIfUndefined<Name extends string, Value>(name: Name, value: Value | undefined) {
  return (value === undefined ? {} : { [name]: value }) as { [N in Name]?: Value };
}
