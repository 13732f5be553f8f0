import { createHash } from 'node:crypto';
import type { MailLimits } from '../../core/intake/mail/mail.ts';
import { hasJapaneseSigns } from './charset/decode-header.ts';
import { decodeText } from './charset/decode-text.ts';
import { cleanText } from './clean-text.ts';
import { type CollectedParts, collectParts } from './structure/collect-parts.ts';
import { readHeaderBlock } from './structure/header-block.ts';
import { MailLimitError } from './structure/mail-limit-error.ts';
import type { MimeHeaderField, readMimeTree } from './structure/mime-tree.ts';

/**
 * Reads a mail in which the parser finds nothing, or on which it fails: by the delimiter that its
 * body shows, else as text.
 *
 * Headers are read without the parser. Nothing that stands in the body is left out.
 */
export async function readBrokenMail(
  raw: Uint8Array,
  limits: MailLimits,
  readTree: typeof readMimeTree,
): Promise<{ headers: readonly MimeHeaderField[]; parts: CollectedParts }> {
  const headers = readHeaderBlock(raw, limits.headerBytes);
  const body = raw.subarray(findBodyStart(raw));
  const parts = await readByShownDelimiter(headers, body, limits, readTree);
  return { headers, parts: parts ?? readBodyAsText(body, limits) };
}

/** A line that looks like a delimiter, by RFC 2046's characters, before a part's first header. */
const delimiterLine =
  /^--([\w'()+,./:=?-](?:[\w'()+,./:=? -]{0,68}?[\w'()+,./:=?-])??)(?:--)?[ \t]*\r?\n(?=(?:content-[a-z-]{1,40}|mime-version):)/im;

/**
 * Reads the body by the delimiter that it shows, which may not be the one that the headers
 * announce, or stand behind an end of all parts. Undefined if that gives nothing.
 */
async function readByShownDelimiter(
  headers: readonly MimeHeaderField[],
  body: Uint8Array,
  limits: MailLimits,
  readTree: typeof readMimeTree,
): Promise<CollectedParts | undefined> {
  const text = Buffer.from(body.buffer, body.byteOffset, body.length).toString('latin1');
  const found = delimiterLine.exec(text);
  const boundary = found?.[1];
  if (found === null || boundary === undefined) return undefined;
  const hasPreamble = text.slice(0, found.index).trim() !== '';
  const declared = headers.find(({ key }) => key === 'content-type')?.value ?? '';
  // Text in front of the first part is shown too, and must not replace the HTML of an alternative.
  const subtype = hasPreamble ? undefined : /^multipart\/([a-z]+)/i.exec(declared)?.[1];
  const rebuilt = [
    `Content-Type: multipart/${subtype ?? 'mixed'}; boundary="${boundary}"\r\n\r\n`,
    hasPreamble ? `--${boundary}\r\n\r\n` : '',
    openParts(text, boundary),
  ].join('');
  try {
    const tree = await readTree(new Uint8Array(Buffer.from(rebuilt, 'latin1')), limits);
    const japanese = hasJapaneseSigns(headers.map((field) => field.value).join('\n'));
    const parts = await collectParts(tree, japanese, limits);
    const isEmpty = parts.fullText === '' && parts.files.length === 0;
    if (isEmpty || parts.faults.has('broken-structure')) return undefined;
    return { ...parts, faults: new Set([...parts.faults, 'broken-structure']) };
  } catch (failure) {
    if (failure instanceof MailLimitError) throw failure;
    return undefined;
  }
}

/**
 * Makes each end of all parts a mere delimiter, since more parts or text may follow it, and keeps
 * text that stands where a part's headers should from being read as such.
 */
function openParts(text: string, boundary: string): string {
  const name = boundary.replace(/[.+?()]/g, '\\$&');
  const delimiter = new RegExp(
    `^--${name}(?:--)?[ \\t]*(?:\\r?\\n|$)([\\w-]{1,40}[ \\t]*:|\\r?\\n)?`,
    'gim',
  );
  return text.replace(delimiter, (_line, next?: string) => `--${boundary}\r\n${next ?? '\r\n'}`);
}

/** Shows the body as it came, rather than not at all. */
function readBodyAsText(body: Uint8Array, limits: MailLimits): CollectedParts {
  const { text, undecodable } = decodeText(body, undefined, true);
  const fullText = cleanText(text);
  if (fullText.length > limits.textCharacters) {
    throw new MailLimitError('text-too-large', `over ${limits.textCharacters} characters`);
  }
  return {
    fullText,
    files: [],
    contentHash: createHash('sha256').update(fullText).digest('hex'),
    faults: new Set([
      'broken-structure',
      ...(undecodable ? (['undecodable-characters'] as const) : []),
    ]),
  };
}

function findBodyStart(raw: Uint8Array): number {
  const view = Buffer.from(raw.buffer, raw.byteOffset, raw.length);
  const starts = ['\r\n\r\n', '\n\n'].map((gap) => [view.indexOf(gap), gap.length] as const);
  const bodyStarts = starts.filter(([at]) => at >= 0).map(([at, length]) => at + length);
  return bodyStarts.length === 0 ? raw.length : Math.min(...bodyStarts);
}
