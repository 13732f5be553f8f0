import type { FactCondition, RuleCondition } from './conditions.ts';

/** Extends a JSON pointer by a path. */
export function extendPointer(pointer: string, ...path: readonly PropertyKey[]): string {
  const steps = path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`);
  return pointer + steps.join('');
}

/** Yields each fact condition within a condition, in order, with a pointer to it. */
export function* walkFactConditions(
  condition: RuleCondition,
  pointer: string,
): Generator<readonly [condition: FactCondition, pointer: string]> {
  if ('not' in condition) {
    yield* walkFactConditions(condition.not, extendPointer(pointer, 'not'));
  } else if ('all' in condition || 'any' in condition) {
    const name = 'all' in condition ? 'all' : 'any';
    const members = 'all' in condition ? condition.all : condition.any;
    for (const [index, member] of members.entries()) {
      yield* walkFactConditions(member, extendPointer(pointer, name, index));
    }
  } else {
    yield [condition, pointer];
  }
}
