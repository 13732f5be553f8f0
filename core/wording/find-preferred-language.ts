import type { Language } from '../inquiry/values/vocabulary.ts';
import { parseAcceptHeader } from './parse-accept-header.ts';

/**
 * The supported language that a browser prefers by its `Accept-Language`; undefined when it names
 * none.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-12.5.4
 */
export function findPreferredLanguage(header: string | undefined): Language | undefined {
  const preferred = parseAcceptHeader(header)
    .map((tag) => tag.split('-')[0])
    .find((language) => language === 'ja' || language === 'en');
  return preferred === 'ja' || preferred === 'en' ? preferred : undefined;
}
