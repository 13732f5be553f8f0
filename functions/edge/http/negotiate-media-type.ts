import { parseAcceptHeader } from '../../../core/wording/parse-accept-header.ts';

/**
 * The media type that a caller would rather have, of those offered, by `Accept`; undefined when
 * they name none of them.
 *
 * Of equal weights the earlier range wins, and of a range that takes several the earlier offer.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1
 */
export function negotiateMediaType<const Type extends string>(
  header: string | undefined,
  offered: readonly Type[],
): Type | undefined {
  for (const range of parseAcceptHeader(header)) {
    const found = offered.find((type) => matchesMediaRange(range.trim(), type));
    if (found !== undefined) return found;
  }
  return undefined;
}

function matchesMediaRange(range: string, type: string): boolean {
  if (range === '*/*' || range === type) return true;
  return range.endsWith('/*') && type.startsWith(range.slice(0, -1));
}
