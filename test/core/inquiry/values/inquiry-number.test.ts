import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  InquiryNumber,
  makeInquiryNumber,
  readInquiryNumber,
} from '../../../../core/inquiry/values/inquiry-number.ts';
import { generatedNumber } from '../../../support/generated-values.ts';
import { runs } from '../../../support/volumes.ts';

const symbols = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const places = [3, 4, 5, 6, 8, 9, 10, 11] as const;
const number = InquiryNumber.parse('HD-7K3M-9QX5');

function withSymbol(written: string, place: number, symbol: string): string {
  return written.slice(0, place) + symbol + written.slice(place + 1);
}

describe('the check symbol', () => {
  test('fits every number that is made', () => {
    fc.assert(
      fc.property(generatedNumber, (made) => {
        expect(InquiryNumber.parse(made)).toBe(made);
      }),
    );
  });

  test('finds every single wrong symbol in every place', () => {
    fc.assert(
      fc.property(generatedNumber, (made) => {
        for (const place of places) {
          for (const symbol of symbols) {
            const written = withSymbol(made, place, symbol);
            expect(readInquiryNumber(written)).toBe(written === made ? made : undefined);
          }
        }
      }),
      runs(30),
    );
  });

  test('finds every exchange of two different symbols, adjacent or not', () => {
    fc.assert(
      fc.property(generatedNumber, (made) => {
        for (const one of places) {
          for (const other of places) {
            const exchanged = withSymbol(
              withSymbol(made, one, made.charAt(other)),
              other,
              made.charAt(one),
            );
            expect(readInquiryNumber(exchanged)).toBe(exchanged === made ? made : undefined);
          }
        }
      }),
    );
  });
});

test('a number is made of the low five bits of seven bytes', () => {
  const bytes = [7, 19, 3, 20, 9, 23, 29];
  expect(makeInquiryNumber(Uint8Array.from(bytes))).toBe(number);
  expect(makeInquiryNumber(Uint8Array.from(bytes, (byte) => byte | 0b1110_0000))).toBe(number);
});

test.each([
  'HD-7K3M-9QX5',
  'hd-7k3m-9qx5',
  'HD7K3M9QX5',
  'hd 7k3m 9qx5',
  ' HD - 7K3M - 9QX5 ',
  'ＨＤ－７Ｋ３Ｍ－９ＱＸ５',
  'ｈｄー７ｋ３ｍー９ｑｘ５',
  'HDｰ7K3Mｰ9QX5',
  'HD‐7K3M‑9QX5',
  'HD–7K3M—9QX5',
  'HD―7K3M−9QX5',
  'HD　7K3M　9QX5',
])('%j is read as the number', (written) => {
  expect(readInquiryNumber(written)).toBe(number);
});

test('letters that are no symbols are read as those they are mistaken for', () => {
  const made = makeInquiryNumber(Uint8Array.from([1, 0, 27, 1, 0, 27, 1]));
  expect(made.slice(0, -1)).toBe('HD-10V1-0V1');
  const check = made.slice(-1);
  expect(readInquiryNumber(`HD-LOUI-OUL${check}`)).toBe(made);
  expect(readInquiryNumber(`hd-iouloui${check}`)).toBe(made);
});

test.each([
  '',
  'HD',
  '7K3M9QX5',
  'HD-7K3M-9QX',
  'HD-7K3M-9QX55',
  'HD-7K3M-9QX4',
  'XD-7K3M-9QX5',
  'HD-7K3M-9Q*5',
  'HD-7K3M-9Q語5',
])('%j is no number', (written) => {
  expect(readInquiryNumber(written)).toBeUndefined();
});

test('the schema takes the one written form only', () => {
  expect(InquiryNumber.safeParse('hd-7k3m-9qx5').success).toBe(false);
  expect(InquiryNumber.safeParse('HD7K3M9QX5').success).toBe(false);
});
