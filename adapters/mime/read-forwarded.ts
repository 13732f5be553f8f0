import type { ForwardedMail } from '../../core/intake/mail/mail.ts';
import { decodeEncodedWords, makePlainLine } from './charset/decode-header.ts';
import { readAddresses } from './read-addresses.ts';
import { findQuotedHeader } from './reply/quoted-header.ts';

/** Reads the sender and subject of a forwarded mail from the block of headers above it. */
export function readForwarded(fullText: string, forwardAt: number): ForwardedMail | undefined {
  const lines = fullText.split('\n').slice(forwardAt, forwardAt + 40);
  for (let at = 0; at < Math.min(lines.length, 8); at++) {
    const block = findQuotedHeader(lines, at);
    if (block?.from === undefined) continue;
    // Outlook writes `name [mailto:address]`, Gmail's text form `name <address>`.
    const unified = block.from.replace(/\[mailto:([^\]\s]{1,254})\]/i, '<$1>').replace(/\*+$/, '');
    const [from] = readAddresses([unified], 1).addresses;
    if (from === undefined) return undefined;
    const subject = makePlainLine(decodeEncodedWords(block.subject ?? ''), 998);
    return { from, ...(subject === '' ? {} : { subject }) };
  }
  return undefined;
}
