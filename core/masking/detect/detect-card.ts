import {
  type DigitSequence,
  type DigitSequenceDetector,
  isEvenlyGrouped,
  readTextBefore,
} from './find-digit-sequences.ts';

/** Each network's range of first digits, from and to, and the lengths of its numbers. */
const networks: readonly (readonly [from: string, to: string, lengths: readonly number[]])[] = [
  ['4', '4', [13, 16, 19]],
  ['51', '55', [16]],
  ['2221', '2720', [16]],
  ['34', '34', [15]],
  ['37', '37', [15]],
  ['3528', '3589', [16, 17, 18, 19]],
  ['300', '305', [14, 16]],
  ['3095', '3095', [14, 16]],
  ['36', '36', [14, 15, 16, 17, 18, 19]],
  ['38', '39', [14, 16, 17, 18, 19]],
  ['6011', '6011', [16, 17, 18, 19]],
  ['644', '649', [16, 17, 18, 19]],
  ['65', '65', [16, 17, 18, 19]],
  ['62', '62', [16, 17, 18, 19]],
  ['2200', '2204', [16, 17, 18, 19]],
  ['50', '50', [16, 17, 18, 19]],
  ['56', '61', [16, 17, 18, 19]],
  ['63', '63', [16, 17, 18, 19]],
  ['67', '69', [16, 17, 18, 19]],
  ['81', '82', [16]],
];

const publicNumberLabel =
  /(?:法人番号|登録番号|インボイス番号?|JAN(?:コード)?|ISBN)[^\n0-9]{0,8}$|(?:^|[^A-Za-z])T-?$/i;

/** Detects card numbers: first digits and length of a known network, and a valid Luhn digit. */
export const detectCard: DigitSequenceDetector = (sequence, text) => {
  const { digits } = sequence;
  if (digits.length < 13 || digits.length > 19) return undefined;
  if (!isOfNetwork(digits) || !isLuhn(digits) || !isGroupedAsCard(sequence)) return undefined;
  if (/[の()[\]]/.test(sequence.gaps)) return undefined;
  if (digits.length === 13 && publicNumberLabel.test(readTextBefore(sequence, text, 16)))
    return undefined;
  return 'card';
};

function isOfNetwork(digits: string): boolean {
  return networks.some(([from, to, lengths]) => {
    const prefix = digits.slice(0, from.length);
    return prefix >= from && prefix <= to && lengths.includes(digits.length);
  });
}

/** Whether the digits are grouped as on cards, or evenly. */
function isGroupedAsCard({ shape }: DigitSequence): boolean {
  return (
    [1, 2, 3, 4, 5, 6, 8].some((size) => isEvenlyGrouped(shape, size)) ||
    shape.every((digits) => digits % 4 === 0) ||
    shape.length === 1 ||
    ['4,6,5', '4,6,4', '6,13', '8,8', '4,4,4,3', '4,4,4,1'].includes(shape.join())
  );
}

function isLuhn(digits: string): boolean {
  let sum = 0;
  for (let place = 0; place < digits.length; place++) {
    const digit = Number(digits[digits.length - 1 - place]);
    const doubled = place % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
