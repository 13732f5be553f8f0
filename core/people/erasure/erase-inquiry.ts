import type { InquiryEvent } from '../../inquiry/events/events.ts';
import type { Notice } from '../../inquiry/outbox/notice.ts';
import type { Inquiry } from '../../inquiry/snapshot.ts';
import type { Message } from '../../inquiry/values/message.ts';
import {
  eraseCall,
  eraseContact,
  erasedText,
  eraseRawMail,
  eraseSource,
  eraseTexts,
} from './erase-texts.ts';
import type { ErasureMode } from './erasure.ts';
import type { IdentityReplacer } from './identity-replacer.ts';

/** How an inquiry concerns the person, and what is to become of it. */
export type InquiryErasure = {
  readonly replacer: IdentityReplacer;
  readonly mode: ErasureMode;
  /** The person brought it; otherwise they take part, or work on it. */
  readonly isOwn: boolean;
};

/** Whether the person brought an inquiry, also one that is erased in part. */
export function isOwnInquiry({ requester }: Inquiry, replacer: IdentityReplacer): boolean {
  return replacer.isAbout(requester) || replacer.isErased(requester);
}

/** Anything may still happen to it: a reply, a reminder, a deadline. */
export function isUnfinished({ status }: Pick<Inquiry, 'status'>): boolean {
  return status !== 'closed' && status !== 'merged';
}

/** Whether an event goes with all that is written in it, or only its author's words, or neither. */
export function isTextErased(event: InquiryEvent, erasure: InquiryErasure): boolean {
  const { mode, isOwn, replacer } = erasure;
  if (mode === 'anonymize') return false;
  if (isOwn) return true;
  const { from } = messageOfEvent(event) ?? {};
  const author = from ?? event.by;
  return replacer.isAbout(author) || replacer.isErased(author);
}

/**
 * Erases the person from an event. What it says of others, of time and of service levels stays, so
 * that it parses and folds as before.
 */
export function eraseFromEvent(event: InquiryEvent, erasure: InquiryErasure): InquiryEvent {
  const { replacer, isOwn } = erasure;
  const bare = isOwn ? eraseContact(event) : event;
  const remaining = isTextErased(event, erasure) ? eraseTexts(bare, isOwn) : bare;
  return replacer.replaceValue(remaining, 'all');
}

/** Erases the person from a snapshot, so that it is what its erased events fold to. */
export function eraseFromSnapshot(inquiry: Inquiry, erasure: InquiryErasure): Inquiry {
  const { replacer, mode, isOwn } = erasure;
  const bare = isOwn ? eraseSnapshotContact(inquiry) : inquiry;
  if (mode === 'anonymize') return replacer.replaceValue(bare, 'all');
  const unmaskings = inquiry.unmaskings?.map((one) =>
    isOwn || replacer.isAbout(one) || replacer.isErased({ sub: one.asker })
      ? { ...one, reason: erasedText }
      : one,
  );
  const remaining = isOwn ? eraseSnapshotTexts(bare) : bare;
  return replacer.replaceValue(
    { ...remaining, ...(unmaskings === undefined ? {} : { unmaskings }) },
    'all',
  );
}

function eraseSnapshotContact(inquiry: Inquiry): Inquiry {
  const { call, source } = inquiry;
  return {
    ...inquiry,
    source: eraseRawMail(source),
    ...(call === undefined ? {} : { call: eraseCall(call) }),
  };
}

function eraseSnapshotTexts(inquiry: Inquiry): Inquiry {
  const { quarantine, rating, source } = inquiry;
  return {
    ...inquiry,
    subject: erasedText,
    source: eraseSource(source),
    references: [],
    ...(quarantine === undefined ? {} : { quarantine: { ...quarantine, detail: erasedText } }),
    ...(rating === undefined
      ? {}
      : { rating: { score: rating.score, resolution: rating.resolution } }),
  };
}

/** Erases the person as a notice's recipient; one that is still owed to them is not sent. */
export function eraseFromNotice(notice: Notice, { replacer }: InquiryErasure): Notice {
  const { recipient, state } = notice;
  const isTheirs =
    (recipient.to === 'address' && replacer.isAbout(recipient)) ||
    (recipient.to === 'person' && replacer.isAbout(recipient));
  const isOwed = state === 'pending' || state === 'sending';
  const remaining =
    isTheirs && isOwed ? { ...notice, state: 'withheld' as const, remark: 'erased' } : notice;
  return replacer.replaceValue(remaining, 'all');
}

/** The message that an event carries, if any. */
export function messageOfEvent(event: InquiryEvent): Message | undefined {
  if (event.type === 'InquiryReceived' || event.type === 'InquiryAdmitted') {
    return event.received.message;
  }
  return 'message' in event ? event.message : undefined;
}
