import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { convertHtmlToText } from '../../../adapters/mime/convert-html.ts';
import { mailLimits } from '../../../core/intake/mail/mail.ts';
import { maskText } from '../../../core/masking/mask-text.ts';
import { defaultMaskingPolicy } from '../../../core/masking/masking-policy.ts';
import { cpuTimeOf } from '../../support/cpu-time.ts';
import { runs } from '../../support/volumes.ts';

const convert = async (html: string) => (await convertHtmlToText(html, mailLimits)).text.trim();
const mask = async (html: string) => maskText(await convert(html), defaultMaskingPolicy).text;

describe('a table', () => {
  it.each([
    [
      'has a line per row and a bar between cells',
      '<table><tr><th>端末<th>台数<th>階</tr><tr><td>PC-A</td><td>10</td><td>25</td></tr></table>',
      '端末 | 台数 | 階\nPC-A | 10 | 25',
    ],
    [
      "keeps its rows together when Outlook makes each cell's text a paragraph",
      '<table><tbody><tr><td><p>PC-A</p></td><td><p>10</p></td></tr><tr><td><p>PC-B</p></td><td><p>3</p></td></tr></tbody></table>',
      'PC-A | 10\nPC-B | 3',
    ],
    [
      'shows cells of several lines side by side',
      '<table><tr><td>PC-A<br>PC-B</td><td>10<br>3</td><td>25</td></tr></table>',
      'PC-A | 10 | 25\nPC-B | 3 |',
    ],
    [
      'repeats what spans rows, and leaves room for what spans columns',
      '<table><tr><td rowspan="2">本社</td><td>1F</td><td>9</td></tr><tr><td colspan="2">2F</td></tr></table>',
      '本社 | 1F | 9\n本社 | 2F |',
    ],
    [
      'keeps the place of an empty cell, but no column in which nothing stands',
      '<table><tr><td>a</td><td>&nbsp;</td><td>b</td></tr><tr><td></td><td></td><td>c</td></tr></table>',
      'a | b\n| c',
    ],
    [
      'has its caption and a title over all columns on lines of their own',
      '<table><caption>台帳</caption><tr><td colspan="2">本社</td></tr><tr><td>a</td><td>1</td></tr></table>',
      '台帳\n\n本社\na | 1',
    ],
    [
      'of labels that end in a colon needs no bar',
      '<table><tr><td>差出人:</td><td>山田</td></tr><tr><td>件名：</td><td>端末</td></tr></table>',
      '差出人: 山田\n件名： 端末',
    ],
    [
      'inside a table stays a table',
      '<table><tr><td><table><tr><td>a</td><td>1</td></tr><tr><td>b</td><td>2</td></tr></table></td><td>右</td></tr></table>',
      'a | 1\nb | 2\n\n右',
    ],
    [
      'that is there for layout leaves paragraphs and sentences as they are',
      '<table role="presentation"><tr><td>&nbsp;</td><td><h1>お知らせ</h1><p>本日は<b>晴天</b>です。</p><p>明日は雨です。</p></td><td></td></tr></table>',
      'お知らせ\n\n本日は晴天です。\n\n明日は雨です。',
    ],
    [
      'with long texts side by side shows one after the other',
      `<table><tr><td>${'左の文です。'.repeat(20)}<br>左の終わり</td><td>右</td></tr></table>`,
      `${'左の文です。'.repeat(20)}\n左の終わり\n\n右`,
    ],
    [
      'loses nothing that stands between its cells',
      '<table>前<tr>外<td>中</td></tr><form><tr><td>a</td><td>b</td></tr></form>後</table>',
      '前\n外 | 中\na | b\n後 |',
    ],
    ['may be missing around its cells', '<tr><td>a</td><td>b</td></tr><td>c<td>d', 'a\nb\nc\nd'],
    [
      'has no further cell because of a bar between words',
      '<table><tr><td>a | b</td><td>c|d</td></tr></table>',
      'a ¦ b | c|d',
    ],
  ])('%s', async (_what, html, text) => {
    expect(await convert(html)).toBe(text);
  });
});

describe('a list', () => {
  it('has a line per item, and one per definition behind its term', async () => {
    expect(await convert('<menu><li>a<li>b</menu><li>c</li><li>d</li>')).toBe('* a\n * b\n\nc\nd');
    expect(
      await convert(
        '<dl><dt>端末</dt><dd>PC-A</dd><dd>PC-B</dd><div><dt>階:</dt><dd>25</dd></div><dd>外</dd></dl>x',
      ),
    ).toBe('端末: PC-A\n端末: PC-B\n階: 25\n階: 外\n\nx');
    expect(await convert('<dl><dt>手順</dt><dd><p>一</p><p>二</p></dd><dt>他</dt></dl>')).toBe(
      '手順:\n一\n\n二\n他',
    );
  });
});

describe('a link', () => {
  it('whose text is its address in brackets is not said twice', async () => {
    expect(await convert('山田 <a href="mailto:x@y.example">&lt;x@y.example&gt;</a>')).toBe(
      '山田 <x@y.example>',
    );
  });
});

