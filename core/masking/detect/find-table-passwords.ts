import type { Found, Reading } from '../scannable-text.ts';
import { findLabels, isLabel } from './find-secret-labels.ts';

/** How cells are kept apart: by tabs, bars, commas, semicolons, or several spaces. */
const delimiters: readonly RegExp[] = [/\t/g, /\|/g, /,/g, /;/g, / {2,40}/g];
const quotes = /^[> ]{0,10}/;
const longestLine = 2000;

type Cell = { readonly start: number; readonly end: number; readonly text: string };
type Table = {
  readonly delimiter: RegExp;
  readonly columns: readonly number[];
  readonly width: number;
};

/** The cells under a heading that labels a secret. */
export function findTablePasswords({ text }: Reading): Found[] {
  const found: Found[] = [];
  let table: Table | undefined;
  for (const { line, start } of linesOf(text)) {
    const rows = table === undefined ? undefined : cellsOf(line, start, table.delimiter);
    if (table !== undefined && rows?.length === table.width) {
      for (const column of table.columns) {
        const cell = rows[column];
        if (cell !== undefined && isValue(cell.text)) found.push(secret(cell));
      }
    } else {
      table = tableOf(line);
    }
  }
  return found;
}

type Line = { readonly line: string; readonly start: number };

function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  let start = 0;
  for (const whole of text.split('\n')) {
    const line = whole.slice(0, longestLine);
    lines.push(...(isJoined(line) ? rowsIn(line, start) : [{ line, start }]));
    start += whole.length + 1;
  }
  return lines;
}

/** A Markdown table whose lines have been made one, as in a subject: heading and rule together. */
function isJoined(line: string): boolean {
  return /\| ?:?---/.test(line) && findLabels(line).length > 0;
}

/** Its rows: a bar that ends one stands before the bar that begins the next. */
function rowsIn(line: string, start: number): Line[] {
  const rows: Line[] = [];
  let from = line.indexOf('|');
  for (const { index, 0: gap } of line.matchAll(/\| {1,3}(?=\|)/g)) {
    if (index < from) continue;
    rows.push({ line: line.slice(from, index + 1), start: start + from });
    from = index + gap.length;
  }
  rows.push({ line: line.slice(from), start: start + from });
  return rows;
}

function tableOf(line: string): Table | undefined {
  if (findLabels(line).length === 0) return undefined;
  for (const delimiter of delimiters) {
    const cells = cellsOf(line, 0, delimiter);
    if (cells.length < 2) continue;
    const columns = cells.flatMap(({ text }, column) => (isLabel(unquoted(text)) ? [column] : []));
    // A value in the first row makes it no heading.
    const isHeading = cells.every(({ text }) => text.length <= 40 && !/[。!?]/.test(text));
    if (columns.length > 0 && isHeading) return { delimiter, columns, width: cells.length };
  }
  return undefined;
}

function cellsOf(line: string, start: number, delimiter: RegExp): Cell[] {
  const cells: Cell[] = [];
  let from = quotes.exec(line)?.[0].length ?? 0;
  const put = (end: number) => {
    const written = line.slice(from, end);
    const text = written.trim();
    const at = start + from + (written.length - written.trimStart().length);
    cells.push({ start: at, end: at + text.length, text });
  };
  for (const { index, 0: gap } of line.matchAll(delimiter)) {
    if (index < from) continue;
    put(index);
    from = index + gap.length;
  }
  put(line.length);
  return cells;
}

function unquoted(text: string): string {
  return text.replace(/^["'*`]{1,3}/, '').replace(/["'*`。、]{1,3}$/, '');
}

/** Whether a cell holds one word that may be a secret, and no remark or line of a table. */
function isValue(cell: string): boolean {
  const value = unquoted(cell);
  if (/^[-:=+*•●]{1,60}$/.test(value) || value.length < 3 || value.length > 100) return false;
  return /^[!-~]{3,100}$/.test(value) && (/[0-9]|[^A-Za-z0-9.:-]/.test(value) || value.length >= 5);
}

function secret({ start, end }: Cell): Found {
  return { start, end, kind: 'password' };
}
