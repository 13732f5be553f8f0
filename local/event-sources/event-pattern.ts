/**
 * Whether an event matches an event pattern, as in the filters of event source mappings.
 *
 * Throws for an operator that it does not know: a filter understood differently than by AWS would
 * hide or show records silently.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
 */
export function matchesEventPattern(pattern: unknown, event: unknown): boolean {
  if (!isObject(pattern)) throw new Error(`${JSON.stringify(pattern)} is not an event pattern.`);
  return Object.entries(pattern).every(([key, expected]) => {
    if (key === '$or') return toList(expected).some((one) => matchesEventPattern(one, event));
    const value = isObject(event) ? event[key] : undefined;
    if (!Array.isArray(expected)) return matchesEventPattern(expected, value);
    // A list in the event matches when one of its elements does.
    const values = Array.isArray(value) ? value : [value];
    return expected.some((rule) => values.some((one) => matchesRule(rule, one)));
  });
}

function matchesRule(rule: unknown, value: unknown): boolean {
  if (!isObject(rule)) return rule === value;
  const [operator, ...others] = Object.entries(rule);
  if (operator === undefined || others.length > 0) {
    throw new Error(`${JSON.stringify(rule)} is not one rule.`);
  }
  const [name, argument] = operator;
  const test = RULES[name];
  if (test === undefined) throw new Error(`The filter operator "${name}" is not known here.`);
  return test(argument, value);
}

const RULES: Readonly<Record<string, (argument: unknown, value: unknown) => boolean>> = {
  exists: (argument, value) => (value !== undefined) === argument,
  prefix: (argument, value) => typeof value === 'string' && value.startsWith(String(argument)),
  suffix: (argument, value) => typeof value === 'string' && value.endsWith(String(argument)),
  'equals-ignore-case': (argument, value) =>
    typeof value === 'string' && value.toLowerCase() === String(argument).toLowerCase(),
  'anything-but': (argument, value) =>
    value !== undefined &&
    !toList(argument).some((one) => (isObject(one) ? matchesRule(one, value) : one === value)),
  numeric: (argument, value) =>
    typeof value === 'number' &&
    pairUp(toList(argument)).every(([operator, limit]) => {
      const compare = COMPARISONS[String(operator)];
      if (compare === undefined) throw new Error(`"${operator}" compares no numbers.`);
      return compare(value, Number(limit));
    }),
};

const COMPARISONS: Readonly<Record<string, (value: number, limit: number) => boolean>> = {
  '=': (value, limit) => value === limit,
  '<': (value, limit) => value < limit,
  '<=': (value, limit) => value <= limit,
  '>': (value, limit) => value > limit,
  '>=': (value, limit) => value >= limit,
};

function pairUp(items: readonly unknown[]): [unknown, unknown][] {
  return items.flatMap((item, index) =>
    index % 2 === 0 ? [[item, items[index + 1]] as [unknown, unknown]] : [],
  );
}

function toList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
