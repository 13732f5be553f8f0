/** One header field: its name as written, its value unfolded, and its byte range in the mail. */
export interface RawHeaderField {
  readonly name: string;
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

const LF = 0x0a;
const CR = 0x0d;

/**
 * Reads the header fields of a raw mail, in order, up to the first empty line; skips lines that are
 * no field, as mail systems do.
 */
export function readHeaderFields(raw: Buffer): RawHeaderField[] {
  const fields: RawHeaderField[] = [];
  let start = 0;
  while (start < raw.length) {
    const end = findFieldEnd(raw, start);
    const text = raw.toString('utf8', start, end);
    if (/^\r?\n?$/.test(text)) break;
    const colon = text.indexOf(':');
    const name = text.slice(0, Math.max(colon, 0)).trimEnd();
    if (/^[\x21-\x39\x3b-\x7e]+$/.test(name)) {
      const value = text
        .slice(colon + 1)
        .replaceAll(/\r?\n(?=[ \t])/g, '')
        .trim();
      fields.push({ name, value, start, end });
    }
    start = end;
  }
  return fields;
}

/** Finds where a field ends: after the first line that no folded line follows. */
function findFieldEnd(raw: Buffer, start: number): number {
  let end = start;
  for (;;) {
    const feed = raw.indexOf(LF, end);
    if (feed < 0) return raw.length;
    const lineLength = feed - end;
    end = feed + 1;
    const next = raw[end];
    const empty = lineLength === 0 || (lineLength === 1 && raw[feed - 1] === CR);
    if (empty || (next !== 0x20 && next !== 0x09)) return end;
  }
}

export function removeHeaderFields(raw: Buffer, removed: readonly RawHeaderField[]): Buffer {
  const parts: Buffer[] = [];
  let from = 0;
  for (const { start, end } of removed) {
    parts.push(raw.subarray(from, start));
    from = end;
  }
  parts.push(raw.subarray(from));
  return Buffer.concat(parts);
}
