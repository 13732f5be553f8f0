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

/** This many honest rows fit the gateway's body limit, and their results fit an answer. */
export const csvRowLimit = 10_000;

const cp932 = new TextDecoder('shift_jis', { fatal: true });
const utf8 = new TextDecoder('utf-8');

/**
 * Reads a CSV file by its heading: UTF-8 with or without a byte order mark, or CP932, with quoting
 * by RFC 4180 and any line ends.
 *
 * A row that cannot be read carries its fault and does not stop the others; empty lines are
 * skipped. Refuses `invalid.body` when the file is in another charset, has no or a wrong heading,
 * or too many rows.
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
  const fault = findHeadingFault(names, columns);
  if (fault !== undefined) return refuse('invalid.body', fault);
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
 * Parses the records in order; the last has no values when a quotation mark in it is never closed.
 *
 * Line ends are unified first, since the parser expects the file's first one everywhere. A
 * quotation mark inside an unquoted field is taken literally: otherwise the parser would lose the
 * rows after it.
 */
function parseRecords(text: string): CsvRecord[] {
  let unclosed: CsvRecord | undefined;
  const parsedRecords = parse<ParsedRecord>(text.replace(/\r\n?/g, '\n'), {
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
  const records: CsvRecord[] = parsedRecords.map(({ info, record, raw }) => ({
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

/** The parser reports a record's last line, and its raw text begins with skipped empty lines. */
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
  const duplicate = names.find((name, index) => names.indexOf(name) !== index);
  return duplicate === undefined ? undefined : `The heading has ${duplicate} twice.`;
}

function buildRow({ line, values }: CsvRecord, names: readonly string[]): CsvRow {
  if (values === undefined) {
    return {
      line,
      cells: {},
      fault: 'a quotation mark is never closed, so all after it is unread',
    };
  }
  if (values.length !== names.length) {
    return { line, cells: {}, fault: `has ${values.length} columns, not ${names.length}` };
  }
  return {
    line,
    cells: Object.fromEntries(names.map((name, index) => [name, values[index]?.trim() ?? ''])),
  };
}
