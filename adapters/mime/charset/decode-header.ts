import { hasJisEscape } from './decode-jis.ts';
import { decodeText, isJapaneseLabel } from './decode-text.ts';
import { hasHighByte, isUtf8 } from './detect-charset.ts';

const encodedWord = /=\?([^?\s]{1,60})\?([QqBb])\?([^?]*)\?=/g;
const wordSeparator = /^[ \t\r\n]*$/;

type EncodedWord = { charset: string; encoding: 'q' | 'b'; content: string };

/**
 * Whether a header line holds bytes not allowed in headers: raw Shift_JIS, EUC-JP or ISO-2022-JP.
 */
export function isRawHeaderLine(line: Uint8Array): boolean {
  return hasJisEscape(line) || (hasHighByte(line) && !isUtf8(line));
}

const utf8 = new TextEncoder();

/** Turns a raw header line into UTF-8, which the parser accepts. */
export function convertHeaderLineToUtf8(
  line: Uint8Array,
  japanese: boolean,
): Uint8Array<ArrayBuffer> {
  return utf8.encode(decodeText(line, undefined, japanese).text.replace(/[\r\n]/g, ' '));
}

const japaneseSigns = /iso-2022-jp|shift_?jis|sjis|euc-?jp|cp932|windows-31j|\+0900|\.jp\b/i;

/** Whether a mail's headers, read as Latin-1, point to Japan. */
export function hasJapaneseSigns(headers: string): boolean {
  return japaneseSigns.test(headers);
}

/**
 * Decodes the encoded words of a header value (RFC 2047).
 *
 * Neighbouring words of one charset are decoded as one run of bytes, since senders cut inside
 * characters and inside escape sequences; if that fails, each is decoded by itself.
 */
export function decodeEncodedWords(value: string): string {
  return mapWords(value, (words) => decodeRun(words));
}

/**
 * Rewrites encoded words into UTF-8 ones, for parsers that know only some charsets.
 *
 * The structure of an address header must be parsed before its words are decoded: a decoded name
 * may hold commas and angle brackets.
 */
export function rewriteWordsAsUtf8(value: string): string {
  return mapWords(value, (words) => {
    const text = decodeRun(words);
    return `=?utf-8?B?${Buffer.from(text, 'utf8').toString('base64')}?=`;
  });
}

/**
 * Characters that are invisible or reverse text: controls, line and paragraph ends, bidi overrides.
 */
const invisibleCharacters = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+/gu;

/** Makes one readable line, of at most `length` UTF-16 units. */
export function makePlainLine(text: string, length: number): string {
  const line = text
    .slice(0, length * 4)
    .replace(invisibleCharacters, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
  if (line.length <= length) return line;
  const cut = line.slice(0, length);
  // Never ends in half a character.
  return /[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut;
}

function mapWords(value: string, render: (words: EncodedWord[]) => string): string {
  if (!value.includes('=?')) return value;
  let result = '';
  let end = 0;
  let words: EncodedWord[] = [];
  for (const match of value.matchAll(encodedWord)) {
    const gap = value.slice(end, match.index);
    if (words.length > 0 && !wordSeparator.test(gap)) {
      result += render(words);
      words = [];
      result += gap;
    } else if (words.length === 0) {
      result += gap;
    }
    words.push({
      charset: (match[1] ?? '').toLowerCase(),
      encoding: (match[2] ?? 'b').toLowerCase() as 'q' | 'b',
      content: match[3] ?? '',
    });
    end = match.index + match[0].length;
  }
  if (words.length > 0) result += render(words);
  return result + value.slice(end);
}

function decodeRun(words: readonly EncodedWord[]): string {
  let text = '';
  let at = 0;
  while (at < words.length) {
    const charset = words[at]?.charset ?? '';
    let next = at;
    while (next < words.length && words[next]?.charset === charset) next++;
    text += decodeSameCharset(words.slice(at, next), charset);
    at = next;
  }
  return text;
}

function decodeSameCharset(words: readonly EncodedWord[], charset: string): string {
  const joined = decodeText(Buffer.concat(joinContents(words)), charset, isJapaneseLabel(charset));
  if (!joined.undecodable || words.length === 1) return joined.text;
  return words
    .map((word) => decodeText(contentBytesOf(word), charset, isJapaneseLabel(charset)).text)
    .join('');
}

/** Joins base64 first where a sender cut it inside a group of four. */
function joinContents(words: readonly EncodedWord[]): Buffer[] {
  const joined: EncodedWord[] = [];
  for (const word of words) {
    const last = joined.at(-1);
    if (
      last?.encoding === 'b' &&
      word.encoding === 'b' &&
      !last.content.endsWith('=') &&
      last.content.length % 4 !== 0
    ) {
      last.content += word.content;
    } else {
      joined.push({ ...word });
    }
  }
  return joined.map(contentBytesOf);
}

function contentBytesOf(word: EncodedWord): Buffer {
  if (word.encoding === 'b') return Buffer.from(word.content, 'base64');
  return decodeQuotedBytes(word.content.replace(/_/g, ' '), '=');
}

/** Turns `=E3` or `%E3` into bytes; characters beyond ASCII stay as UTF-8. */
export function decodeQuotedBytes(text: string, mark: '=' | '%'): Buffer {
  const source = Buffer.from(text, 'utf8');
  const markByte = mark.charCodeAt(0);
  const bytes = Buffer.alloc(source.length);
  let length = 0;
  for (let at = 0; at < source.length; at++) {
    const byte = source[at] as number;
    const value = byte === markByte ? parseHexPair(source[at + 1], source[at + 2]) : -1;
    if (value >= 0) at += 2;
    bytes[length++] = value >= 0 ? value : byte;
  }
  return bytes.subarray(0, length);
}

function parseHexPair(high: number | undefined, low: number | undefined): number {
  const first = parseHexDigit(high);
  const second = parseHexDigit(low);
  return first < 0 || second < 0 ? -1 : first * 16 + second;
}

function parseHexDigit(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
