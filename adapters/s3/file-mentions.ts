import { gunzipSync } from 'node:zlib';
import type { MailReader } from '../../core/intake/mail/mail.ts';

/** Lines of Base64 that make up a part of a mail, or one encoded word of a header. */
const base64Lines = /(?:^[A-Za-z0-9+/]+={0,2}\r?$\n?)+/gm;
const base64Word = /=\?[^?\s]+\?b\?([A-Za-z0-9+/=]+)\?=/gi;
/** The shortest address, encoded. */
const encodedLength = 8;
/** Parts within parts: a mail attached to a mail, and a file attached to that. */
const depthLimit = 4;

/**
 * Whether a file holds what `mentions` finds: as it is, unzipped, or in the encodings of mail, at
 * any depth. What is in a picture, or in the formats of office programs, is not found.
 */
export function fileMentions(
  bytes: Uint8Array,
  mentions: (text: string) => boolean,
  depth = 0,
): boolean {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    try {
      return fileMentions(gunzipSync(bytes), mentions, depth + 1);
    } catch {
      return false;
    }
  }
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = buffer.toString('utf8');
  if (mentions(text)) return true;
  const isWide = (bytes[0] === 0xff && bytes[1] === 0xfe) || bytes[1] === 0;
  if (isWide && mentions(buffer.toString('utf16le'))) return true;
  if (depth >= depthLimit) return false;
  if (/=[0-9A-F]{2}|=\r?$/m.test(text) && mentions(decodeQuotedPrintable(text))) return true;
  const encoded = [
    ...[...text.matchAll(base64Lines)].map(([lines]) => lines),
    ...[...text.matchAll(base64Word)].map(([, word = '']) => word),
  ].filter(({ length }) => length >= encodedLength);
  return encoded.some((one) => fileMentions(Buffer.from(one, 'base64'), mentions, depth + 1));
}

/** The same, and a mail as its reader shows it: names are written in many charsets. */
export async function mailMentions(
  reader: MailReader,
  bytes: Uint8Array,
  mentions: (text: string) => boolean,
): Promise<boolean> {
  if (fileMentions(bytes, mentions)) return true;
  const { attachments: _, ...mail } = { attachments: undefined, ...(await reader.read(bytes)) };
  return mentions(JSON.stringify(mail));
}

/** @see https://www.rfc-editor.org/rfc/rfc2045#section-6.7 */
function decodeQuotedPrintable(text: string): string {
  const bytes = text
    .replace(/=\r?\n/g, '')
    .replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
