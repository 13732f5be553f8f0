import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maskText } from '../../../core/masking/mask-text.ts';
import {
  defaultMaskingPolicy,
  MaskingPolicy,
  type MaskKind,
} from '../../../core/masking/masking-policy.ts';
import { runs } from '../../support/volumes.ts';
import { makeMyNumber, plantText, SeededRandom } from './plant-secrets.ts';

const mask = (text: string) => maskText(text, defaultMaskingPolicy).text;

describe('of each kind a form is masked, and what is like it stays', () => {
  test.each([
    ['カード 4111 1111 1111 1111 です', 'カード ⟦card⟧ です'],
    [
      'VPN | ID | パスワード | |---|---| | tanaka | XOwhtcDb-2eu73 | 画面',
      'VPN | ID | パスワード | |---|⟦password⟧ | tanaka | ⟦password⟧ | 画面',
    ],
    ['４１１１－１１１１－１１１１－１１１１', '⟦card⟧'],
    ['card 4111-1111-\n> 1111-1111, valid', 'card ⟦card⟧, valid'],
    ['3530111333300000', '⟦card⟧'],
    ['3782 822463 10005', '⟦card⟧'],
    ['四一一一 一一一一 一一一一 一一一一', '⟦card⟧'],
    ['4111 1111 1111 1112', '4111 1111 1111 1112'],
    ['9111 1111 1111 1111', '9111 1111 1111 1111'],
    ['1234 5678 9012 3456', '1234 5678 9012 3456'],
    ['個人番号: 1234-5678-9018', '個人番号: ⟦my-number⟧'],
    ['123456789018', '⟦my-number⟧'],
    ['123456789013', '123456789013'],
    ['法人番号7000012050002', '法人番号7000012050002'],
    ['電話は03-1234-5678、内線1234', '電話は⟦phone⟧、内線⟦phone⟧'],
    ['０９０ー１２３４ー５６７８', '⟦phone⟧'],
    ['〇九〇の一二三四の五六七八', '⟦phone⟧'],
    ['+81 (0)90-1234-5678', '⟦phone⟧'],
    ['call (415) 555-0134', 'call ⟦phone⟧'],
    ['+44 20 7946 0958 please', '⟦phone⟧ please'],
    ['taro＠example．co．jp', '⟦mail⟧'],
    ['taro [at] example [dot] com', '⟦mail⟧'],
    ['メールはtaro@example.jpです', 'メールは⟦mail⟧です'],
    ['https://svc:s3cr@t@db.example.com/x', 'https://⟦key⟧@db.example.com/x'],
    ['AKIAIOSFODNN7EXAMPLE', '⟦key⟧'],
    ['-----BEGIN PRIVATE KEY-----\nMIIEvQ\n', '⟦key⟧'],
    ['Re: パスワード： > YGKx82pq です', 'Re: パスワード： > ⟦password⟧ です'],
    ['password: > > Abc12345', 'password: > > ⟦password⟧'],
    ['ID/PW: taro / abc123', 'ID/PW: taro / ⟦password⟧'],
    ['user,password\ntaro,abc123', 'user,password\ntaro,⟦password⟧'],
    ['パスワード：さくら', 'パスワード：⟦password⟧'],
    ['合言葉：「ひまわり」', '合言葉：「⟦password⟧」'],
    ['passphrase: purple horse battery staple', 'passphrase: ⟦password⟧'],
    ['curl -u taro:abc123 https://example.com', 'curl -u taro:⟦password⟧ https://example.com'],
    [`recovery ${'123456-'.repeat(7)}123456`, 'recovery ⟦password⟧'],
    ['パスはabc123にしました', 'パスは⟦password⟧にしました'],
    ['the password I used was hunter2', 'the password I used was ⟦password⟧'],
    ['パスワードを忘れました', 'パスワードを忘れました'],
    ['ssh -p 22 host', 'ssh -p 22 host'],
  ])('%j becomes %j', (text, masked) => {
    expect(mask(text)).toBe(masked);
  });

  test.each(Array.from({ length: 10 }, (_, digit) => digit))(
    'of the ten last digits of a card only the right one is masked: %i',
    (digit) => {
      expect(mask(`411111111111111${digit}`) === '⟦card⟧').toBe(digit === 1);
    },
  );

  test.each(Array.from({ length: 10 }, (_, digit) => digit))(
    'of the ten last digits of a My Number only the right one is masked: %i',
    (digit) => {
      const right = makeMyNumber('12345678901');
      expect(mask(`12345678901${digit}`) === '⟦my-number⟧').toBe(right.endsWith(String(digit)));
    },
  );
});

