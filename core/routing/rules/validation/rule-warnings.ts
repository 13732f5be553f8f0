import { PhraseTable } from '../compile/phrase-index.ts';
import type { FactCondition, RuleCondition } from '../conditions.ts';
import { normalizeText } from '../normalize-text.ts';
import type { RoutingRule, RuleActions, RuleSet } from '../rule-set.ts';
import { extendPointer, walkFactConditions } from '../walk-conditions.ts';
import { type ConditionCase, isSpecialCaseOf, splitIntoCases } from './condition-cases.ts';

/**
 * Something in a rule set that could be left out without a difference.
 *
 * - `never-holds`: a condition, or one of several in an `any`, contradicts itself.
 * - `decided-before`: a desk, pool or flag, since earlier rules match whenever this one does.
 * - `overridden`: a field, since later rules that match whenever this one does set it again.
 * - `no-effect`: a whole rule, for these reasons.
 * - `word-taken`: a word of a service that contains a word of an earlier service.
 */
export type RuleWarning = {
  readonly kind: 'never-holds' | 'decided-before' | 'overridden' | 'no-effect' | 'word-taken';
  /** A JSON pointer into the set. */
  readonly pointer: string;
  readonly detail: string;
  /** The rule concerned. */
  readonly rule?: string;
  /** The rules that leave it without effect. */
  readonly because?: readonly string[];
};

/** More warnings than this help nobody. */
const warningLimit = 200;
/** Comparisons of cases; once they are used up, the remaining rules are not checked. */
const comparisonLimit = 3_000_000;

/** An enabled rule, split into its cases. */
type AnalyzedRule = {
  readonly rule: RoutingRule;
  readonly pointer: string;
  /** Undefined where there are too many to analyze. */
  readonly cases: readonly ConditionCase[] | undefined;
  /** The cases that do not depend on anything rules set. */
  readonly lasting: readonly ConditionCase[];
  readonly reads: ReadonlySet<ChangeableFact>;
};

/** Facts that rules set and conditions test. */
type ChangeableFact = 'category' | 'service' | 'priority' | 'tag';

/**
 * Finds what can never be reached or has no effect.
 *
 * A warning holds for every possible inquiry; a set without warnings may still have such parts.
 */
export function findRuleWarnings(set: RuleSet): readonly RuleWarning[] {
  const warnings: RuleWarning[] = [...findTakenWords(set.services)];
  const rules = set.rules.flatMap((rule, index) =>
    rule.enabled === false ? [] : [analyzeRule(rule, extendPointer('', 'rules', index), set.lists)],
  );
  const budget = { left: comparisonLimit };
  for (const place of rules.keys()) {
    if (warnings.length >= warningLimit || budget.left <= 0) break;
    warnings.push(...findWarningsOfRule(rules, place, set.lists, budget));
  }
  return warnings.slice(0, warningLimit);
}

function analyzeRule(rule: RoutingRule, pointer: string, lists: RuleSet['lists']): AnalyzedRule {
  const cases = splitIntoCases(rule.when, lists);
  const reads = new Set<ChangeableFact>();
  for (const [condition] of walkFactConditions(rule.when, '')) {
    for (const fact of findReadFacts(condition)) reads.add(fact);
  }
  const lasting = (cases ?? []).filter((one) => one.every(({ changes }) => !changes));
  return { rule, pointer, cases, lasting, reads };
}

function findReadFacts(condition: FactCondition): readonly ChangeableFact[] {
  if ('category' in condition) return ['category'];
  if ('service' in condition || 'criticality' in condition) return ['service'];
  if ('priority' in condition) return ['priority'];
  if ('tag' in condition) return ['tag'];
  if ('contract' in condition) return condition.contract.accepts === undefined ? [] : ['category'];
  if (!('earlier' in condition)) return [];
  const { sameCategory, sameService } = condition.earlier;
  return [
    ...(sameCategory === true ? (['category'] as const) : []),
    ...(sameService === true ? (['service'] as const) : []),
  ];
}

type ComparisonBudget = { left: number };

function findWarningsOfRule(
  rules: readonly AnalyzedRule[],
  place: number,
  lists: RuleSet['lists'],
  budget: ComparisonBudget,
): RuleWarning[] {
  const one = rules[place];
  if (one === undefined) return [];
  const { rule, pointer, cases } = one;
  const { id } = rule;
  if (cases?.length === 0) {
    const detail = 'the condition can never hold';
    return [{ kind: 'never-holds', pointer: `${pointer}/when`, detail, rule: id }];
  }
  const parts = Object.keys(rule.set) as (keyof RuleActions)[];
  const ineffective = parts.flatMap((part) => {
    const because = isFirstDecided(part)
      ? findDeciders(part, rules.slice(0, place), one, budget)
      : findOverriders(part, rules.slice(place + 1), one, budget);
    return because === undefined ? [] : [{ part, because }];
  });
  const branches = findImpossibleBranches(rule.when, `${pointer}/when`, lists).map(
    (branch): RuleWarning => ({
      kind: 'never-holds',
      pointer: branch,
      detail: 'this one of several can never hold',
      rule: id,
    }),
  );
  if (ineffective.length === parts.length) {
    const because = [...new Set(ineffective.flatMap((part) => part.because))].slice(0, 5);
    const detail = `all that the rule sets is decided by ${because.join(', ')}`;
    return [{ kind: 'no-effect', pointer, detail, rule: id, because }];
  }
  return [
    ...branches,
    ...ineffective.map(({ part, because: all }): RuleWarning => {
      const because = all.slice(0, 5);
      const names = because.join(', ');
      return {
        ...{ pointer: `${pointer}/set/${part}`, rule: id, because },
        ...(isFirstDecided(part)
          ? { kind: 'decided-before', detail: `the ${part} is decided before, by ${names}` }
          : { kind: 'overridden', detail: `the ${part} is always set anew, by ${names}` }),
      };
    }),
  ];
}

