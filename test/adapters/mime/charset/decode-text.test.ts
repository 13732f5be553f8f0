import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeEncodedWords,
  makePlainLine,
  rewriteWordsAsUtf8,
} from '../../../../adapters/mime/charset/decode-header.ts';
import { decodeText } from '../../../../adapters/mime/charset/decode-text.ts';
import { detectCharset } from '../../../../adapters/mime/charset/detect-charset.ts';
import { runs } from '../../../support/volumes.ts';

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex.replace(/ /g, ''), 'hex'));
const latin1 = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'));

describe('decodeText', () => {
  it.each<[string, string, string | undefined, string]>([
    ['NEC characters in ISO-2022-JP', '1b2442 2d21 2d6a 1b2842', 'iso-2022-jp', '①㈱'],
    ['IBM characters in ISO-2022-JP', '1b2442 7c62 7921 1b2842', 'ISO-2022-JP-MS', '髙纊'],
    ['half-width kana by escape', '1b2849 3132 1b2842', 'iso-2022-jp', 'ｱｲ'],
    ['half-width kana by shift', '61 0e 3132 0f 62', 'cp50222', 'aｱｲb'],
    ['JIS X 0201 Roman', '1b284a 5c61 1b2842', 'iso-2022-jp', '\\a'],
    ['JIS X 0208-1978', '1b2440 2422 1b2842', 'iso-2022-jp', 'あ'],
    ['JIS X 0212', '1b242844 3021 1b2842', 'iso-2022-jp-1', '丂'],
    ['an empty escape', '1b2442 1b2842 61', 'iso-2022-jp', 'a'],
    ['an escape that is not closed before a new line', '1b2442 2422 0a 61', 'iso-2022-jp', 'あ\na'],
    ['JIS without a label', '1b2442 2422 1b2842', undefined, 'あ'],
    ['JIS labelled windows-1252', '1b2442 2422 1b2842', 'windows-1252', 'あ'],
    ['NEC and IBM characters in Shift_JIS', '8740 878a fbfc', 'shift_jis', '①㈱髙'],
    ['the wave dash of Shift_JIS', '8160', 'cp932', '～'],
    ['IBM characters in eucJP-ms', '8ff4fb adea', 'eucJP-ms', '髙㈱'],
    ['JIS X 0212 in EUC-JP', '8fb0a1', 'euc-jp', '丂'],
    ['EUC-JP labelled Shift_JIS', 'a4b3 a4f3 a4cb a4c1 a4cf', 'shift_jis', 'こんにちは'],
    ['Shift_JIS labelled UTF-8', '82b1 82f1 82c9 82bf 82cd', 'utf-8', 'こんにちは'],
    ['Shift_JIS labelled ISO-8859-1', '82b1 82f1 82c9 82bf 82cd', 'iso-8859-1', 'こんにちは'],
    ['UTF-8 labelled ISO-8859-1', 'e38182 e38184', 'iso-8859-1', 'あい'],
    ['UTF-8 labelled Shift_JIS', 'e38182 e38184 e38186', 'shift_jis', 'あいう'],
    ['GB18030', 'c4e3 bac3 9532 8236', 'gb18030', '你好𠀀'],
    ['a label with a language', 'e38182', 'utf-8*ja', 'あ'],
    ['raw half-width kana in ISO-2022-JP', '1b2442 4267 3a65 1b2842 b6c5', 'iso-2022-jp', '大阪ｶﾅ'],
    ['raw EUC-JP kana in ISO-2022-JP', '1b2442 4267 1b2842 20 a5ab a5ca', 'iso-2022-jp', '大 カナ'],
    ['UTF-7', Buffer.from('+ZeVnLIqe- 1+-1, 1+1').toString('hex'), 'utf-7', '日本語 1+1, 1+1'],
    ['kanji at the end of JIS level 1', '8be3 8b7d 9841 978d', undefined, '九急連絡'],
  ])('reads %s', (_, hex, charset, text) => {
    expect(decodeText(bytes(hex), charset, false).text).toBe(text);
  });

  it('reads any kanji of JIS level 1 in Shift_JIS without a label', async () => {
    const decoder = new TextDecoder('shift_jis');
    const level1: [string, number[]][] = [];
    for (let lead = 0x88; lead <= 0x98; lead++) {
      for (let trail = 0x40; trail <= 0xfc; trail++) {
        if ((lead === 0x88 && trail < 0x9f) || (lead === 0x98 && trail > 0x72)) continue;
        const character = decoder.decode(new Uint8Array([lead, trail]));
        if (/^\p{Script=Han}$/u.test(character)) level1.push([character, [lead, trail]]);
      }
    }
    expect(level1).toHaveLength(2965);
    await fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...level1), { minLength: 3, maxLength: 20 }),
        (characters) => {
          const raw = new Uint8Array(characters.flatMap(([, pair]) => pair));
          expect(decodeText(raw, undefined, false).text).toBe(
            characters.map(([character]) => character).join(''),
          );
        },
      ),
      runs(200),
    );
  });

  it('does not take Portuguese for Japanese, with or without a label', () => {
    const text = 'A impressão não está disponível; a configuração não é válida. Atenção, São João!';
    for (const label of [undefined, 'us-ascii', 'iso-8859-1', 'utf-8']) {
      expect(decodeText(latin1(text), label, false).text).toBe(text);
    }
  });

  it('does not take single Portuguese words for Japanese even in a Japanese mail', () => {
    for (const word of ['não', 'ação', 'Conceição', 'João', 'São Paulo', 'é', 'às']) {
      expect(decodeText(latin1(word), undefined, true).text).toBe(word);
    }
  });

  it('keeps UTF-8 that was cut inside its last character', () => {
    const cut = new TextEncoder().encode('お世話になっております').subarray(0, -1);
    expect(decodeText(cut, 'utf-8', true)).toEqual({
      text: 'お世話になっておりま\ufffd',
      wrongCharset: false,
      undecodable: true,
    });
  });

  it('tells what was declared wrongly and what cannot be decoded', () => {
    expect(decodeText(bytes('82b1 82f1 82c9'), 'utf-8', false).wrongCharset).toBe(true);
    expect(decodeText(bytes('82b1 82f1 82c9'), 'shift_jis', false).wrongCharset).toBe(false);
    expect(decodeText(bytes('82b1 82f1 82ff 82c9'), 'shift_jis', false).undecodable).toBe(true);
  });

  it('never throws, whatever bytes and label', async () => {
    const labels = fc.oneof(
      fc.constantFrom(
        'utf-8',
        'iso-2022-jp',
        'shift_jis',
        'euc-jp',
        'gb18030',
        'utf-16le',
        'x',
        '',
      ),
      fc.string(),
    );
    const japanese = fc.uint8Array().map((tail) => new Uint8Array([0x1b, 0x24, 0x42, ...tail]));
    await fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), japanese), labels, fc.boolean(), (raw, label, hint) => {
        expect(typeof decodeText(raw, label, hint).text).toBe('string');
      }),
      runs(200),
    );
  });

  it('reads UTF-8 as what it was, whatever the label, if it has Japanese in it', async () => {
    const kana = fc.string({
      unit: fc.constantFrom(...'あいうえおかきくけこ亜会社、。'),
      minLength: 2,
    });
    await fc.assert(
      fc.property(
        kana,
        fc.constantFrom(undefined, 'utf-8', 'us-ascii', 'x-none'),
        (text, label) => {
          expect(decodeText(new TextEncoder().encode(text), label, false).text).toBe(text);
        },
      ),
    );
  });
});