describe('what a policy leaves', () => {
  const secrets = 'taro@example.com 03-1234-5678 4111111111111111 pw: abc123';

  test.each<[string, object, string]>([
    ['phones', { phone: false }, '⟦mail⟧ 03-1234-5678 ⟦card⟧ pw: ⟦password⟧'],
    ['addresses', { mail: false }, 'taro@example.com ⟦phone⟧ ⟦card⟧ pw: ⟦password⟧'],
    ['terms', { except: ['ＡＢＣ123'] }, '⟦mail⟧ ⟦phone⟧ ⟦card⟧ pw: abc123'],
  ])('%s', (_, policy, masked) => {
    expect(maskText(secrets, MaskingPolicy.parse(policy)).text).toBe(masked);
  });

  test('what staff unmasked stays, and none of its digits is taken for another kind', () => {
    const shown = new Set<MaskKind>(['card', 'mail']);
    expect(maskText(secrets, defaultMaskingPolicy, shown).text).toBe(
      'taro@example.com ⟦phone⟧ 4111111111111111 pw: ⟦password⟧',
    );
  });
});

describe('marks', () => {
  test('that a sender wrote stay, and have no span', () => {
    const { text, spans } = maskText('⟦card⟧ 4111111111111111 ⟦key⟧', defaultMaskingPolicy);
    expect(text).toBe('⟦card⟧ ⟦card⟧ ⟦key⟧');
    expect(spans).toEqual([{ start: 7, end: 13, kind: 'card' }]);
  });

  test('are the same however long the secret was', () => {
    expect(mask('パスワード：abc1')).toBe(mask('パスワード：abcdefghij1234567890'));
  });

  const piece = fc.constantFrom(
    ...[
      'パスワード',
      'password',
      'PIN',
      'token',
      '：',
      ': ',
      '=',
      'は',
      'です',
      ' is ',
      '\n',
      '> ',
    ],
    ...[
      'abc123',
      'hunter2',
      '4111',
      '1111 ',
      '090-',
      '1234',
      '5678-',
      '@',
      'example.com',
      '.',
      '-',
    ],
    ...[
      '⟦card⟧',
      '⟦',
      '⟧',
      '「',
      '」',
      '/',
      ',',
      '\t',
      '|',
      'ID',
      '://',
      '\u200b',
      '１',
      'ー',
      ' ',
    ],
    ...['eyJ', '-----BEGIN PRIVATE KEY-----', 'mysql -p', 'タ', '\u3099', '&#49;', '\ud800', '😀'],
  );
  const hostile = fc.array(fc.oneof(piece, piece, fc.string({ maxLength: 5 })), { maxLength: 30 });

  test('stand where the spans say, whatever the text, and masking again changes nothing', () => {
    fc.assert(
      fc.property(hostile, (pieces) => {
        const { text, spans } = maskText(pieces.join(''), defaultMaskingPolicy);
        for (const { start, end, kind } of spans) expect(text.slice(start, end)).toBe(`⟦${kind}⟧`);
        expect(maskText(text, defaultMaskingPolicy)).toEqual({ text, spans: [] });
      }),
      { ...runs(300), seed: 4 },
    );
  });

  test('of planted texts too are left as they are when masked again', () => {
    const seededRandom = new SeededRandom(7);
    for (let count = 0; count < 300; count++) {
      const masked = mask(plantText(seededRandom).text);
      expect(mask(masked)).toBe(masked);
    }
  });
});
