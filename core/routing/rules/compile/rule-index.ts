import type { RuleCondition } from '../conditions.ts';
import type { RoutingFacts } from '../routing-facts.ts';
import { compilePattern } from '../text-pattern.ts';
import type { ConditionCompiler } from './compile-conditions.ts';
import type { PhraseTable } from './phrase-index.ts';
import type { RuleEvaluation } from './rule-evaluation.ts';

const valueFacts = [
  'channel',
  'form',
  'sender',
  'senderDomain',
  'department',
  'language',
  'vip',
  'external',
  'automated',
] as const satisfies readonly (keyof RoutingFacts)[];
type ValueFact = (typeof valueFacts)[number];

/** A value or phrase under which rules are filed. */
type RuleKey =
  | { readonly fact: ValueFact; readonly value: string | boolean }
  | { readonly foundIn: 'text' | 'subject'; readonly phrase: number };

/** Keys of which a matching inquiry has at least one; `share` estimates how many inquiries do. */
type RuleKeys = { readonly keys: readonly RuleKey[]; readonly share: number };

/** Estimated share of inquiries that have one given value of a fact. */
const shares: Record<Exclude<ValueFact, 'vip' | 'external' | 'automated'>, number> = {
  channel: 0.4,
  form: 0.1,
  sender: 0.001,
  senderDomain: 0.02,
  department: 0.05,
  language: 0.5,
};
const phraseShare = 0.01;

/**
 * Finds the rules that may match an inquiry, so that the others need not be tested: each rule is
 * filed under what its condition cannot hold without, using only facts that no rule can change.
 */
export class RuleIndex {
  readonly #always: Uint32Array;
  readonly #candidates: Uint32Array;
  readonly #byValue = new Map<ValueFact, Map<string | boolean, number[]>>();
  readonly #byText = new Map<number, number[]>();
  readonly #bySubject = new Map<number, number[]>();

  constructor(
    conditions: readonly RuleCondition[],
    compiler: ConditionCompiler,
    phraseTable: PhraseTable,
  ) {
    this.#always = new Uint32Array(Math.ceil(conditions.length / 32));
    this.#candidates = new Uint32Array(this.#always.length);
    for (const [rule, condition] of conditions.entries()) {
      const ruleKeys = findRuleKeys(condition, compiler, phraseTable);
      if (ruleKeys === undefined) markRule(this.#always, rule);
      for (const key of ruleKeys?.keys ?? []) this.#file(key, rule);
    }
  }

  /** Visits each rule that may match, in order. */
  visitCandidates(evaluation: RuleEvaluation, visitor: (rule: number) => void): void {
    const candidates = this.#candidates;
    candidates.set(this.#always);
    for (const [fact, rules] of this.#byValue) {
      const value = evaluation.facts[fact];
      if (value !== undefined) markRules(candidates, rules.get(value));
    }
    if (this.#byText.size > 0) {
      evaluation.text; // Reading it runs the search.
      for (const phrase of evaluation.phrasesInText)
        markRules(candidates, this.#byText.get(phrase));
    }
    if (this.#bySubject.size > 0) {
      evaluation.subject;
      for (const phrase of evaluation.phrasesInSubject)
        markRules(candidates, this.#bySubject.get(phrase));
    }
    for (let place = 0; place < candidates.length; place += 1) {
      let bits = candidates[place] as number;
      while (bits !== 0) {
        const bit = 31 - Math.clz32(bits & -bits);
        visitor(place * 32 + bit);
        bits &= bits - 1;
      }
    }
  }

  #file(key: RuleKey, rule: number): void {
    if ('fact' in key) {
      const rules = this.#byValue.get(key.fact) ?? new Map<string | boolean, number[]>();
      this.#byValue.set(key.fact, rules);
      addRule(rules, key.value, rule);
    } else {
      addRule(key.foundIn === 'text' ? this.#byText : this.#bySubject, key.phrase, rule);
    }
  }
}

function addRule<Key>(lists: Map<Key, number[]>, key: Key, rule: number): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [rule]);
  else list.push(rule);
}

function markRule(rules: Uint32Array, rule: number): void {
  const place = rule >>> 5;
  rules[place] = (rules[place] as number) | (1 << (rule & 31));
}

function markRules(rules: Uint32Array, marked: readonly number[] | undefined): void {
  if (marked === undefined) return;
  for (const rule of marked) markRule(rules, rule);
}

/** Undefined where a condition can hold without any of the indexed facts. */
function findRuleKeys(
  condition: RuleCondition,
  compiler: ConditionCompiler,
  phraseTable: PhraseTable,
): RuleKeys | undefined {
  if ('all' in condition) {
    const members = condition.all.flatMap((one) => findRuleKeys(one, compiler, phraseTable) ?? []);
    const [first, ...others] = members;
    if (first === undefined) return undefined;
    return others.reduce((best, one) => (one.share < best.share ? one : best), first);
  }
  if ('any' in condition) {
    const members = condition.any.map((one) => findRuleKeys(one, compiler, phraseTable));
    const known = members.filter((one) => one !== undefined);
    if (known.length < members.length) return undefined;
    return {
      keys: known.flatMap(({ keys }) => keys),
      share: known.reduce((sum, { share }) => sum + share, 0),
    };
  }
  const phrases =
    'text' in condition
      ? compiler.numberPhrases(condition.text)
      : 'words' in condition
        ? compiler.numberPhrases(condition.words, true)
        : undefined;
  if (phrases !== undefined)
    return makePhraseKeys(
      'text',
      phrases.map(([, phrase]) => phrase),
    );
  if ('subject' in condition) {
    return makePhraseKeys(
      'subject',
      compiler.numberPhrases(condition.subject).map(([, phrase]) => phrase),
    );
  }
  if ('pattern' in condition) {
    const literals = condition.pattern.map((one) => compilePattern(one).literal);
    if (literals.includes('')) return undefined;
    return makePhraseKeys(
      'text',
      literals.map((literal) => phraseTable.add(literal)),
    );
  }
  for (const fact of ['vip', 'external', 'automated'] as const) {
    const value = (condition as Partial<Record<typeof fact, boolean>>)[fact];
    if (value !== undefined) return { keys: [{ fact, value }], share: value ? 0.1 : 0.9 };
  }
  if ('senderDomain' in condition) {
    if (condition.senderDomain.some((domain) => domain.startsWith('.'))) return undefined;
    return makeValueKeys(
      'senderDomain',
      condition.senderDomain.map((domain) => domain.toLowerCase()),
    );
  }
  if ('sender' in condition) {
    return makeValueKeys(
      'sender',
      condition.sender.map((one) => one.trim().toLowerCase()),
    );
  }
  for (const fact of ['channel', 'form', 'department', 'language'] as const) {
    const accepted = (condition as Partial<Record<typeof fact, readonly string[]>>)[fact];
    if (accepted !== undefined) return makeValueKeys(fact, accepted);
  }
  return undefined;
}

function makePhraseKeys(foundIn: 'text' | 'subject', phrases: readonly number[]): RuleKeys {
  return {
    keys: [...new Set(phrases)].map((phrase) => ({ foundIn, phrase })),
    share: phrases.length * phraseShare,
  };
}

function makeValueKeys(fact: keyof typeof shares, accepted: readonly string[]): RuleKeys {
  const distinct = [...new Set(accepted)];
  return {
    keys: distinct.map((value) => ({ fact, value })),
    share: distinct.length * shares[fact],
  };
}