type FirstDecidedField = 'desk' | 'pool' | 'flag';

function isFirstDecided(part: keyof RuleActions): part is FirstDecidedField {
  return part === 'desk' || part === 'pool' || part === 'flag';
}

/** Earlier rules, one of which matches and decides the same field whenever this one matches. */
function findDeciders(
  part: FirstDecidedField,
  earlier: readonly AnalyzedRule[],
  one: AnalyzedRule,
  budget: ComparisonBudget,
) {
  const coverage = new CaseCoverage(one, budget);
  for (const other of earlier) {
    const { desk, pool, flag } = other.rule.set;
    if ((part === 'flag' ? flag : (desk ?? pool)) === undefined) continue;
    coverage.add(other);
    if (coverage.isWhole) return coverage.rules;
  }
  return undefined;
}

/**
 * Any of these in a later rule overrides the field. A priority does not override an impact for
 * good: a later urgency brings it back.
 */
const overridingFields: Partial<Record<keyof RuleActions, readonly (keyof RuleActions)[]>> = {
  priority: ['priority', 'impact', 'urgency'],
  impact: ['impact'],
  urgency: ['urgency'],
  category: ['category'],
  service: ['service'],
  policy: ['policy'],
};

/** Later rules, one of which overrides the field whenever this one matches, before any reads it. */
function findOverriders(
  part: keyof RuleActions,
  later: readonly AnalyzedRule[],
  one: AnalyzedRule,
  budget: ComparisonBudget,
) {
  const overridden = overridingFields[part];
  if (overridden === undefined) return undefined;
  const coverage = new CaseCoverage(one, budget);
  for (const other of later) {
    const fact = part === 'impact' || part === 'urgency' ? 'priority' : part;
    if (other.reads.has(fact as ChangeableFact)) return undefined;
    if (overridden.every((name) => other.rule.set[name] === undefined)) continue;
    coverage.add(other);
    if (coverage.isWhole) return coverage.rules;
  }
  return undefined;
}

/** Which cases of a rule other rules cover. */
class CaseCoverage {
  readonly rules: string[] = [];
  readonly #budget: ComparisonBudget;
  #uncovered: readonly ConditionCase[] | undefined;

  constructor({ cases }: AnalyzedRule, budget: ComparisonBudget) {
    this.#uncovered = cases;
    this.#budget = budget;
  }

  get isWhole(): boolean {
    return this.#uncovered?.length === 0;
  }

  add({ rule, lasting }: AnalyzedRule): void {
    const uncovered = this.#uncovered;
    if (uncovered === undefined || lasting.length === 0 || this.#budget.left <= 0) return;
    this.#budget.left -= uncovered.length * lasting.length;
    const left = uncovered.filter((one) => !lasting.some((wider) => isSpecialCaseOf(one, wider)));
    if (left.length === uncovered.length) return;
    this.rules.push(rule.id);
    this.#uncovered = left;
  }
}

/** Pointers to conditions in an `any` that can never hold, while others of it can. */
function findImpossibleBranches(
  when: RuleCondition,
  pointer: string,
  lists: RuleSet['lists'],
): string[] {
  if ('all' in when) {
    return when.all.flatMap((one, index) =>
      findImpossibleBranches(one, extendPointer(pointer, 'all', index), lists),
    );
  }
  if (!('any' in when)) return [];
  return when.any.flatMap((one, index) => {
    const at = extendPointer(pointer, 'any', index);
    return splitIntoCases(one, lists)?.length === 0 ? [at] : findImpossibleBranches(one, at, lists);
  });
}

function findTakenWords(services: RuleSet['services']): RuleWarning[] {
  const phraseTable = new PhraseTable();
  const first = new Map<number, number>();
  const entries = Object.entries(services ?? {});
  for (const [place, [, { words = [] }]] of entries.entries()) {
    for (const word of words) {
      const number = phraseTable.add(normalizeText(word), true);
      if (!first.has(number)) first.set(number, place);
    }
  }
  const index = phraseTable.buildIndex();
  return entries.flatMap(([id, { words = [] }], place) =>
    words.flatMap((word, at): RuleWarning[] => {
      const contained = new Set<number>();
      index.scan(normalizeText(word), new Set(), contained);
      const earliest = Math.min(...[...contained].map((number) => first.get(number) ?? place));
      const name = entries[earliest]?.[0];
      if (earliest >= place || name === undefined) return [];
      const pointer = extendPointer('', 'services', id, 'words', at);
      return [{ kind: 'word-taken', pointer, detail: `it names ${name} before it names ${id}` }];
    }),
  );
}
