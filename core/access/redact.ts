import { type MaskedSpan, maskText } from '../masking/mask-text.ts';
import type { MaskingPolicy, MaskKind } from '../masking/masking-policy.ts';

/** How many more characters may be scanned for one answer, since scanning takes time. */
export type RedactionBudget = { remainingCharacters: number };

/** A text in which what a vendor must not see is masked. */
export type RedactedText = {
  readonly text: string;
  readonly spans: readonly MaskedSpan[];
  /** Whether the rest of the text was dropped. */
  readonly isCut: boolean;
};

/**
 * Characters of one text: what people write is shorter, and of machine output the beginning is
 * enough.
 */
const textLimit = 50_000;
/** Characters of one answer: texts written to be slow take 14 µs a character. */
const answerLimit = 400_000;
/** How far back a cut looks for a space, so as not to split a token. */
const wordLimit = 4_000;
/** Characters dropped before a cut, since half of a secret would not be recognized there. */
const cutMargin = 200;

export function createRedactionBudget(): RedactionBudget {
  return { remainingCharacters: answerLimit };
}

/** Masks a text as far as it is scanned, and drops the rest. */
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

/** Where to cut: before the margin, and inside neither a mark nor a surrogate pair. */
function findCut(text: string, spans: readonly MaskedSpan[]): number {
  const to = Math.max(0, text.length - cutMargin);
  const mark = spans.find(({ start, end }) => start < to && to < end);
  if (mark !== undefined) return mark.start;
  const before = text.charCodeAt(to - 1);
  return before >= 0xd800 && before <= 0xdbff ? to - 1 : to;
}
