/**
 * The media type that a caller would rather have, of those offered, by `Accept`; undefined when
 * they name none of them.
 *
 * Of equal weights the earlier range wins, and of a range that takes several the earlier offer.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1
 */
export function preferredType<const Type extends string>(
  header: string | undefined,
  offered: readonly Type[],
): Type | undefined {
  const ranges = (header ?? '')
    .slice(0, 1000)
    .split(',')
    .map((range) => {
      const [name = '', ...parameters] = range.trim().toLowerCase().split(';');
      const q = parameters.map((one) => /^\s*q=([\d.]+)\s*$/.exec(one)?.[1]).find(Boolean);
      return { name: name.trim(), weight: q === undefined ? 1 : Number(q) };
    })
    .filter(({ weight }) => weight > 0)
    // Sorting is stable, so equal weights keep the caller's order.
    .sort((one, other) => other.weight - one.weight);
  for (const { name } of ranges) {
    const found = offered.find((type) => takes(name, type));
    if (found !== undefined) return found;
  }
  return undefined;
}

function takes(range: string, type: string): boolean {
  if (range === '*/*' || range === type) return true;
  return range.endsWith('/*') && type.startsWith(range.slice(0, -1));
}
