import type { Language } from '../../inquiry/values/vocabulary.ts';
import { type PlacementRule, placementFacts, placementRules } from '../rules/placement-reasons.ts';
import { reasonFacts } from '../rules/reason-facts.ts';
import type { ExplainWords, Fact, Names } from './explanation-words.ts';
import { englishWords } from './explanation-words-en.ts';
import { japaneseWords } from './explanation-words-ja.ts';

export const explainWords: Readonly<Record<Language, ExplainWords>> = {
  ja: japaneseWords,
  en: englishWords,
};

const facts: readonly string[] = [...reasonFacts, ...placementFacts];

/** A reason of a trace in words; one that is of no known fact, as it stands there. */
export function wordReason(reason: string, words: ExplainWords, names: Names): string {
  const colon = reason.indexOf(': ');
  const fact = colon < 0 ? reason : reason.slice(0, colon);
  const value = colon < 0 ? '' : reason.slice(colon + 2);
  return facts.includes(fact) ? words.facts[fact as Fact](value, names) : reason;
}

export function isPlacementRule(rule: string): rule is PlacementRule {
  return placementRules.some((one) => one === rule);
}
