import { loopHeader } from '../../inquiry/outbox/loop-header.ts';
import { isAutomaticNotice, type Notice } from '../../inquiry/outbox/notice.ts';
import type { Inquiry } from '../../inquiry/snapshot.ts';
import type { EmailAddress, Instant } from '../../inquiry/values/ids.ts';
import { audienceOf } from '../content/audience.ts';
import type { MailContent } from '../content/compose-notice.ts';
import type { OutgoingAttachment, OutgoingMail } from '../ports.ts';

/** What stands on the envelope and in the headers of a stage's mail. */
export type SenderSettings = {
  readonly helpAddress: string;
  readonly mailDomain: string;
};

export type AddressMailInput = {
  readonly notice: Notice;
  readonly inquiry: Inquiry;
  readonly content: MailContent;
  readonly to: EmailAddress;
  /** With the signed token. */
  readonly replyTo: string;
  readonly senderSettings: SenderSettings;
  /** Message-ID of the requester's newest mail. */
  readonly answers?: string;
  /** Under which our latest mail to the same address was sent. */
  readonly precedingWireId?: string;
  readonly attachments: readonly OutgoingAttachment[];
  readonly at: Instant;
};

/** A Message-ID that can stand in a header as it is. */
const soundMessageId = /^[!-;=?-~]{1,250}$/;

/**
 * Makes a letter into a mail with its headers.
 *
 * It is from the help address, whose bounces come back as events; answers go to the signed address.
 * Requesters' mail continues their own: agents' does not, since their mailbox has no part of it.
 */
export function addressMail(input: AddressMailInput): OutgoingMail {
  const { notice, inquiry, content, to, replyTo, senderSettings, attachments, at } = input;
  return {
    from: { name: content.senderName, address: senderSettings.helpAddress },
    to,
    replyTo,
    subject: content.subject,
    text: content.text,
    html: content.html,
    at,
    messageId: `${inquiry.id}.${notice.seq}.${notice.kind}@${senderSettings.mailDomain}`,
    ...buildThreadHeaders(input),
    headers: {
      [loopHeader]: senderSettings.mailDomain,
      ...(isAutomaticNotice(notice.kind)
        ? { 'Auto-Submitted': 'auto-replied', 'X-Auto-Response-Suppress': 'All' }
        : {}),
    },
    attachments,
  };
}

function buildThreadHeaders({ notice, inquiry, answers, precedingWireId }: AddressMailInput) {
  if (audienceOf(notice.kind) !== 'requester') return { references: [] };
  const known = [...inquiry.references, answers].filter(isSoundMessageId);
  const inReplyTo = isSoundMessageId(answers) ? answers : (precedingWireId ?? known.at(-1));
  const references = [...new Set([...known, precedingWireId].filter(isSoundMessageId))];
  // The mail that is answered stands last, whatever came after it.
  const ordered = [...references.filter((id) => id !== inReplyTo), inReplyTo].filter(
    isSoundMessageId,
  );
  return { references: ordered, ...(inReplyTo === undefined ? {} : { inReplyTo }) };
}

function isSoundMessageId(id: string | undefined): id is string {
  return id !== undefined && soundMessageId.test(id);
}
