import type { RuleCondition } from '../conditions.ts';
import type { RuleSet } from '../rule-set.ts';
import {
  type ConditionLiteral,
  extractLiterals,
  impliesLiteral,
  isContradiction,
  isTautology,
  negateLiteral,
} from './condition-literals.ts';

/** One way in which a condition can hold: all of these literals. */
export type ConditionCase = readonly ConditionLiteral[];

/** A condition with more or longer cases is not analyzed. */
const caseLimit = 64;
const literalLimit = 64;

/**
 * Splits a condition into the ways in which it can hold, without those that contradict themselves;
 * a condition that can never hold has none. Undefined where there are too many.
 */
export function splitIntoCases(
  condition: RuleCondition,
  lists: RuleSet['lists'],
): readonly ConditionCase[] | undefined {
  return splitCondition(condition, true, lists);
}

function splitCondition(
  condition: RuleCondition,
  positive: boolean,
  lists: RuleSet['lists'],
): readonly ConditionCase[] | undefined {
  if ('not' in condition) return splitCondition(condition.not, !positive, lists);
  if ('all' in condition || 'any' in condition) {
    const isAll = 'all' in condition;
    const parts = (isAll ? condition.all : condition.any).map((one) =>
      splitCondition(one, positive, lists),
    );
    return isAll === positive ? conjoinCases(parts) : disjoinCases(parts);
  }
  const literals = extractLiterals(condition, lists);
  if (positive) return conjoinCases([[literals]]);
  return disjoinCases(literals.map((literal) => conjoinCases([[[negateLiteral(literal)]]])));
}

type CaseParts = readonly (readonly ConditionCase[] | undefined)[];

function disjoinCases(parts: CaseParts): readonly ConditionCase[] | undefined {
  const cases: ConditionCase[] = [];
  for (const part of parts) {
    if (part === undefined) return undefined;
    cases.push(...part);
  }
  return cases.length > caseLimit ? undefined : cases;
}

function conjoinCases(parts: CaseParts): readonly ConditionCase[] | undefined {
  let cases: readonly ConditionCase[] = [[]];
  // A part that never holds decides it, even beside one that is not analyzed.
  if (parts.some((part) => part?.length === 0)) return [];
  for (const part of parts) {
    if (part === undefined || cases.length * part.length > caseLimit) return undefined;
    cases = cases.flatMap((one) =>
      part.flatMap((other) => conjoinLiterals([...one, ...other]) ?? []),
    );
  }
  return cases.some(({ length }) => length > literalLimit) ? undefined : cases;
}

/** Merges literals into one case, wrapped for `flatMap`; undefined when they cannot all hold. */
function conjoinLiterals(
  literals: readonly ConditionLiteral[],
): readonly [ConditionCase] | undefined {
  const merged: ConditionLiteral[] = [];
  for (const literal of literals) {
    if (isTautology(literal)) continue;
    const at = merged.findIndex((one) => one.key === literal.key && isMergeable(one, literal));
    const known = merged[at];
    if (known === undefined) merged.push(literal);
    else merged[at] = mergeLiterals(known, literal);
  }
  const isImpossible =
    merged.some(isContradiction) ||
    merged.some((one) =>
      merged.some(
        (other) => one !== other && impliesLiteral(one, { ...other, positive: !other.positive }),
      ),
    );
  return isImpossible ? undefined : [merged];
}

function isMergeable(one: ConditionLiteral, other: ConditionLiteral): boolean {
  if (one.kind === 'values') return one.positive || !other.positive;
  return one.kind === 'range' && one.positive && other.positive;
}

function mergeLiterals(one: ConditionLiteral, other: ConditionLiteral): ConditionLiteral {
  if (one.kind === 'range' && other.kind === 'range') {
    return { ...one, min: Math.max(one.min, other.min), max: Math.min(one.max, other.max) };
  }
  if (one.kind !== 'values' || other.kind !== 'values') return one;
  if (!one.positive) return { ...one, values: new Set([...one.values, ...other.values]) };
  const left = [...one.values].filter((value) => other.values.has(value) === other.positive);
  return { ...one, values: new Set(left) };
}

/** Whether each literal of `other` follows from one of `one`. */
export function isSpecialCaseOf(one: ConditionCase, other: ConditionCase): boolean {
  return other.every((wider) => one.some((literal) => impliesLiteral(literal, wider)));
}
