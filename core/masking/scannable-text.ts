import { MaskKind } from './masking-policy.ts';

/** A part of a text, in code units; the end is exclusive. */
export type TextRange = { readonly start: number; readonly end: number };

/** A secret found in a scannable text. */
export type SecretMatch = TextRange & { readonly kind: MaskKind };

/**
 * A text prepared for finding secrets: widths, dashes and spaces unified, invisible characters left
 * out, entities decoded. Code unit `i` of `text` comes from `starts[i]` to `ends[i]` of the
 * original.
 */
export type ScannableText = {
  readonly text: string;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
};

/** Stands for what is already masked: no detector looks into it or past it. */
export const maskBarrier = '\uE000';

const marks = new RegExp(`⟦(?:${MaskKind.options.join('|')})⟧`, 'y');

/** An entity has at most eight characters between its ampersand and semicolon here. */
const entity = /&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([a-zA-Z]{2,8}));/y;
const namedEntities: Readonly<Record<string, string>> = {
  ...{ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ', ensp: ' ', emsp: ' ' },
  ...{ thinsp: ' ', shy: '', zwnj: '', zwj: '', ndash: '-', mdash: '-', minus: '-', hyphen: '-' },
  ...{ commat: '@', period: '.', colon: ':', equals: '=', num: '#', lowbar: '_', sol: '/' },
};

const invisibleCharacter = /\p{Default_Ignorable_Code_Point}|\p{Mn}|\p{Me}/u;
const dash =
  /[\u02D7\u058A\u05BE\u1806\u2010-\u2015\u2043\u207B\u208B\u2212\u2500\u2501\u2796\u2E3A\u2E3B\uFE58\uFE63\uFF0D]/;
const space = /[\p{Zs}\t\v\f]/u;
const lineEnd = /[\u0085\u2028\u2029]/;
const digit = /\p{Nd}/u;
const kana = /[\u3041-\u30FA\uFF66-\uFF9D]/;
const voicing = /[\u3099\u309A\uFF9E\uFF9F]/;

/**
 * Prepares a text for finding secrets; the ranges in `masked`, in order, count as already masked.
 */
export function makeScannableText(text: string, masked: readonly TextRange[] = []): ScannableText {
  const parts: string[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  const put = (output: string, start: number, end: number) => {
    parts.push(output);
    for (let unit = 0; unit < output.length; unit++) {
      starts.push(start);
      ends.push(end);
    }
  };
  let next = 0;
  for (let at = 0; at < text.length; ) {
    const range = masked[next];
    const start = at;
    if (range !== undefined && range.start <= at) {
      at = Math.max(range.end, at + 1);
      next++;
      put(maskBarrier, start, at);
      continue;
    }
    const [output, length] = readCharacterAt(text, at);
    at += length;
    if (output !== '') put(output, start, at);
  }
  return { text: parts.join(''), starts: Int32Array.from(starts), ends: Int32Array.from(ends) };
}

/** Reads one character: its unified form, and how many code units of the text it takes. */
function readCharacterAt(text: string, at: number): readonly [output: string, length: number] {
  const code = text.charCodeAt(at);
  if (code < 0x80) {
    if (code === 0x26) return readEntity(text, at);
    if (code === 0x0d) return ['\n', text.charCodeAt(at + 1) === 0x0a ? 2 : 1];
    if (code === 0x09 || code === 0x0b || code === 0x0c) return [code === 0x09 ? '\t' : ' ', 1];
    return [code < 0x20 && code !== 0x0a ? '' : text.charAt(at), 1];
  }
  if (code === 0x27e6) {
    marks.lastIndex = at;
    if (marks.test(text)) return [maskBarrier, marks.lastIndex - at];
  }
  const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
  const following = text.charAt(at + character.length);
  if (kana.test(character) && voicing.test(following)) {
    return [(character + following).normalize('NFKC'), 2];
  }
  return [readCharacter(character), character.length];
}

function readEntity(text: string, at: number): readonly [output: string, length: number] {
  entity.lastIndex = at;
  const match = entity.exec(text);
  if (match === null) return ['&', 1];
  const [whole, decimal, hexadecimal, name] = match;
  if (name !== undefined) {
    const output = Object.hasOwn(namedEntities, name) ? namedEntities[name] : undefined;
    return output === undefined ? ['&', 1] : [output, whole.length];
  }
  const code = decimal === undefined ? Number.parseInt(hexadecimal ?? '', 16) : Number(decimal);
  if (code > 0x10ffff) return ['&', 1];
  return [code < 0x20 ? ' ' : readCharacter(String.fromCodePoint(code)), whole.length];
}

function readCharacter(character: string): string {
  if (invisibleCharacter.test(character)) return '';
  if (dash.test(character)) return '-';
  if (space.test(character)) return ' ';
  if (lineEnd.test(character)) return '\n';
  if (character === maskBarrier) return '\uFFFD';
  const plain = character.normalize('NFKC');
  if (plain.charCodeAt(0) >= 0x80 && digit.test(plain)) return String(digitOf(plain));
  return plain.length > 1 && dash.test(plain) ? '-' : plain;
}

/** The value of a decimal digit of another script; every script has its ten digits in order. */
function digitOf(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  let value = 0;
  while (value < 9 && digit.test(String.fromCodePoint(code - value - 1))) value++;
  return value;
}
