import encoding from 'encoding-japanese';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvRowLimit, readCsv } from '../../../adapters/csv/read-csv.ts';
import { isRefusal } from '../../../core/inquiry/refusal.ts';

const columns = { required: ['name'], optional: ['note', 'place'] };

function rowsOf(text: string | Uint8Array) {
  const read = readCsv(typeof text === 'string' ? Buffer.from(text) : text, columns);
  if (isRefusal(read)) throw new Error(read.detail);
  return read;
}

function refusalOf(text: string | Uint8Array): string | undefined {
  const read = readCsv(typeof text === 'string' ? Buffer.from(text) : text, columns);
  return isRefusal(read) ? read.detail : undefined;
}

describe('reading CSV', () => {
  it('gives each row by its columns, with the line where it begins', () => {
    const text = 'name,note\r\nA,"two\r\nlines, and ""quotes"""\r\n\r\nB,b\r\n';
    expect(rowsOf(text)).toEqual([
      { line: 2, cells: { name: 'A', note: 'two\nlines, and "quotes"' } },
      { line: 5, cells: { name: 'B', note: 'b' } },
    ]);
  });

  it.each([
    ['\n', ''],
    ['\r\n', ''],
    ['\r', ''],
    ['\n', '\n'],
    ['\r\n', '\r\n\r\n'],
  ])('counts lines with line ends %j and a file that ends in %j', (end, last) => {
    const lines = ['name', 'A', '', 'B', '', '', 'C'].join(end) + last;
    expect(rowsOf(lines).map(({ line, cells }) => [line, cells['name']])).toEqual([
      [2, 'A'],
      [4, 'B'],
      [7, 'C'],
    ]);
  });

  it('reads a file whose line ends change in the middle', () => {
    expect(rowsOf('name,note\r\nA,1\nB,2\rC,3').map(({ cells }) => cells)).toEqual([
      { name: 'A', note: '1' },
      { name: 'B', note: '2' },
      { name: 'C', note: '3' },
    ]);
  });

  it('reads UTF-8 with and without a byte order mark, and CP932 with its vendor characters', () => {
    const text = 'name,note\n髙橋㈱,表示～①ｶﾅ\n';
    const cp932 = Uint8Array.from(
      encoding.convert(encoding.stringToCode(text), { from: 'UNICODE', to: 'SJIS' }),
    );
    const expected = [{ line: 2, cells: { name: '髙橋㈱', note: '表示～①ｶﾅ' } }];
    expect(rowsOf(text)).toEqual(expected);
    expect(rowsOf(`\ufeff${text}`)).toEqual(expected);
    expect(rowsOf(cp932)).toEqual(expected);
  });

  it('takes stray quotation marks as they are and loses no row after them', () => {
    expect(rowsOf('name,note\n"a"b,1\nc"d,2\ne,3\n').map(({ cells }) => cells['name'])).toEqual([
      '"a"b',
      'c"d',
      'e',
    ]);
  });

  it('faults a row with too many or too few columns and reads the others', () => {
    const rows = rowsOf('name,note\nA\nB,1,2\nC,3\n');
    expect(rows.map(({ line, fault }) => [line, fault])).toEqual([
      [2, 'has 1 columns, not 2'],
      [3, 'has 3 columns, not 2'],
      [4, undefined],
    ]);
  });

  it('tells where a quotation mark begins that is never closed', () => {
    const rows = rowsOf('name,note\nA,1\nB,"open\nC,2\n');
    expect(rows.map(({ line }) => line)).toEqual([2, 3]);
    expect(rows[1]?.fault).toContain('never closed');
  });

  it('takes the heading in any case and order, with blanks around it', () => {
    expect(rowsOf(' Note , NAME\n x , y \n')[0]?.cells).toEqual({ note: 'x', name: 'y' });
  });

  it.each([
    ['', 'The file has no heading.'],
    ['\n\n', 'The file has no heading.'],
    ['note\nx\n', 'The heading lacks name.'],
    ['name,colour\nx,red\n', 'The heading has unknown columns: "colour".'],
    ['name,name\nx,y\n', 'The heading has name twice.'],
  ])('refuses %j', (text, detail) => {
    expect(refusalOf(text)).toBe(detail);
  });

  it('refuses what is neither UTF-8 nor CP932', () => {
    expect(refusalOf(Uint8Array.of(0x6e, 0x61, 0xff, 0xfe, 0x00))).toContain('neither');
  });

  it('refuses more rows than a job can answer for', () => {
    expect(refusalOf(`name\n${'x\n'.repeat(csvRowLimit + 1)}`)).toContain('more than');
    expect(rowsOf(`name\n${'x\n'.repeat(csvRowLimit)}`)).toHaveLength(csvRowLimit);
  });

  it('gives back whatever was written with quotes', () => {
    const cell = fc.string({ unit: 'grapheme' }).map((text) => text.replace(/\r\n?/g, '\n').trim());
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1 }), (pairs) => {
        const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
        const text = pairs.map((pair) => `${pair.map(quoted).join(',')}\r\n`).join('');
        expect(rowsOf(`name,note\r\n${text}`).map(({ cells }) => cells)).toEqual(
          pairs.map(([name, note]) => ({ name, note })),
        );
      }),
    );
  });
});
