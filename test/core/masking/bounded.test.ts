import { readdirSync, readFileSync } from 'node:fs';
import * as ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { maskText } from '../../../core/masking/mask-text.ts';
import { MaskingPolicy } from '../../../core/masking/masking-policy.ts';
import { plantText, SeededRandom } from './plant-secrets.ts';

const room = new URL('../../../core/masking/', import.meta.url);

/** The regular expressions in a source: literals, and raw templates that one is made of. */
function patternsIn(source: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node) => {
    if (ts.isRegularExpressionLiteral(node)) found.push(node.text);
    if (ts.isNoSubstitutionTemplateLiteral(node) && ts.isTaggedTemplateExpression(node.parent)) {
      found.push(node.rawText ?? node.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('source.ts', source, ts.ScriptTarget.Latest, true));
  return found;
}

/** Whether a pattern repeats something without a bound: only then can it be slower than linear. */
function isUnbounded(pattern: string): boolean {
  const bare = pattern.replace(/\\./g, 'x').replace(/\[[^\]]*\]/g, 'x');
  return /[*+]|\{\d*,\}/.test(bare);
}

describe('the time that masking takes is bounded by the length of the text', () => {
  const patterns = readdirSync(room, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) =>
      patternsIn(readFileSync(new URL(file, room), 'utf8')).map((pattern) => [file, pattern]),
    );

  test('no pattern of the engine repeats without a bound', () => {
    expect(patterns.length).toBeGreaterThan(80);
    expect(patterns.filter(([, pattern]) => isUnbounded(pattern ?? ''))).toEqual([]);
  });

  test.each([
    ['/a+b/', true],
    ['/(?:a{2,})/', true],
    ['/a*/', true],
    ['/[*+]\\*{0,2}a{1,5}/', false],
  ])('of %s it is found: %s', (pattern, found) => {
    expect(isUnbounded(pattern)).toBe(found);
  });

  const policy = MaskingPolicy.parse({ except: ['A-1', 'B'.repeat(100)] });
  test.each([
    '1',
    '1 ',
    '4111 ',
    '4111-\n> ',
    '@',
    'a@',
    'a.',
    'eyJ',
    'eyJ.',
    '-----BEGIN PRIVATE KEY-----\n',
    '-----BEGIN PRIVATE KEY-----',
    '://',
    'x://a:',
    'password:',
    'password: \n',
    'password is ',
    'パスワード',
    'パスワードは',
    'パスワード「',
    'password,',
    'a,password\nb,c1\n',
    'mysql -p',
    'A-1 4111111111111111 ',
    '&#x31;',
    '⟦card⟧',
    '⟦',
    '\u200b',
    '一',
    'net use \\\\a\\b ',
    'Bearer ',
    '((((',
    '+81 ',
  ])('masking ends on nothing but %j', (piece) => {
    const text = piece.repeat(Math.ceil(20_000 / piece.length));
    const { text: masked, spans } = maskText(text, policy);
    expect(spans.at(-1)?.end ?? 0).toBeLessThanOrEqual(masked.length);
  });

  test('and on a quarter of a megabyte of what comes to a help desk', () => {
    const seededRandom = new SeededRandom(4);
    const texts: string[] = [];
    for (let length = 0; length < 250_000; length += texts.at(-1)?.length ?? 1) {
      texts.push(plantText(seededRandom).text);
    }
    const { spans } = maskText(texts.join('\n\n'), policy);
    expect(spans.length).toBeGreaterThan(texts.length);
  });
});
