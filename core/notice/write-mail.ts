import { attachmentKey } from '../inquiry/attachment-key.ts';
import type { InquiryEvent } from '../inquiry/events.ts';
import type { Instant } from '../inquiry/ids.ts';
import { isAutomatic, type Notice } from '../inquiry/notice.ts';
import { makeReplyAddress } from '../inquiry/reply-token.ts';
import { makeStatusLink } from '../inquiry/status-token.ts';
import type { Desk } from '../inquiry/terms.ts';
import type { Signing } from '../inquiry/token.ts';
import { addressMail, type Stamp } from './address-mail.ts';
import { audienceOf } from './audience.ts';
import { composeNotice } from './compose-notice.ts';
import { fitAttachments } from './fit-attachments.ts';
import type {
  AttachmentBytes,
  MailAttachment,
  NoticeLedger,
  OutgoingMail,
  OwedNotice,
  Preceding,
} from './ports.ts';
import type { Mailbox } from './resolve-recipient.ts';

/** What writing a mail needs from outside. */
export type Writing = {
  readonly ledger: NoticeLedger;
  readonly attachments: AttachmentBytes;
  readonly replySigning: Signing;
  readonly statusSigning: Signing;
  readonly stamp: Stamp;
  readonly desks: readonly Desk[];
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
  const { stamp, desks, replySigning, statusSigning, publicUrl } = writing;
  const [preceding, files] = await Promise.all([
    precedingOf(writing, notice),
    filesOf(writing, notice, event),
  ]);
  const audience = audienceOf(notice.kind);
  const desk = desks.find(({ id }) => id === inquiry.desk);
  const letter = composeNotice({
    notice,
    inquiry,
    event,
    reader: to.reader,
    language: to.language,
    preceding: preceding.messages,
    leftOut: files.leftOut,
    ...(desk === undefined ? {} : { deskName: desk.name[to.language] }),
    ...(audience === 'requester'
      ? { statusLink: makeStatusLink(statusSigning, publicUrl, inquiry.id, now) }
      : {}),
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
  const message = written && !isAutomatic(notice.kind) ? event.message : undefined;
  const fitted = fitAttachments(message?.attachments ?? []);
  const leftOut = fitted.leftOut.map(({ name }) => name);
  const attached: MailAttachment[] = [];
  for (const { id, name, type } of fitted.attached) {
    const bytes = await attachments.get(attachmentKey(notice.inquiryId, id));
    if (bytes === undefined) leftOut.push(name);
    else attached.push({ name, type, bytes });
  }
  return { attached, leftOut };
}
