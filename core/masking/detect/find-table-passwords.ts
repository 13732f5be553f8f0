import type { ScannableText, SecretMatch } from '../scannable-text.ts';
import { findSecretLabels, isSecretLabel } from './find-secret-labels.ts';

/**
 * How cells are separated: by tabs, bars, commas, semicolons, or several spaces. Bars between spaces
 * come first, since a password may hold a bar.
 */
const delimiters: readonly RegExp[] = [/\t/g, /(?<!\S)\|(?!\S)/g, /\|/g, /,/g, /;/g, / {2,40}/g];
const quotes = /^[> ]{0,10}/;
/** The line between heading and rows, and around them. */
const rule = /^[> \t]{0,10}(?=[|:+=-])[-|:+= \t]{3,400}$/;
const longestLine = 2000;

type Cell = { readonly start: number; readonly end: number; readonly text: string };
type Table = {
  readonly delimiter: RegExp;
  readonly columns: readonly number[];
  readonly width: number;
};

/** Finds the secrets in table cells under a heading that labels them. */
export function findTablePasswords({ text }: ScannableText): SecretMatch[] {
  const matches: SecretMatch[] = [];
  let tables: readonly Table[] = [];
  for (const { line, start } of splitLines(text)) {
    if (tables.length > 0 && rule.test(line)) continue;
    const row = readRow(tables, line, start);
    for (const cell of row ?? []) {
      if (isSecretCell(cell.text)) matches.push(passwordMatchOf(cell));
    }
    if (row === undefined) tables = readTableHeading(line);
  }
  return matches;
}

/** Reads the cells under headings that label secrets; undefined when the line is no row. */
function readRow(tables: readonly Table[], line: string, start: number): Cell[] | undefined {
  for (const { delimiter, columns, width } of tables) {
    const cells = splitCells(line, start, delimiter);
    if (cells.length === width) return cells.filter((_, column) => columns.includes(column));
  }
  return undefined;
}

type Line = { readonly line: string; readonly start: number };

function splitLines(text: string): Line[] {
  const lines: Line[] = [];
  let start = 0;
  for (const fullLine of text.split('\n')) {
    const line = fullLine.slice(0, longestLine);
    lines.push(...(isJoinedTable(line) ? splitRows(line, start) : [{ line, start }]));
    start += fullLine.length + 1;
  }
  return lines;
}

/** A Markdown table joined into one line, as in a subject: it has heading and rule together. */
function isJoinedTable(line: string): boolean {
  return /\| ?:?---/.test(line) && findSecretLabels(line).length > 0;
}

/** Splits a joined table where the last bar of a row meets the first bar of the next. */
function splitRows(line: string, start: number): Line[] {
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

/** Reads a heading in each way of separating cells by which it has one of a secret. */
function readTableHeading(line: string): Table[] {
  if (findSecretLabels(line).length === 0) return [];
  return delimiters.flatMap((delimiter) => {
    const cells = splitCells(line, 0, delimiter);
    if (cells.length < 2) return [];
    const columns = cells.flatMap(({ text }, column) =>
      isSecretLabel(stripQuotes(text)) ? [column] : [],
    );
    // A long text or a sentence among the cells means that the line is no heading.
    const isHeading = cells.every(({ text }) => text.length <= 40 && !/[。!?]/.test(text));
    return columns.length > 0 && isHeading ? [{ delimiter, columns, width: cells.length }] : [];
  });
}

function splitCells(line: string, start: number, delimiter: RegExp): Cell[] {
  const cells: Cell[] = [];
  let from = quotes.exec(line)?.[0].length ?? 0;
  const put = (end: number) => {
    const cellText = line.slice(from, end);
    const text = cellText.trim();
    const at = start + from + (cellText.length - cellText.trimStart().length);
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

function stripQuotes(text: string): string {
  return text.replace(/^["'*`]{1,3}/, '').replace(/["'*`。、]{1,3}$/, '');
}

/** Whether a cell is one word that may be a secret, and not a remark or a rule of the table. */
function isSecretCell(cell: string): boolean {
  const value = stripQuotes(cell);
  if (/^[-:=+*•●]{1,60}$/.test(value) || value.length < 3 || value.length > 100) return false;
  return /^[!-~]{3,100}$/.test(value) && (/[0-9]|[^A-Za-z0-9.:-]/.test(value) || value.length >= 5);
}

function passwordMatchOf({ start, end }: Cell): SecretMatch {
  return { start, end, kind: 'password' };
}