describe('detectCharset', () => {
  it.each<[string, string, boolean, string]>([
    ['kana in Shift_JIS', '82b1 82f1 82c9 82bf 82cd', false, 'shift_jis'],
    ['kana in EUC-JP', 'a4b3 a4f3 a4cb a4c1', false, 'euc-jp'],
    ['kanji alone in a Japanese mail', '8fe1 8a51 95f1 8d90', true, 'shift_jis'],
    ['the greeting in KOI8-R', 'd0d2c9d7c5d4 20 cbcfcdd0 c1ced1', false, 'koi8-r'],
    ['the greeting in windows-1251', 'eff0e8e2e5f2 20 eaeeec', false, 'windows-1251'],
    ['one accent', '6e e3 6f', false, 'windows-1252'],
    ['plain text', '61', false, 'us-ascii'],
  ])('names %s', (_, hex, japanese, charset) => {
    expect(detectCharset(bytes(hex), japanese)).toBe(charset);
  });
});

describe('decodeWords', () => {
  const word = (part: Uint8Array, charset = 'UTF-8') =>
    `=?${charset}?B?${Buffer.from(part).toString('base64')}?=`;

  it('puts characters together that are cut between words, wherever the cut is', () => {
    const text = 'プリンタの件 ①';
    const source = new TextEncoder().encode(text);
    for (let at = 1; at < source.length; at++) {
      const value = `${word(source.subarray(0, at))}\t${word(source.subarray(at), 'utf-8')}`;
      expect(decodeEncodedWords(value)).toBe(text);
    }
  });

  it('puts ISO-2022-JP together that is cut inside an escape sequence', () => {
    const source = bytes('1b2442 2422 2424 1b2842');
    for (let at = 1; at < source.length; at++) {
      const parts = [source.subarray(0, at), source.subarray(at)];
      expect(decodeEncodedWords(parts.map((part) => word(part, 'ISO-2022-JP')).join(' '))).toBe(
        'あい',
      );
    }
  });

  it('puts base64 together that is cut inside a group', () => {
    expect(decodeEncodedWords('=?UTF-8?B?44G?= =?UTF-8?B?C44GE?=')).toBe('あい');
  });

  it('reads words of several charsets and encodings side by side', () => {
    expect(
      decodeEncodedWords('=?utf-8?Q?=E3=81=82?= =?shift_jis?B?gqI=?= and =?us-ascii?Q?a_b?='),
    ).toBe('あい and a b');
  });

  it('leaves alone what is no encoded word', () => {
    expect(decodeEncodedWords('a =? b ?= c')).toBe('a =? b ?= c');
  });

  it('reads the same after words were unified', async () => {
    await fc.assert(
      fc.property(fc.string(), (text) => {
        const value = `"x" ${word(new TextEncoder().encode(text), 'UTF-8')} <a@b>`;
        expect(decodeEncodedWords(rewriteWordsAsUtf8(value))).toBe(decodeEncodedWords(value));
      }),
    );
  });
});

describe('plainLine', () => {
  it('is one line without controls and of the wanted length for any text', async () => {
    await fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.integer({ min: 1, max: 20 }),
        (text, length) => {
          const line = makePlainLine(text, length);
          expect(line.length).toBeLessThanOrEqual(length);
          expect(line).not.toMatch(/[\p{Cc}\u2028\u2029\u202e]/u);
        },
      ),
    );
  });
});
