import {
  type DigitSequence,
  type DigitSequenceDetector,
  isEvenlyGrouped,
  readTextBefore,
} from './find-digit-sequences.ts';

const label =
  /(?:マイ ?ナンバー|個人番号|my ?number|individual number)[^0-9\n]{0,16}\n?[> ]{0,4}$/i;

/**
 * Detects a My Number (個人番号): twelve digits with a valid check digit, or with a label before them.
 * Numbers of corporations have thirteen digits and are public.
 */
export const detectMyNumber: DigitSequenceDetector = (sequence, text) => {
  const { digits, shape, gaps, end } = sequence;
  if (digits.length !== 12 || /[の()[\]]/.test(gaps)) return undefined;
  if (!(shape.length === 1 || [1, 2, 3, 4, 6].some((size) => isEvenlyGrouped(shape, size))))
    return undefined;
  if (label.test(readTextBefore(sequence, text, 40))) return 'my-number';
  if (!hasValidCheckDigit(digits) || isPartOfLongerNumber(sequence)) return undefined;
  const [previous, next] = [readTextBefore(sequence, text, 1), text.slice(end, end + 2)];
  if (/[+A-Za-z]/.test(previous) || /^[A-Za-z]/.test(next)) return undefined;
  return isTimestamp(digits) && (/[-_]/.test(previous) || /^[-_]|^\.[a-z]/i.test(next))
    ? undefined
    : 'my-number';
};

/**
 * Checks the last digit by the ministry's formula: 11 minus the weighted sum modulo 11, or 0 where
 * that has two digits.
 * @see https://laws.e-gov.go.jp/law/426M60000008085 (平成26年総務省令第85号 第5条)
 */
function hasValidCheckDigit(digits: string): boolean {
  let sum = 0;
  for (let place = 1; place <= 11; place++) {
    sum += Number(digits[11 - place]) * (place <= 6 ? place + 1 : place - 5);
  }
  const remainder = sum % 11;
  return Number(digits[11]) === (remainder <= 1 ? 0 : 11 - remainder);
}

/**
 * Whether it is part of a longer number, as three groups of four are in a number of four or five
 * groups.
 */
function isPartOfLongerNumber({ row, first, last, shape }: DigitSequence): boolean {
  if (shape.length !== 3) return isGlued(row[first]?.gap) || isGlued(row[last + 1]?.gap);
  const gap = row[last]?.gap;
  const isNext = (at: number) =>
    row[at]?.digits.length === 4 && row[at]?.gap === gap && gap?.includes('\n') === false;
  let [from, to] = [first, last];
  while (first - from < 6 && isNext(from) && row[from - 1]?.digits.length === 4) from--;
  while (to - last < 6 && isNext(to + 1)) to++;
  const groups = to - from + 1;
  if (groups % 3 === 0) return (first - from) % 3 !== 0;
  return groups <= 5;
}

function isGlued(gap: string | undefined): boolean {
  return gap !== undefined && /^[-.]$/.test(gap);
}

/** A time to the minute, as file names have. */
function isTimestamp(digits: string): boolean {
  return /^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d$/.test(
    digits,
  );
}
