import type { MaskKind } from '../masking-policy.ts';
import type { ScannableText, SecretMatch, TextRange } from '../scannable-text.ts';
import { isWithinRanges } from './find-excluded-spans.ts';

/** Digits with at most a line wrap between them; `gap` is the text before them. */
type DigitGroup = TextRange & { readonly digits: string; readonly gap: string };

/** Neighbouring digit groups of a row that may be one number. */
export type DigitSequence = TextRange & {
  readonly digits: string;
  /** How many digits each group has. */
  readonly shape: readonly number[];
  /** All the text between the groups, joined. */
  readonly gaps: string;
  readonly row: readonly DigitGroup[];
  readonly first: number;
  readonly last: number;
};

/** Tells what kind of secret a sequence is, with a range where that differs; undefined for none. */
export type DigitSequenceDetector = (
  sequence: DigitSequence,
  text: string,
) => MaskKind | SecretMatch | undefined;

/** The longest numbers are a card with a gap after each digit, and a recovery key of 48 digits. */
const mostGroups = 19;
const mostDigits = 48;
const longestGap = 12;

const gapCharacters = new Set(' \t\n>-._/・·,()[]~ーの*');
const kanjiDigits = '〇一二三四五六七八九';

/** Finds the numbers in a text that one of the detectors recognizes. */
export function findDigitSequences(
  scannable: ScannableText,
  excludedSpans: readonly TextRange[],
  detectors: readonly DigitSequenceDetector[],
): SecretMatch[] {
  const matches: SecretMatch[] = [];
  const detectInRow = (row: readonly DigitGroup[]) => {
    for (let first = 0; first < row.length; first++) {
      visitSequencesFrom(row, first, (sequence) => {
        if (isWithinRanges(excludedSpans, sequence)) return;
        for (const detector of detectors) {
          const detected = detector(sequence, scannable.text);
          if (typeof detected === 'object') matches.push(detected);
          else if (detected !== undefined)
            matches.push({ start: sequence.start, end: sequence.end, kind: detected });
        }
      });
    }
  };
  for (const digitOf of [readArabicDigit, readKanjiDigit]) {
    for (const row of splitIntoRows(scannable.text, digitOf)) {
      detectInRow(row);
      if (row.some(({ gap }) => isWrap(gap))) detectInRow(joinWrappedGroups(row));
    }
  }
  return matches;
}

function visitSequencesFrom(
  row: readonly DigitGroup[],
  first: number,
  visit: (sequence: DigitSequence) => void,
): void {
  const firstGroup = row[first];
  if (firstGroup === undefined) return;
  let [digits, gaps] = ['', ''];
  const shape: number[] = [];
  for (let last = first; last < Math.min(row.length, first + mostGroups); last++) {
    const group = row[last];
    if (group === undefined || digits.length + group.digits.length > mostDigits) return;
    if (last > first) gaps += group.gap;
    digits += group.digits;
    shape.push(group.digits.length);
    visit({ start: firstGroup.start, end: group.end, digits, shape, gaps, row, first, last });
  }
}

function readArabicDigit(character: string): string | undefined {
  return character >= '0' && character <= '9' ? character : undefined;
}

function readKanjiDigit(character: string): string | undefined {
  const value = kanjiDigits.indexOf(character === '零' ? '〇' : character);
  return value < 0 || character === '' ? undefined : String(value);
}

/** Splits a text's digits into rows of groups with short gaps between them. */
function* splitIntoRows(text: string, digitOf: (character: string) => string | undefined) {
  let row: DigitGroup[] = [];
  let at = 0;
  while (at < text.length) {
    if (digitOf(text.charAt(at)) === undefined) {
      at++;
      continue;
    }
    const start = at;
    let digits = '';
    for (let value = digitOf(text.charAt(at)); value !== undefined; ) {
      // A longer run is no number of any kind, but has to be skipped whole.
      if (digits.length <= mostDigits) digits += value;
      value = digitOf(text.charAt(++at));
    }
    const before = row.at(-1);
    row.push({ start, end: at, digits, gap: text.slice(before?.end ?? start, start) });
    let end = at;
    while (end - at <= longestGap && isGap(text.charAt(end), digitOf)) end++;
    if (end === at || end - at > longestGap || digitOf(text.charAt(end)) === undefined) {
      yield row;
      row = [];
    }
    at = end;
  }
}

/** The kanji 一 counts as a dash between Arabic digits. */
function isGap(character: string, digitOf: (character: string) => string | undefined): boolean {
  return gapCharacters.has(character) || (character === '一' && digitOf(character) === undefined);
}

/** A line wrap inside a number. */
function isWrap(gap: string): boolean {
  return /^[ \t]{0,2}\n[ \t>]{0,10}$/.test(gap);
}

/** Joins the groups of a row that a line wrap split. */
function joinWrappedGroups(row: readonly DigitGroup[]): DigitGroup[] {
  const groups: DigitGroup[] = [];
  for (const group of row) {
    const last = groups.at(-1);
    if (last !== undefined && isWrap(group.gap) && last.digits.length <= mostDigits) {
      const { start, gap } = last;
      groups[groups.length - 1] = {
        ...{ start, end: group.end, digits: last.digits + group.digits, gap },
      };
    } else {
      groups.push(group);
    }
  }
  return groups;
}

/** The text just before a sequence. */
export function readTextBefore({ start }: TextRange, text: string, characters: number): string {
  return text.slice(Math.max(0, start - characters), start);
}

/** Whether all groups have `size` digits; the last may have fewer. */
export function isEvenlyGrouped(shape: readonly number[], size: number): boolean {
  return shape.every((digits, at) => digits === size || (at === shape.length - 1 && digits < size));
}