describe('masking what was a table or list', () => {
  it('finds a password by its heading, whichever other rows there are', async () => {
    const table =
      '<table><tr><th>氏名<th>備考<th>パスワード</tr><tr><td>佐藤<td><td>Gx7vLq2w</tr><tr><td colspan=3>営業</tr><tr><td>鈴木<br>花子<td>a | b<td>Qm4|Rt8z</table>';
    expect(await mask(table)).toBe(
      '氏名 | 備考 | パスワード\n佐藤 |  | ⟦password⟧\n営業 |  |\n鈴木 | a ¦ b | ⟦password⟧\n花子 |  |',
    );
  });

  it('finds what spans rows beside its label, and a definition', async () => {
    expect(
      await mask(
        '<table><tr><th rowspan=2>パスワード<td>Gx7vLq2w</tr><tr><td>Qm4rRt8z</table><dl><dt>パスワード<dd>Gx7vLq2w<dd>Qm4rRt8z</dl>',
      ),
    ).toBe(
      'パスワード | ⟦password⟧\nパスワード | ⟦password⟧\n\nパスワード: ⟦password⟧\nパスワード: ⟦password⟧',
    );
  });

  it('finds a number that a form has in boxes of one digit', async () => {
    const boxes = [...'123456789018'].map((digit) => `<td>${digit}</td>`).join('');
    expect(await mask(`<table><tr><td>番号</td>${boxes}<td>7</td></tr></table>`)).not.toContain(
      '9 0 1 8',
    );
    expect(await mask(`<table><tr><td>番号</td>${boxes}</tr></table>`)).toBe('番号 | ⟦my-number⟧');
  });

  it('sees each number by itself, wherever tables, lists and their like put it', async () => {
    const secrets = ['4111111111111111', '5555555555554444', '123456789018', '3530111333300000'];
    const leaf = fc.oneof(
      fc.constantFrom(...secrets),
      fc.integer({ min: 0, max: 9999 }).map(String),
      fc.constantFrom('', '端末', '&nbsp;', '内線 12'),
    );
    const { node } = fc.letrec<{ node: string; cells: string[] }>((tie) => ({
      cells: fc.array(tie('node'), { minLength: 1, maxLength: 4 }),
      node: fc.oneof(
        { maxDepth: 3, withCrossShrink: true },
        { weight: 4, arbitrary: leaf },
        {
          weight: 3,
          arbitrary: fc
            .tuple(
              fc.array(tie('cells') as fc.Arbitrary<string[]>, { minLength: 1, maxLength: 3 }),
              fc.constantFrom('<td>', '<th>', '<td rowspan=2>', '<td colspan=3>', '<td><p>'),
              fc.constantFrom('<table>', '<table role=presentation>', '<table><tbody>', '<form>'),
            )
            .map(([rows, cell, table]) => {
              const lines = rows.map((cells) => `<tr>${cells.map((x) => cell + x).join('')}</tr>`);
              return `${table}${lines.join('')}</${table.slice(1, 6).replace('>', '')}>`;
            }),
        },
        ...['<ul><li>', '<ol><li>', '<dl><dt>', '<dl><dd>', '<select><option>', '<p>'].map(
          (open) => ({
            weight: 1,
            arbitrary: (tie('cells') as fc.Arbitrary<string[]>).map((cells) => {
              const [outer, inner] = open.split(/(?=<)/);
              const items = cells.map((cell) => (inner ?? outer) + cell).join('');
              return inner === undefined ? items : `${outer}${items}${outer?.replace('<', '</')}`;
            }),
          }),
        ),
      ),
    }));
    let planted = 0;
    await fc.assert(
      fc.asyncProperty(node, async (html) => {
        const text = await mask(html);
        for (const secret of secrets) {
          if (html.includes(secret)) planted++;
          expect(text).not.toContain(secret);
        }
      }),
      runs(500),
    );
    expect(planted).toBeGreaterThan(100);
  });
});

describe('the cost of a table', () => {
  const kinds: [string, (size: number) => string][] = [
    ['rows', (size) => `<table>${'<tr><td>1<td>2'.repeat(size)}`],
    [
      'a wide row above short ones',
      (size) => `<table><tr>${'<td>1'.repeat(size)}${'<tr><td>1'.repeat(size)}`,
    ],
    [
      'cells that claim all rows and columns',
      (size) =>
        `<table><tr>${'<td rowspan=60000 colspan=900>1'.repeat(size)}${'<tr><td>1'.repeat(size)}`,
    ],
    [
      'a tall cell among many',
      (size) => `<table><tr><td>${'x<br>'.repeat(size)}${'<td>1'.repeat(size)}`,
    ],
    ['definitions', (size) => `<dl><dt>${'x'.repeat(60)}${'<dd>1'.repeat(size)}`],
    ['bars', (size) => `<table><tr><td>${'| '.repeat(size)}<td>1`],
  ];

  it.each(kinds)('grows no faster than %s', async (_what, build) => {
    const lengthOf = async (size: number) => (await convert(build(size))).length;
    // The output is what a sender could inflate; the time follows it.
    expect(await lengthOf(8_000)).toBeLessThan(2.2 * (await lengthOf(4_000)));
    expect(await lengthOf(8_000)).toBeLessThan(15 * build(8_000).length);
    await cpuTimeOf(() => convert(build(1_000)));
    const [less, more] = [
      await cpuTimeOf(() => convert(build(2_000))),
      await cpuTimeOf(() => convert(build(16_000))),
    ];
    // Eight times the size; quadratic work would take 64 times as long.
    expect(more).toBeLessThan(24 * less + 50_000);
  });
});
