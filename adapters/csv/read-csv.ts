import { type OptionsWithColumns, parse } from 'csv-parse/sync';
import { type Refusal, refuse } from '../../core/inquiry/refusal.ts';
import { isUtf8 } from '../mime/charset/detect-charset.ts';

/** A row of a CSV file by its columns; `line` is where it begins, counted from 1. */
export type CsvRow = {
  readonly line: number;
  readonly cells: Readonly<Record<string, string>>;
  /** Why it could not be read; `cells` is empty then. */
  readonly fault?: string;
};

export type CsvColumns = {
  readonly required: readonly string[];
  readonly optional: readonly string[];
};

/** So many fit the gateway's body limit with honest rows, and the result of all fits an answer. */
export const csvRowLimit = 10_000;

const cp932 = new TextDecoder('shift_jis', { fatal: true });
const utf8 = new TextDecoder('utf-8');

/**
 * Reads a CSV file by its heading: UTF-8 with or without a byte order mark, or CP932, with quoting
 * by RFC 4180 and any line ends.
 *
 * A row that cannot be read has its fault and does not stop the others; empty lines are skipped.
 * Refuses `invalid.body` when the file is in another charset, has no or a wrong heading, or too
 * many rows.
 * @see https://www.rfc-editor.org/rfc/rfc4180
 */
export function readCsv(bytes: Uint8Array, columns: CsvColumns): CsvRow[] | Refusal {
  const text = decodeCsvBytes(bytes);
  if (text === undefined) return refuse('invalid.body', 'The file is neither UTF-8 nor CP932.');
  const [heading, ...records] = parseRecords(text);
  if (heading?.values === undefined) {
    return refuse('invalid.body', 'The file has no heading.');
  }
  const names = heading.values.map((name) => name.trim().toLowerCase());
  const wrong = findHeadingFault(names, columns);
  if (wrong !== undefined) return refuse('invalid.body', wrong);
  if (records.length > csvRowLimit) {
    return refuse('invalid.body', `The file has more than ${csvRowLimit} rows; divide it.`);
  }
  return records.map((record) => buildRow(record, names));
}

/** Japanese text in CP932 is hardly ever valid UTF-8, so what is valid UTF-8 is UTF-8. */
function decodeCsvBytes(bytes: Uint8Array): string | undefined {
  if (isUtf8(bytes)) return utf8.decode(bytes);
  try {
    return cp932.decode(bytes);
  } catch {
    return undefined;
  }
}

type CsvRecord = { readonly line: number; readonly values: readonly string[] | undefined };

/**
 * The records in their order; the last is undefined when a quotation mark in it is never closed.
 *
 * Line ends are made alike first, since the parser takes the file's first one for all. A quotation
 * mark inside an unquoted field is taken as it is: the parser would lose the rows that follow it.
 */
function parseRecords(text: string): CsvRecord[] {
  let unclosed: CsvRecord | undefined;
  const read = parse<ParsedRecord>(text.replace(/\r\n?/g, '\n'), {
    info: true,
    raw: true,
    record_delimiter: '\n',
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    on_skip: (error, raw) => {
      if (error === undefined) return undefined;
      unclosed = { line: computeStartLine(error.lines as number, raw ?? ''), values: undefined };
      return undefined;
    },
  } as OptionsWithColumns<ParsedRecord>);
  const records: CsvRecord[] = read.map(({ info, record, raw }) => ({
    line: computeStartLine(info.lines, raw),
    values: record,
  }));
  return unclosed === undefined ? records : [...records, unclosed];
}

type ParsedRecord = {
  readonly info: { readonly lines: number };
  readonly record: readonly string[];
  readonly raw: string;
};

/** The parser counts to a record's last line, and its raw text begins with skipped empty lines. */
function computeStartLine(lastLine: number, raw: string): number {
  return lastLine - (raw.replace(/^\n+|\n$/g, '').match(/\n/g) ?? []).length;
}

function findHeadingFault(
  names: readonly string[],
  { required, optional }: CsvColumns,
): string | undefined {
  const missing = required.filter((name) => !names.includes(name));
  if (missing.length > 0) return `The heading lacks ${missing.join(', ')}.`;
  const unknown = names.filter((name) => !required.includes(name) && !optional.includes(name));
  if (unknown.length > 0) {
    const shown = unknown.slice(0, 5).map((name) => JSON.stringify(name.slice(0, 40)));
    return `The heading has unknown columns: ${shown.join(', ')}.`;
  }
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  return twice === undefined ? undefined : `The heading has ${twice} twice.`;
}

function buildRow({ line, values: read }: CsvRecord, names: readonly string[]): CsvRow {
  if (read === undefined) {
    return {
      line,
      cells: {},
      fault: 'a quotation mark is never closed, so all after it is unread',
    };
  }
  if (read.length !== names.length) {
    return { line, cells: {}, fault: `has ${read.length} columns, not ${names.length}` };
  }
  return {
    line,
    cells: Object.fromEntries(names.map((name, index) => [name, read[index]?.trim() ?? ''])),
  };
}
