import type { ScannableText, TextRange } from '../scannable-text.ts';

/** What only looks like a secret number: UUIDs, MAC addresses, ARNs. */
const excludedForms =
  /(?<![0-9a-z])(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2})(?![0-9a-z])|\barn:aws[a-z-]{0,10}:[a-z0-9-]{0,30}:[a-z0-9-]{0,20}:[0-9]{12}:/gi;

export function findExcludedSpans({ text }: ScannableText): TextRange[] {
  return [...text.matchAll(excludedForms)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
  }));
}

/** Whether a range begins within one of `ranges`, which are in order and hardly overlap. */
export function isWithinRanges(ranges: readonly TextRange[], { start }: TextRange): boolean {
  let [low, high] = [0, ranges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ranges[middle]?.start ?? 0) <= start) low = middle + 1;
    else high = middle;
  }
  return (ranges[low - 1]?.end ?? 0) > start;
}
