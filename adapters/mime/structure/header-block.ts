import { convertHeaderLineToUtf8, isRawHeaderLine } from '../charset/decode-header.ts';
import type { MimeHeaderField } from './mime-tree.ts';

const lineFeed = 0x0a;
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** Reads header fields up to the first empty line; `limit` is in bytes. */
export function readHeaderBlock(bytes: Uint8Array, limit: number): MimeHeaderField[] {
  const fields: { key: string; value: string }[] = [];
  let start = 0;
  while (start < bytes.length && start < limit) {
    const lineFeedAt = bytes.indexOf(lineFeed, start);
    const end = lineFeedAt < 0 ? bytes.length : lineFeedAt;
    const line = bytes.subarray(start, bytes[end - 1] === 0x0d ? end - 1 : end);
    if (line.length === 0) break;
    const text = utf8.decode(isRawHeaderLine(line) ? convertHeaderLineToUtf8(line, true) : line);
    const last = fields.at(-1);
    if (last !== undefined && /^[ \t]/.test(text)) {
      last.value += text;
    } else {
      const colon = text.indexOf(':');
      if (colon > 0) {
        fields.push({
          key: text.slice(0, colon).trim().toLowerCase(),
          value: text.slice(colon + 1).trim(),
        });
      }
    }
    start = end + 1;
  }
  return fields;
}

/** The values of one field, in order. */
export function findFieldValues(fields: readonly MimeHeaderField[], key: string): string[] {
  return fields.filter((field) => field.key === key).map((field) => field.value);
}
