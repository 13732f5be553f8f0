import type { InquiryEvent } from '../../inquiry/events/events.ts';
import {
  isAutomaticNotice,
  type Notice,
  type NoticeRecipient,
} from '../../inquiry/outbox/notice.ts';
import { type Desk, findDesk, type Terms } from '../../inquiry/terms/terms.ts';
import { type LinkAddressee, makeEscalationLink } from '../../inquiry/tokens/escalation-token.ts';
import { makeReplyAddress } from '../../inquiry/tokens/reply-token.ts';
import { makeStatusLink } from '../../inquiry/tokens/status-token.ts';
import type { SigningContext } from '../../inquiry/tokens/token.ts';
import { buildAttachmentKey } from '../../inquiry/values/attachment-key.ts';
import type { Instant } from '../../inquiry/values/ids.ts';
import { audienceOf } from '../content/audience.ts';
import { composeNotice } from '../content/compose-notice.ts';
import { type EscalationFacts, escalationFacts } from '../content/escalation-facts.ts';
import { fitAttachments } from '../content/fit-attachments.ts';
import type {
  AttachmentBytes,
  MailAttachment,
  NoticeLedger,
  OutgoingMail,
  OwedNotice,
  Preceding,
} from '../ports.ts';
import { addressMail, type Stamp } from './address-mail.ts';
import { gatheredFor } from './read-gathered-notices.ts';
import type { Mailbox } from './resolve-recipient.ts';

/** What writing a mail needs from outside. */
export type Writing = {
  readonly ledger: NoticeLedger;
  readonly attachments: AttachmentBytes;
  readonly replySigning: SigningContext;
  readonly statusSigning: SigningContext;
  readonly escalationSigning: SigningContext;
  readonly stamp: Stamp;
  readonly terms: Terms;
  /** Ends without a slash. */
  readonly publicUrl: string;
};

/** Writes the mail of a notice to a mailbox, with its files as far as they fit. */
export async function writeMail(
  writing: Writing,
  owed: OwedNotice,
  to: Mailbox,
  now: Instant,
): Promise<OutgoingMail> {
  const { notice, inquiry, event } = owed;
  const { stamp, terms, replySigning, statusSigning, publicUrl } = writing;
  const [preceding, files, gathered] = await Promise.all([
    precedingOf(writing, notice),
    filesOf(writing, notice, event),
    gatheredFor(writing.ledger, notice, to),
  ]);
  const audience = audienceOf(notice.kind);
  const desk = inquiry.desk && findDesk(terms, inquiry.desk);
  const escalation = escalationFacts(inquiry, event, terms.serviceLevels, now);
  const acknowledgeLink = acknowledgeLinkOf(writing, notice, escalation, now);
  const letter = composeNotice({
    notice,
    inquiry,
    event,
    reader: to.reader,
    language: to.language,
    preceding: preceding.messages,
    leftOut: files.leftOut,
    ...(desk === undefined || isOfAnother(desk, to) ? {} : { deskName: desk.name[to.language] }),
    ...(audience === 'requester'
      ? { statusLink: makeStatusLink(statusSigning, publicUrl, inquiry.id, now) }
      : {}),
    ...(escalation === undefined ? {} : { escalation }),
    ...(acknowledgeLink === undefined ? {} : { acknowledgeLink }),
    ...(gathered === undefined ? {} : { gathered }),
  });
  const answers = answeredBy(event, preceding);
  return addressMail({
    notice,
    inquiry,
    letter,
    to: to.address,
    replyTo: makeReplyAddress(replySigning, stamp.helpAddress, {
      inquiryId: inquiry.id,
      audience,
    }),
    stamp,
    ...(answers === undefined ? {} : { answers }),
    ...(preceding.wireId === undefined ? {} : { precedingWireId: preceding.wireId }),
    attachments: files.attached,
    at: now,
  });
}

/** A vendor is not told to which desk something has gone that is not its own. */
function isOfAnother({ vendor }: Desk, to: Mailbox): boolean {
  return to.vendor !== undefined && to.vendor !== vendor;
}

/** The link by which the addressee acknowledges an escalation that still goes on. */
export function acknowledgeLinkOf(
  { escalationSigning, publicUrl }: Pick<Writing, 'escalationSigning' | 'publicUrl'>,
  { inquiryId, recipient }: Notice,
  escalation: EscalationFacts | undefined,
  now: Instant,
): string | undefined {
  if (escalation?.state !== 'open' || !isAddressee(recipient)) return undefined;
  const token = { inquiryId, escalation: escalation.id, to: recipient };
  return makeEscalationLink(escalationSigning, publicUrl, token, now);
}

function isAddressee(recipient: NoticeRecipient): recipient is LinkAddressee {
  return recipient.to !== 'leads' && recipient.to !== 'desk';
}

/** Nothing precedes the first event, and agents' mail quotes and continues nothing. */
async function precedingOf({ ledger }: Writing, notice: Notice): Promise<Preceding> {
  return notice.seq === 1 || audienceOf(notice.kind) === 'agent'
    ? { messages: [] }
    : ledger.preceding(notice);
}

/** The Message-ID of the requester's newest mail: the event's own, or one before it. */
function answeredBy(event: InquiryEvent, { messages }: Preceding): string | undefined {
  if (event.type === 'InquiryReceived' || event.type === 'InquiryAdmitted') {
    return event.received.message.messageId;
  }
  return messages.find(({ message }) => message.kind === 'requester' && message.messageId)?.message
    .messageId;
}

/** The files of what a person wrote; one that is not in the bucket counts as left out. */
async function filesOf(
  { attachments }: Writing,
  notice: Notice,
  event: InquiryEvent,
): Promise<{ attached: MailAttachment[]; leftOut: string[] }> {
  const written = event.type === 'ReplyPosted' || event.type === 'InquiryResolved';
  const message = written && !isAutomaticNotice(notice.kind) ? event.message : undefined;
  const fitted = fitAttachments(message?.attachments ?? []);
  const leftOut = fitted.leftOut.map(({ name }) => name);
  const attached: MailAttachment[] = [];
  for (const { id, name, type } of fitted.attached) {
    const bytes = await attachments.get(buildAttachmentKey(notice.inquiryId, id));
    if (bytes === undefined) leftOut.push(name);
    else attached.push({ name, type, bytes });
  }
  return { attached, leftOut };
}
