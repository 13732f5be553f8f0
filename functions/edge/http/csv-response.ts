import type { Language } from '../../../core/inquiry/values/vocabulary.ts';
import { findPreferredLanguage } from '../../../core/wording/find-preferred-language.ts';
import { negotiateMediaType } from './negotiate-media-type.ts';

type AcceptPreferences = {
  readonly type?: string | undefined;
  readonly language?: string | undefined;
};

/** The format that the query requests; it takes precedence over the headers. */
type FormatQuery = {
  readonly format?: 'json' | 'csv' | undefined;
  readonly lang?: Language | undefined;
};

/** The request headers that an answer in JSON or CSV depends on. */
export const csvOrJsonVary = 'accept, accept-language';

/** Chooses the language of a CSV answer, by default Japanese; undefined when JSON is preferred. */
export function chooseCsvLanguage(
  { format, lang }: FormatQuery,
  prefers: AcceptPreferences,
): Language | undefined {
  const type = negotiateMediaType(prefers.type, ['application/json', 'text/csv']);
  const isCsv = format === undefined ? type === 'text/csv' : format === 'csv';
  return isCsv ? (lang ?? findPreferredLanguage(prefers.language) ?? 'ja') : undefined;
}

/** Builds the headers of a CSV file whose first line is a heading. */
export function buildCsvHeaders(
  name: string,
  language: Language,
): Readonly<Record<string, string>> {
  return {
    vary: csvOrJsonVary,
    'content-type': 'text/csv; charset=utf-8; header=present',
    'content-disposition': `attachment; filename="${name}"`,
    'content-language': language,
  };
}
