import type { Language } from '../../../core/inquiry/values/vocabulary.ts';
import { findPreferredLanguage } from '../../../core/wording/find-preferred-language.ts';
import { negotiateMediaType } from './negotiate-media-type.ts';

type AcceptPreferences = {
  readonly type?: string | undefined;
  readonly language?: string | undefined;
};

/** What a caller says of the form in the query, which comes before what their headers say. */
type FormatQuery = {
  readonly format?: 'json' | 'csv' | undefined;
  readonly lang?: Language | undefined;
};

/** Answers that may be JSON or CSV depend on these. */
export const csvOrJsonVary = 'accept, accept-language';

/** The language of the CSV that is wanted, Japanese unless told; undefined where JSON is. */
export function chooseCsvLanguage(
  { format, lang }: FormatQuery,
  prefers: AcceptPreferences,
): Language | undefined {
  const type = negotiateMediaType(prefers.type, ['application/json', 'text/csv']);
  const isCsv = format === undefined ? type === 'text/csv' : format === 'csv';
  return isCsv ? (lang ?? findPreferredLanguage(prefers.language) ?? 'ja') : undefined;
}

/** The headers of a file of CSV, whose first line is a heading. */
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
