import { decodeEncodedWords, decodeQuotedBytes, makePlainLine } from '../charset/decode-header.ts';
import { decodeText, isJapaneseLabel } from '../charset/decode-text.ts';
import type { MimePart } from './mime-tree.ts';

/** How many UTF-16 units of a file name are kept, including its extension. */
const nameLength = 200;

/** Extensions for parts that come without a name. */
const extensions: Readonly<Record<string, string>> = {
  'message/rfc822': '.eml',
  'text/calendar': '.ics',
  'text/plain': '.txt',
  'text/html': '.html',
  'text/csv': '.csv',
  'image/png': '.png',
  'image/jpeg': '.jpg',
  'image/gif': '.gif',
  'application/pdf': '.pdf',
  'application/zip': '.zip',
  'application/ms-tnef': '.dat',
  'application/pkcs7-mime': '.p7m',
  'application/pkcs7-signature': '.p7s',
};

/** Reads the decoded name of a part, without its path; `undefined` when it has none. */
export function readDeclaredName(part: MimePart): string | undefined {
  const declared =
    readParameter(part.contentDisposition, 'filename') ?? readParameter(part.contentType, 'name');
  if (declared === undefined) return undefined;
  const name = sanitizeFileName(declared);
  return name === '' ? undefined : name;
}

/** Makes a name for a part that has none. */
export function makeFileName(type: string, position: number): string {
  return `attachment-${position}${extensions[type] ?? '.bin'}`;
}

/** Reduces a path to its last segment, as one line that is safe in file systems and headers. */
export function sanitizeFileName(declared: string): string {
  const line = makePlainLine(declared, 1000);
  const name = line
    .slice(Math.max(line.lastIndexOf('/'), line.lastIndexOf('\\')) + 1)
    .replace(/[<>:"|?*]/g, '_')
    .replace(/^\.+/, '')
    .trim();
  if (name.length <= nameLength) return name;
  const dot = name.lastIndexOf('.');
  const extension = dot > 0 && name.length - dot <= 16 ? name.slice(dot) : '';
  return makePlainLine(name.slice(0, nameLength - extension.length), nameLength) + extension;
}

/**
 * Decodes a parameter by RFC 2231, and by RFC 2047 as most mail programs send it.
 *
 * The parser decodes RFC 2231 itself, but knows the platform's charset labels only; so a value in
 * extended form is read again here from the header.
 */
function readParameter(
  header: {
    readonly value: string;
    readonly parsed: { readonly params: Readonly<Record<string, string>> };
  },
  name: string,
): string | undefined {
  const extended = readExtendedParameter(header.value, name);
  if (extended !== undefined) return decodeEncodedWords(extended);
  const plain = Object.hasOwn(header.parsed.params, name) ? header.parsed.params[name] : undefined;
  return plain === undefined ? undefined : decodeEncodedWords(plain);
}

const section = /;\s*([a-z]+)\*(\d{1,3})?(\*)?\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]*))/gi;

function readExtendedParameter(value: string, name: string): string | undefined {
  if (!value.includes('*')) return undefined;
  const sections: { position: number; encoded: boolean; value: string }[] = [];
  for (const match of value.matchAll(section)) {
    if (match[1]?.toLowerCase() !== name) continue;
    sections.push({
      position: Number(match[2] ?? 0),
      // `name*=` is encoded as a whole, `name*0=` is plain, `name*0*=` is encoded.
      encoded: match[2] === undefined || match[3] !== undefined,
      value: match[4]?.replace(/\\(.)/g, '$1') ?? match[5] ?? '',
    });
  }
  if (sections.length === 0) return undefined;
  sections.sort((one, other) => one.position - other.position);
  let charset = 'utf-8';
  const bytes = sections.map((part, index) => {
    if (!part.encoded) return Buffer.from(part.value, 'utf8');
    const charsetPrefix = index === 0 ? /^([^']*)'[^']*'/.exec(part.value) : null;
    if (charsetPrefix?.[1]) charset = charsetPrefix[1];
    return decodeQuotedBytes(
      charsetPrefix === null ? part.value : part.value.slice(charsetPrefix[0].length),
      '%',
    );
  });
  return decodeText(Buffer.concat(bytes), charset, isJapaneseLabel(charset)).text;
}
