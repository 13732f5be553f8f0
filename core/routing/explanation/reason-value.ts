/** The first word of a reason's value, and the rest. */
export function splitReasonValue(value: string): readonly [string, string] {
  const space = value.indexOf(' ');
  return space < 0 ? [value, ''] : [value.slice(0, space), value.slice(space + 1)];
}

/** The word for a value, or the value itself where it has none. */
export function translateValue(words: Readonly<Record<string, string>>, value: string): string {
  return Object.hasOwn(words, value) ? (words[value] ?? value) : value;
}
