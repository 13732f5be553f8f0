import { type MaskedSpan, maskText } from '../masking/mask-text.ts';
import type { MaskingPolicy, MaskKind } from '../masking/masking-policy.ts';

/** How many characters may yet be looked through for one answer, which takes time. */
export type Allowance = { left: number };

/** A text that is looked through for what a vendor is not shown. */
export type Looked = {
  readonly text: string;
  readonly spans: readonly MaskedSpan[];
  /** It went on. */
  readonly isCut: boolean;
};

/** Of one text; what people write is shorter, and what machines write is told by its beginning. */
const textLimit = 50_000;
/** Texts written to be slow take 14 µs a character. */
const answerLimit = 400_000;
/** How far back a cut looks for a space, so as not to go through a token. */
const wordLimit = 4_000;
/** Left away before a cut: half of a secret could not be told there for one. */
const edge = 200;

export function allowanceOfAnswer(): Allowance {
  return { left: answerLimit };
}

/** Masks a text as far as it is looked through, and leaves away the rest. */
export function lookThrough(
  value: string,
  policy: MaskingPolicy,
  shown: ReadonlySet<MaskKind>,
  allowance: Allowance,
): Looked {
  const limit = Math.min(textLimit, allowance.left);
  if (value.length <= limit) {
    allowance.left -= value.length;
    return { ...maskText(value, policy, shown), isCut: false };
  }
  const begun = value.slice(0, limit);
  allowance.left -= begun.length;
  const { text, spans } = maskText(begun.slice(0, lastSpace(begun)), policy, shown);
  const to = cutAt(text, spans);
  return {
    text: text.slice(0, to),
    spans: spans.filter(({ end }) => end <= to),
    isCut: true,
  };
}

function lastSpace(text: string): number {
  for (let at = text.length; at > Math.max(0, text.length - wordLimit); at -= 1) {
    if (/\s/.test(text.charAt(at - 1))) return at;
  }
  return text.length;
}

/** Before the edge, and neither inside a mark nor inside a character of two code units. */
function cutAt(text: string, spans: readonly MaskedSpan[]): number {
  const to = Math.max(0, text.length - edge);
  const mark = spans.find(({ start, end }) => start < to && to < end);
  if (mark !== undefined) return mark.start;
  const before = text.charCodeAt(to - 1);
  return before >= 0xd800 && before <= 0xdbff ? to - 1 : to;
}
