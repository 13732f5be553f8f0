import { loopHeader } from '../../inquiry/outbox/loop-header.ts';
import { isAutomaticNotice, type Notice } from '../../inquiry/outbox/notice.ts';
import type { Inquiry } from '../../inquiry/snapshot.ts';
import type { EmailAddress, Instant } from '../../inquiry/values/ids.ts';
import { audienceOf } from '../content/audience.ts';
import type { MailContent } from '../content/compose-notice.ts';
import type { OutgoingAttachment, OutgoingMail } from '../ports.ts';

/** The addresses that a stage's mail is sent from. */
export type SenderSettings = {
  readonly helpAddress: string;
  readonly mailDomain: string;
};

export type AddressMailInput = {
  readonly notice: Notice;
  readonly inquiry: Inquiry;
  readonly content: MailContent;
  readonly to: EmailAddress;
  /** Contains the signed reply token. */
  readonly replyTo: string;
  readonly senderSettings: SenderSettings;
  /** Message-ID of the requester's newest mail. */
  readonly answers?: string;
  /** Message-ID of our latest mail to the same address. */
  readonly precedingWireId?: string;
  readonly attachments: readonly OutgoingAttachment[];
  readonly at: Instant;
};

/** A Message-ID that needs no escaping in a header. */
const soundMessageId = /^[!-;=?-~]{1,250}$/;

/**
 * Turns mail content into a mail with its headers.
 *
 * The sender is the help address, whose bounces come back as events; replies go to the signed
 * address. Mail to requesters continues their thread; mail to agents does not, since the thread is
 * not in their mailbox.
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
  const knownIds = [...inquiry.references, answers].filter(isSoundMessageId);
  const inReplyTo = isSoundMessageId(answers) ? answers : (precedingWireId ?? knownIds.at(-1));
  const references = [...new Set([...knownIds, precedingWireId].filter(isSoundMessageId))];
  // The mail that is answered comes last, even if others came after it.
  const ordered = [...references.filter((id) => id !== inReplyTo), inReplyTo].filter(
    isSoundMessageId,
  );
  return { references: ordered, ...(inReplyTo === undefined ? {} : { inReplyTo }) };
}

function isSoundMessageId(id: string | undefined): id is string {
  return id !== undefined && soundMessageId.test(id);
}
