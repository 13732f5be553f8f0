/**
 * The ranges of an `Accept` or `Accept-Language` header, the most preferred first, in lower case
 * and without parameters; ranges of weight 0 are left out.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-12.4.2
 */
export function parseAcceptHeader(header: string | undefined): string[] {
  return (
    (header ?? '')
      .slice(0, 1000)
      .split(',')
      .map((range) => {
        const [name = '', ...parameters] = range.trim().toLowerCase().split(';');
        const q = parameters.map((text) => /^\s*q=([\d.]+)\s*$/.exec(text)?.[1]).find(Boolean);
        return { name, weight: q === undefined ? 1 : Number(q) };
      })
      .filter(({ weight }) => weight > 0)
      // Sorting is stable, so equal weights keep the caller's order.
      .sort((one, other) => other.weight - one.weight)
      .map(({ name }) => name)
  );
}
