import { PhraseTable } from '../compile/phrase-index.ts';
import type { FactCondition, RuleCondition } from '../conditions.ts';
import { normalizeText } from '../normalize-text.ts';
import type { RoutingRule, RuleActions, RuleSet } from '../rule-set.ts';
import { extendPointer, walkFactConditions } from '../walk-conditions.ts';
import { type ConditionCase, isSpecialCaseOf, splitIntoCases } from './condition-cases.ts';

/**
 * What of a rule set can be left out without a difference.
 *
 * - `never-holds`: a condition, or one of several in an `any`, contradicts itself.
 * - `decided-before`: a desk, pool or flag, since earlier rules match whenever this one does.
 * - `overridden`: a field, since later rules that match whenever this one does set it anew.
 * - `no-effect`: a whole rule, for these reasons.
 * - `word-taken`: a word of a service in which an earlier service is named.
 */
export type RuleWarning = {
  readonly kind: 'never-holds' | 'decided-before' | 'overridden' | 'no-effect' | 'word-taken';
  /** A JSON pointer into the set. */
  readonly pointer: string;
  readonly detail: string;
  /** The rule that is warned of. */
  readonly rule?: string;
  /** The rules because of which it has no effect. */
  readonly because?: readonly string[];
};

/** More than these help nobody. */
const warningLimit = 200;
/** Comparisons of cases, after which what is left goes without warnings. */
const comparisonLimit = 3_000_000;

/** A rule that is asked, taken apart. */
type AnalyzedRule = {
  readonly rule: RoutingRule;
  readonly pointer: string;
  /** Undefined where it is too much to look into. */
  readonly cases: readonly ConditionCase[] | undefined;
  /** Those of its cases that stay as they are whatever rules set. */
  readonly lasting: readonly ConditionCase[];
  readonly reads: ReadonlySet<ChangeableFact>;
};

/** What rules set and conditions ask about. */
type ChangeableFact = 'category' | 'service' | 'priority' | 'tag';

/**
 * Warns of what can never be reached or has no effect.
 *
 * What it says is so for every inquiry there can be; what it does not say may be so too.
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
  const vain = parts.flatMap((part) => {
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
  if (vain.length === parts.length) {
    const because = [...new Set(vain.flatMap((part) => part.because))].slice(0, 5);
    const detail = `all that the rule sets is decided by ${because.join(', ')}`;
    return [{ kind: 'no-effect', pointer, detail, rule: id, because }];
  }
  return [
    ...branches,
    ...vain.map(({ part, because: all }): RuleWarning => {
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

/** Earlier rules of which one matches whenever this does, and decides the same. */
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
 * What of a later rule makes a part forgotten. A later urgency brings back an impact that a
 * priority had overridden.
 */
const overridingFields: Partial<Record<keyof RuleActions, readonly (keyof RuleActions)[]>> = {
  priority: ['priority', 'impact', 'urgency'],
  impact: ['impact'],
  urgency: ['urgency'],
  category: ['category'],
  service: ['service'],
  policy: ['policy'],
};

/** Later rules of which one matches whenever this does, before any has asked what this one set. */
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

/** How far other rules match whenever one does. */
class CaseCoverage {
  readonly rules: string[] = [];
  readonly #budget: ComparisonBudget;
  #open: readonly ConditionCase[] | undefined;

  constructor({ cases }: AnalyzedRule, budget: ComparisonBudget) {
    this.#open = cases;
    this.#budget = budget;
  }

  get isWhole(): boolean {
    return this.#open?.length === 0;
  }

  add({ rule, lasting }: AnalyzedRule): void {
    const open = this.#open;
    if (open === undefined || lasting.length === 0 || this.#budget.left <= 0) return;
    this.#budget.left -= open.length * lasting.length;
    const left = open.filter((one) => !lasting.some((wider) => isSpecialCaseOf(one, wider)));
    if (left.length === open.length) return;
    this.rules.push(rule.id);
    this.#open = left;
  }
}

/** Conditions in an `any` that can never hold, while others of it can. */
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
      const found = new Set<number>();
      index.scan(normalizeText(word), new Set(), found);
      const taker = Math.min(...[...found].map((number) => first.get(number) ?? place));
      const name = entries[taker]?.[0];
      if (taker >= place || name === undefined) return [];
      const pointer = extendPointer('', 'services', id, 'words', at);
      return [{ kind: 'word-taken', pointer, detail: `it names ${name} before it names ${id}` }];
    }),
  );
}
