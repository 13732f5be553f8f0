import type { Condition } from '../conditions.ts';
import type { RuleSet } from '../rule-set.ts';
import {
  implies,
  isAbsurd,
  isVain,
  type Literal,
  literalsOf,
  opposite,
} from './condition-literals.ts';

/** One way in which a condition can hold: all of these literals. */
export type Case = readonly Literal[];

/** A condition with more ways or with longer ones is not looked into. */
const caseLimit = 64;
const literalLimit = 64;

/**
 * Takes a condition apart into the ways in which it can hold, leaving out those that contradict
 * themselves; so none are left of what can never hold. Undefined where there are too many.
 */
export function casesOf(
  condition: Condition,
  lists: RuleSet['lists'],
): readonly Case[] | undefined {
  return apart(condition, true, lists);
}

function apart(
  condition: Condition,
  positive: boolean,
  lists: RuleSet['lists'],
): readonly Case[] | undefined {
  if ('not' in condition) return apart(condition.not, !positive, lists);
  if ('all' in condition || 'any' in condition) {
    const isAll = 'all' in condition;
    const parts = (isAll ? condition.all : condition.any).map((one) => apart(one, positive, lists));
    return isAll === positive ? product(parts) : sum(parts);
  }
  const literals = literalsOf(condition, lists);
  if (positive) return product([[literals]]);
  return sum(literals.map((literal) => product([[[opposite(literal)]]])));
}

type Parts = readonly (readonly Case[] | undefined)[];

function sum(parts: Parts): readonly Case[] | undefined {
  const cases: Case[] = [];
  for (const part of parts) {
    if (part === undefined) return undefined;
    cases.push(...part);
  }
  return cases.length > caseLimit ? undefined : cases;
}

function product(parts: Parts): readonly Case[] | undefined {
  let cases: readonly Case[] = [[]];
  // A part that never holds settles it, even beside one that is not looked into.
  if (parts.some((part) => part?.length === 0)) return [];
  for (const part of parts) {
    if (part === undefined || cases.length * part.length > caseLimit) return undefined;
    cases = cases.flatMap((one) => part.flatMap((other) => together([...one, ...other]) ?? []));
  }
  return cases.some(({ length }) => length > literalLimit) ? undefined : cases;
}

/** All literals at once, those on one value as one; wrapped, and undefined when they cannot be. */
function together(literals: readonly Literal[]): readonly [Case] | undefined {
  const merged: Literal[] = [];
  for (const literal of literals) {
    if (isVain(literal)) continue;
    const at = merged.findIndex((one) => one.key === literal.key && isMergeable(one, literal));
    const known = merged[at];
    if (known === undefined) merged.push(literal);
    else merged[at] = merge(known, literal);
  }
  const isImpossible =
    merged.some(isAbsurd) ||
    merged.some((one) =>
      merged.some(
        (other) => one !== other && implies(one, { ...other, positive: !other.positive }),
      ),
    );
  return isImpossible ? undefined : [merged];
}

function isMergeable(one: Literal, other: Literal): boolean {
  if (one.kind === 'values') return one.positive || !other.positive;
  return one.kind === 'range' && one.positive && other.positive;
}

function merge(one: Literal, other: Literal): Literal {
  if (one.kind === 'range' && other.kind === 'range') {
    return { ...one, min: Math.max(one.min, other.min), max: Math.min(one.max, other.max) };
  }
  if (one.kind !== 'values' || other.kind !== 'values') return one;
  if (!one.positive) return { ...one, values: new Set([...one.values, ...other.values]) };
  const left = [...one.values].filter((value) => other.values.has(value) === other.positive);
  return { ...one, values: new Set(left) };
}

/** Whether each literal of the second follows from one of the first. */
export function isCaseOf(one: Case, other: Case): boolean {
  return other.every((wider) => one.some((literal) => implies(literal, wider)));
}
