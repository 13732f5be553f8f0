import { PhraseBook } from '../compile/phrase-index.ts';
import type { Condition, FactCondition } from '../conditions.ts';
import { normalize } from '../normalize-text.ts';
import type { Actions, Rule, RuleSet } from '../rule-set.ts';
import { factConditionsOf, pointTo } from '../walk-conditions.ts';
import { type Case, casesOf, isCaseOf } from './condition-cases.ts';

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
const effort = 3_000_000;

/** A rule that is asked, taken apart. */
type Asked = {
  readonly rule: Rule;
  readonly pointer: string;
  /** Undefined where it is too much to look into. */
  readonly cases: readonly Case[] | undefined;
  /** Those of its cases that stay as they are whatever rules set. */
  readonly lasting: readonly Case[];
  readonly reads: ReadonlySet<Changing>;
};

/** What rules set and conditions ask about. */
type Changing = 'category' | 'service' | 'priority' | 'tag';

/**
 * Warns of what can never be reached or has no effect.
 *
 * What it says is so for every inquiry there can be; what it does not say may be so too.
 */
export function warningsOf(set: RuleSet): readonly RuleWarning[] {
  const warnings: RuleWarning[] = [...takenWords(set.services)];
  const asked = set.rules.flatMap((rule, index) =>
    rule.enabled === false ? [] : [askedOf(rule, pointTo('', 'rules', index), set.lists)],
  );
  const budget = { left: effort };
  for (const place of asked.keys()) {
    if (warnings.length >= warningLimit || budget.left <= 0) break;
    warnings.push(...warningsOfRule(asked, place, set.lists, budget));
  }
  return warnings.slice(0, warningLimit);
}

function askedOf(rule: Rule, pointer: string, lists: RuleSet['lists']): Asked {
  const cases = casesOf(rule.when, lists);
  const reads = new Set<Changing>();
  for (const [condition] of factConditionsOf(rule.when, '')) {
    for (const fact of readBy(condition)) reads.add(fact);
  }
  const lasting = (cases ?? []).filter((one) => one.every(({ changes }) => !changes));
  return { rule, pointer, cases, lasting, reads };
}

function readBy(condition: FactCondition): readonly Changing[] {
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

type Budget = { left: number };

function warningsOfRule(
  asked: readonly Asked[],
  place: number,
  lists: RuleSet['lists'],
  budget: Budget,
): RuleWarning[] {
  const one = asked[place];
  if (one === undefined) return [];
  const { rule, pointer, cases } = one;
  const { id } = rule;
  if (cases?.length === 0) {
    const detail = 'the condition can never hold';
    return [{ kind: 'never-holds', pointer: `${pointer}/when`, detail, rule: id }];
  }
  const parts = Object.keys(rule.set) as (keyof Actions)[];
  const vain = parts.flatMap((part) => {
    const because = isDecided(part)
      ? decidersOf(part, asked.slice(0, place), one, budget)
      : overridersOf(part, asked.slice(place + 1), one, budget);
    return because === undefined ? [] : [{ part, because }];
  });
  const branches = vainBranches(rule.when, `${pointer}/when`, lists).map(
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
        ...(isDecided(part)
          ? { kind: 'decided-before', detail: `the ${part} is decided before, by ${names}` }
          : { kind: 'overridden', detail: `the ${part} is always set anew, by ${names}` }),
      };
    }),
  ];
}

type Decided = 'desk' | 'pool' | 'flag';

function isDecided(part: keyof Actions): part is Decided {
  return part === 'desk' || part === 'pool' || part === 'flag';
}

/** Earlier rules of which one matches whenever this does, and decides the same. */
function decidersOf(part: Decided, earlier: readonly Asked[], one: Asked, budget: Budget) {
  const covering = new Covering(one, budget);
  for (const other of earlier) {
    const { desk, pool, flag } = other.rule.set;
    if ((part === 'flag' ? flag : (desk ?? pool)) === undefined) continue;
    covering.add(other);
    if (covering.isWhole) return covering.rules;
  }
  return undefined;
}

/**
 * What of a later rule makes a part forgotten. A later urgency brings back an impact that a
 * priority had overridden.
 */
const overriding: Partial<Record<keyof Actions, readonly (keyof Actions)[]>> = {
  priority: ['priority', 'impact', 'urgency'],
  impact: ['impact'],
  urgency: ['urgency'],
  category: ['category'],
  service: ['service'],
  policy: ['policy'],
};

/** Later rules of which one matches whenever this does, before any has asked what this one set. */
function overridersOf(part: keyof Actions, later: readonly Asked[], one: Asked, budget: Budget) {
  const overridden = overriding[part];
  if (overridden === undefined) return undefined;
  const covering = new Covering(one, budget);
  for (const other of later) {
    const fact = part === 'impact' || part === 'urgency' ? 'priority' : part;
    if (other.reads.has(fact as Changing)) return undefined;
    if (overridden.every((name) => other.rule.set[name] === undefined)) continue;
    covering.add(other);
    if (covering.isWhole) return covering.rules;
  }
  return undefined;
}

/** How far other rules match whenever one does. */
class Covering {
  readonly rules: string[] = [];
  readonly #budget: Budget;
  #open: readonly Case[] | undefined;

  constructor({ cases }: Asked, budget: Budget) {
    this.#open = cases;
    this.#budget = budget;
  }

  get isWhole(): boolean {
    return this.#open?.length === 0;
  }

  add({ rule, lasting }: Asked): void {
    const open = this.#open;
    if (open === undefined || lasting.length === 0 || this.#budget.left <= 0) return;
    this.#budget.left -= open.length * lasting.length;
    const left = open.filter((one) => !lasting.some((wider) => isCaseOf(one, wider)));
    if (left.length === open.length) return;
    this.rules.push(rule.id);
    this.#open = left;
  }
}

/** Conditions in an `any` that can never hold, while others of it can. */
function vainBranches(when: Condition, pointer: string, lists: RuleSet['lists']): string[] {
  if ('all' in when) {
    return when.all.flatMap((one, index) =>
      vainBranches(one, pointTo(pointer, 'all', index), lists),
    );
  }
  if (!('any' in when)) return [];
  return when.any.flatMap((one, index) => {
    const at = pointTo(pointer, 'any', index);
    return casesOf(one, lists)?.length === 0 ? [at] : vainBranches(one, at, lists);
  });
}

function takenWords(services: RuleSet['services']): RuleWarning[] {
  const book = new PhraseBook();
  const first = new Map<number, number>();
  const entries = Object.entries(services ?? {});
  for (const [place, [, { words = [] }]] of entries.entries()) {
    for (const word of words) {
      const number = book.add(normalize(word), true);
      if (!first.has(number)) first.set(number, place);
    }
  }
  const index = book.index();
  return entries.flatMap(([id, { words = [] }], place) =>
    words.flatMap((word, at): RuleWarning[] => {
      const found = new Set<number>();
      index.scan(normalize(word), new Set(), found);
      const taker = Math.min(...[...found].map((number) => first.get(number) ?? place));
      const name = entries[taker]?.[0];
      if (taker >= place || name === undefined) return [];
      const pointer = pointTo('', 'services', id, 'words', at);
      return [{ kind: 'word-taken', pointer, detail: `it names ${name} before it names ${id}` }];
    }),
  );
}
