import type { MailLimits } from '../../../core/intake/mail/mail.ts';
import { MailLimitError } from './mail-limit-error.ts';

const lineFeed = 0x0a;

/** Checks the limits of a raw mail before any parser sees it; throws `MailLimitError` over one. */
export function checkBounds(raw: Uint8Array, limits: MailLimits): void {
  if (raw.length > limits.rawBytes) {
    throw new MailLimitError('too-large', `${raw.length} bytes; ${limits.rawBytes} are taken`);
  }
  const headers = measureHeader(raw);
  if (headers.bytes > limits.headerBytes) {
    throw new MailLimitError(
      'headers-too-large',
      `${headers.bytes} bytes of headers; ${limits.headerBytes} are taken`,
    );
  }
  if (headers.lines > limits.headerFields) {
    throw new MailLimitError(
      'too-many-headers',
      `${headers.lines} lines of headers; ${limits.headerFields} are taken`,
    );
  }
  let lines = headers.lines;
  for (let at = raw.indexOf(lineFeed, headers.bytes); at >= 0; at = raw.indexOf(lineFeed, at + 1)) {
    lines++;
  }
  if (lines > limits.lines) {
    throw new MailLimitError('too-many-lines', `${lines} lines; ${limits.lines} are taken`);
  }
}

/** Counts bytes and unfolded lines before the first empty line. */
function measureHeader(raw: Uint8Array): { bytes: number; lines: number } {
  let lines = 0;
  let start = 0;
  for (;;) {
    const end = raw.indexOf(lineFeed, start);
    if (end < 0) return { bytes: raw.length, lines: lines + 1 };
    if (end === start || (end === start + 1 && raw[start] === 0x0d)) {
      return { bytes: start, lines };
    }
    if (raw[start] !== 0x20 && raw[start] !== 0x09) lines++;
    start = end + 1;
  }
}
