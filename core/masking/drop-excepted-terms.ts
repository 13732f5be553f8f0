import { makeScannableText, type ScannableText, type SecretMatch } from './scannable-text.ts';

/** As long as a term may be. */
const longest = 100;
const isOfTerm = (character: string) => /[^\s\uE000、。「」()[\]<>"',;:]/.test(character);

/** Leaves out what is a term that a policy excepts, or part of a word that is one. */
export function dropExceptedTerms(
  { text }: ScannableText,
  except: readonly string[],
  found: readonly SecretMatch[],
): SecretMatch[] {
  if (except.length === 0) return [...found];
  const terms = new Set(except.map((term) => makeScannableText(term).text.toLowerCase()));
  return found.filter(({ start, end }) => {
    if (terms.has(text.slice(start, Math.min(end, start + longest + 1)).toLowerCase()))
      return false;
    let [from, to] = [start, end];
    while (from > 0 && start - from < longest && isOfTerm(text.charAt(from - 1))) from--;
    while (to < text.length && to - end < longest && isOfTerm(text.charAt(to))) to++;
    return to - from > longest || !terms.has(text.slice(from, to).toLowerCase());
  });
}
