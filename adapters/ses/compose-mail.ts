import MailComposer from 'nodemailer/lib/mail-composer';
import type { OutgoingAttachment, OutgoingMail } from '../../core/notice/ports.ts';

/**
 * Writes a mail's bytes: text and HTML as alternatives, attachments in base 64, non-ASCII header
 * values as encoded words, lines ended by CR LF.
 *
 * Fetches nothing: file names and URLs in the contents are only text.
 */
export async function composeMail(mail: OutgoingMail): Promise<Uint8Array> {
  const composer = new MailComposer({
    from: mail.from,
    to: { name: '', address: mail.to },
    replyTo: { name: '', address: mail.replyTo },
    subject: mail.subject,
    date: new Date(mail.at),
    messageId: `<${mail.messageId}>`,
    ...(mail.inReplyTo === undefined ? {} : { inReplyTo: `<${mail.inReplyTo}>` }),
    references: mail.references.map((id) => `<${id}>`),
    headers: Object.entries(mail.headers).map(([key, value]) => ({ key, value })),
    text: mail.text,
    html: mail.html,
    // Some gateways break 8-bit lines and lines over 998 octets, which base 64 never has.
    encoding: 'base64',
    textEncoding: 'B',
    attachments: mail.attachments.map(buildPart),
    newline: 'win',
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return composer.compile().build();
}

function buildPart({ name, type, bytes }: OutgoingAttachment) {
  return {
    filename: name,
    contentType: isPlainType(type) ? type : 'application/octet-stream',
    contentTransferEncoding: 'base64',
    content: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  };
}

/** A part that is itself a mail or multipart would be read as part of ours. */
function isPlainType(type: string): boolean {
  return /^(?!message\/|multipart\/)[a-z0-9.+-]+\/[a-z0-9.+-]+$/i.test(type);
}
