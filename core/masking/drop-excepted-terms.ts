import { makeScannableText, type ScannableText, type SecretMatch } from './scannable-text.ts';

/** As long as an excepted term may be. */
const longestTerm = 100;
const isOfTerm = (character: string) => /[^\s\uE000、。「」()[\]<>"',;:]/.test(character);

/** Drops matches that are an excepted term of the policy, or part of a word that is one. */
export function dropExceptedTerms(
  { text }: ScannableText,
  except: readonly string[],
  matches: readonly SecretMatch[],
): SecretMatch[] {
  if (except.length === 0) return [...matches];
  const terms = new Set(except.map((term) => makeScannableText(term).text.toLowerCase()));
  return matches.filter(({ start, end }) => {
    if (terms.has(text.slice(start, Math.min(end, start + longestTerm + 1)).toLowerCase()))
      return false;
    let [from, to] = [start, end];
    while (from > 0 && start - from < longestTerm && isOfTerm(text.charAt(from - 1))) from--;
    while (to < text.length && to - end < longestTerm && isOfTerm(text.charAt(to))) to++;
    return to - from > longestTerm || !terms.has(text.slice(from, to).toLowerCase());
  });
}
