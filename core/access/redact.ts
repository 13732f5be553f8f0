import { type MaskedSpan, maskText } from '../masking/mask-text.ts';
import type { MaskingPolicy, MaskKind } from '../masking/masking-policy.ts';

/** How many characters may yet be looked through for one answer, which takes time. */
export type RedactionBudget = { remainingCharacters: number };

/** A text that is looked through for what a vendor is not shown. */
export type RedactedText = {
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
const cutMargin = 200;

export function createRedactionBudget(): RedactionBudget {
  return { remainingCharacters: answerLimit };
}

/** Masks a text as far as it is looked through, and leaves away the rest. */
export function redact(
  value: string,
  policy: MaskingPolicy,
  shown: ReadonlySet<MaskKind>,
  budget: RedactionBudget,
): RedactedText {
  const limit = Math.min(textLimit, budget.remainingCharacters);
  if (value.length <= limit) {
    budget.remainingCharacters -= value.length;
    return { ...maskText(value, policy, shown), isCut: false };
  }
  const beginning = value.slice(0, limit);
  budget.remainingCharacters -= beginning.length;
  const { text, spans } = maskText(beginning.slice(0, findLastSpace(beginning)), policy, shown);
  const to = findCut(text, spans);
  return {
    text: text.slice(0, to),
    spans: spans.filter(({ end }) => end <= to),
    isCut: true,
  };
}

function findLastSpace(text: string): number {
  for (let at = text.length; at > Math.max(0, text.length - wordLimit); at -= 1) {
    if (/\s/.test(text.charAt(at - 1))) return at;
  }
  return text.length;
}

/** Before the edge, and neither inside a mark nor inside a character of two code units. */
function findCut(text: string, spans: readonly MaskedSpan[]): number {
  const to = Math.max(0, text.length - cutMargin);
  const mark = spans.find(({ start, end }) => start < to && to < end);
  if (mark !== undefined) return mark.start;
  const before = text.charCodeAt(to - 1);
  return before >= 0xd800 && before <= 0xdbff ? to - 1 : to;
}
