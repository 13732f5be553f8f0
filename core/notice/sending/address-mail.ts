import { loopHeader } from '../../inquiry/outbox/loop-header.ts';
import { isAutomaticNotice, type Notice } from '../../inquiry/outbox/notice.ts';
import type { Inquiry } from '../../inquiry/snapshot.ts';
import type { EmailAddress, Instant } from '../../inquiry/values/ids.ts';
import { audienceOf } from '../content/audience.ts';
import type { Letter } from '../content/compose-notice.ts';
import type { MailAttachment, OutgoingMail } from '../ports.ts';

/** What stands on the envelope and in the headers of a stage's mail. */
export type Stamp = {
  readonly helpAddress: string;
  readonly mailDomain: string;
};

export type Addressing = {
  readonly notice: Notice;
  readonly inquiry: Inquiry;
  readonly letter: Letter;
  readonly to: EmailAddress;
  /** With the signed token. */
  readonly replyTo: string;
  readonly stamp: Stamp;
  /** Message-ID of the requester's newest mail. */
  readonly answers?: string;
  /** Under which our latest mail to the same address was sent. */
  readonly precedingWireId?: string;
  readonly attachments: readonly MailAttachment[];
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
export function addressMail(addressing: Addressing): OutgoingMail {
  const { notice, inquiry, letter, to, replyTo, stamp, attachments, at } = addressing;
  return {
    from: { name: letter.senderName, address: stamp.helpAddress },
    to,
    replyTo,
    subject: letter.subject,
    text: letter.text,
    html: letter.html,
    at,
    messageId: `${inquiry.id}.${notice.seq}.${notice.kind}@${stamp.mailDomain}`,
    ...threading(addressing),
    headers: {
      [loopHeader]: stamp.mailDomain,
      ...(isAutomaticNotice(notice.kind)
        ? { 'Auto-Submitted': 'auto-replied', 'X-Auto-Response-Suppress': 'All' }
        : {}),
    },
    attachments,
  };
}

function threading({ notice, inquiry, answers, precedingWireId }: Addressing) {
  if (audienceOf(notice.kind) !== 'requester') return { references: [] };
  const known = [...inquiry.references, answers].filter(isSound);
  const inReplyTo = isSound(answers) ? answers : (precedingWireId ?? known.at(-1));
  const references = [...new Set([...known, precedingWireId].filter(isSound))];
  // The mail that is answered stands last, whatever came after it.
  const ordered = [...references.filter((id) => id !== inReplyTo), inReplyTo].filter(isSound);
  return { references: ordered, ...(inReplyTo === undefined ? {} : { inReplyTo }) };
}

function isSound(id: string | undefined): id is string {
  return id !== undefined && soundMessageId.test(id);
}
