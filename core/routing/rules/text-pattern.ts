import { normalizeText } from './normalize-text.ts';

/** `*` stands for at most this many characters. */
const starLimit = 50;

const digit = -1;
const character = -2;
const star = -3;

/** A glob to find anywhere in normalized text; tokens are UTF-16 units or the marks above. */
export type TextPattern = {
  readonly tokens: Int32Array;
  /** The longest run without marks, which every match contains; may be empty. */
  readonly literal: string;
};

/** Why a text is not a valid pattern; undefined for one that is. */
export function findPatternFault(written: string): string | undefined {
  const { tokens } = compilePattern(written);
  if (tokens.length === 0) return 'a pattern has more than * to it';
  return undefined;
}

/**
 * Compiles a glob: `#` is a digit, `?` any character but a space, `*` up to 50 of those.
 *
 * A character beyond the basic plane counts as two.
 */
export function compilePattern(written: string): TextPattern {
  const text = normalizeText(written)
    .replace(/\*+/g, '*')
    .replace(/^\*|\*$/g, '');
  const runs = text.split(/[#?*]/);
  return {
    tokens: Int32Array.from({ length: text.length }, (_, at) => readGlobToken(text, at)),
    literal: runs.reduce((longest, run) => (run.length > longest.length ? run : longest), ''),
  };
}

function readGlobToken(text: string, at: number): number {
  const one = text[at];
  if (one === '#') return digit;
  if (one === '?') return character;
  return one === '*' ? star : text.charCodeAt(at);
}

/**
 * Whether a pattern occurs in a text, in time of at most the product of their lengths.
 *
 * All ways of matching are followed at once. For a `*` only the latest possible start is kept:
 * whatever an earlier start could still match, this one can too.
 */
export function matchesTextPattern({ tokens }: TextPattern, text: string): boolean {
  const end = tokens.length;
  // Per token, 0 unless a match may continue there; for a star, 1 plus how many more it may take.
  const active = new Uint8Array(end + 1);
  let top = -1;
  const activate = (at: number) => {
    active[at] = tokens[at] === star ? starLimit + 1 : 1;
    if (tokens[at] === star) active[at + 1] = 1;
    top = Math.max(top, tokens[at] === star ? at + 1 : at);
  };
  for (let place = 0; place < text.length; place += 1) {
    const code = text.charCodeAt(place);
    const last = top;
    top = -1;
    for (let at = last; at >= 0; at -= 1) {
      const remaining = active[at] ?? 0;
      if (remaining === 0) continue;
      active[at] = 0;
      const token = tokens[at] ?? 0;
      if (token === star) {
        if (remaining === 1 || isSpace(code)) continue;
        active[at] = remaining - 1;
        active[at + 1] = 1;
        top = Math.max(top, at + 1);
      } else if (isTokenMatch(token, code)) {
        if (at + 1 === end) return true;
        activate(at + 1);
      }
    }
    if (isTokenMatch(tokens[0] ?? 0, code)) {
      if (end === 1) return true;
      activate(1);
    }
  }
  return false;
}

function isTokenMatch(token: number, code: number): boolean {
  if (token === digit) return code >= 0x30 && code <= 0x39;
  return token === character ? !isSpace(code) : token === code;
}

/** As `\s`. */
function isSpace(code: number): boolean {
  if (code < 0x80) return code === 0x20 || (code >= 9 && code <= 13);
  return (
    (code >= 0x2000 && code <= 0x200a) ||
    [0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000, 0xfeff].includes(code)
  );
}
