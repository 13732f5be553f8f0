import { parseAcceptHeader } from '../../../core/wording/parse-accept-header.ts';

/**
 * Chooses the offered media type that `Accept` prefers; undefined when it accepts none of them.
 *
 * Among equal weights the earlier range wins, and within a range the earlier offer.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1
 */
export function negotiateMediaType<const Type extends string>(
  header: string | undefined,
  offered: readonly Type[],
): Type | undefined {
  for (const range of parseAcceptHeader(header)) {
    const match = offered.find((type) => matchesMediaRange(range.trim(), type));
    if (match !== undefined) return match;
  }
  return undefined;
}

function matchesMediaRange(range: string, type: string): boolean {
  if (range === '*/*' || range === type) return true;
  return range.endsWith('/*') && type.startsWith(range.slice(0, -1));
}
