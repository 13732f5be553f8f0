import type { Language } from '../inquiry/values/vocabulary.ts';

/** Without it, Excel reads UTF-8 as the charset of its locale. */
const byteOrderMark = '\uFEFF';

/**
 * Writes CSV for a spreadsheet: UTF-8 with a byte order mark, lines that end in CRLF, quoting by
 * RFC 4180, and no cell that a spreadsheet would take for a formula.
 * @see https://www.rfc-editor.org/rfc/rfc4180
 */
export function formatCsv(lines: readonly (readonly (string | number)[])[]): string {
  return byteOrderMark + lines.map((cells) => `${cells.map(formatCsvCell).join(',')}\r\n`).join('');
}

/**
 * Writes a table as CSV, with headings in the reader's language and cells in the order of the
 * columns.
 */
export function formatCsvTable<Column extends string>(
  columns: Readonly<Record<Column, Readonly<Record<Language, string>>>>,
  language: Language,
  rows: readonly Readonly<Record<Column, string | number>>[],
): string {
  const order = Object.keys(columns) as Column[];
  return formatCsv([
    order.map((column) => columns[column][language]),
    ...rows.map((cells) => order.map((column) => cells[column])),
  ]);
}

/**
 * Writes one cell: text that a spreadsheet would evaluate gets a leading apostrophe, and text with
 * a separator or quote is quoted.
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
export function formatCsvCell(value: string | number): string {
  const text = String(value);
  const harmless = /^[=+\-@\t\r\n\uFF0B\uFF0D\uFF1D\uFF20]/u.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
