import type { Language } from '../../inquiry/values/vocabulary.ts';
import { type PlacementRule, placementFacts, placementRules } from '../rules/placement-reasons.ts';
import { reasonFacts } from '../rules/reason-facts.ts';
import type { ExplainedFact, ExplanationWords, RoutingDisplayNames } from './explanation-words.ts';
import { englishExplanationWords } from './explanation-words-en.ts';
import { japaneseExplanationWords } from './explanation-words-ja.ts';

export const explanationWords: Readonly<Record<Language, ExplanationWords>> = {
  ja: japaneseExplanationWords,
  en: englishExplanationWords,
};

const facts: readonly string[] = [...reasonFacts, ...placementFacts];

/** Puts a reason of a trace into words; a reason about an unknown fact stays as it is. */
export function explainReason(
  reason: string,
  words: ExplanationWords,
  names: RoutingDisplayNames,
): string {
  const colon = reason.indexOf(': ');
  const fact = colon < 0 ? reason : reason.slice(0, colon);
  const value = colon < 0 ? '' : reason.slice(colon + 2);
  return facts.includes(fact) ? words.facts[fact as ExplainedFact](value, names) : reason;
}

export function isPlacementRule(rule: string): rule is PlacementRule {
  return placementRules.some((one) => one === rule);
}
