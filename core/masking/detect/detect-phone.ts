import type { SecretMatch } from '../scannable-text.ts';
import {
  type DigitSequence,
  type DigitSequenceDetector,
  readTextBefore,
} from './find-digit-sequences.ts';

/** How Japanese numbers, and others with a trunk 0, are grouped: area, exchange, rest. */
const domestic = new Set([
  ...['10', '2,8', '3,7', '4,6', '5,5', '6,4', '2,4,4', '3,3,4', '4,2,4', '4,3,3', '5,1,4'],
  ...['11', '3,8', '4,7', '7,4', '5,6', '3,4,4', '4,3,4', '5,3,3', '3,2,2,2,2', '2,2,2,2,2'],
  ...['1,1,1,1,1,1,1,1,1,1', '1,1,1,1,1,1,1,1,1,1,1', '3,4,2,2', '2,2,2,4', '4,2,2,2'],
]);
const withCountry = /^81,(?:1,4,4|2,3,4|2,4,4|3,2,4|3,3,3|4,1,4)$/;

const otherLabel =
  /(?:(?:注文|受注|発注|伝票|資産|管理|社員|職員|会員|顧客|受付|申請|製造|品|型|問い?合わせ|契約|口座|請求書?|備品|案件|整理|部品|追跡)(?:番号|コード|ID|No\.?)?|シリアル(?:番号|ナンバー|No\.?)?|ID|order|serial|asset|ticket|invoice|employee|part|case|ref(?:erence)?|tracking)(?: ?(?:no\.?|number|id|#))?[ :#=は]{0,4}$/i;
const phoneLabel =
  /(?:TEL|FAX|電話(?:番号)?|携帯(?:電話|番号)?|連絡先|折り?返し先?|直通|代表|フリーダイヤル|ファックス|phone|mobile|cell|call me(?: back)?(?: on| at)?|☎|✆|℡)[^0-9A-Za-z\n。、]{0,6}(?:no\.?|number|は|is)?[ :]{0,3}[(+]{0,2}$/i;
const extension =
  /(?:内線(?:番号)?|extension|(?<![A-Za-z])ext)[ .:#=はの()-]{1,4}$|内線(?:番号)?$|(?<![A-Za-z0-9])x$/i;

/**
 * Detects phone numbers by their form, shorter ones by a label, and extensions by their own label.
 */
export const detectPhone: DigitSequenceDetector = (sequence, text) => {
  const { digits, shape, gaps, start, end } = sequence;
  if (digits.length > 15 || /[/,_*[\]]/.test(gaps) || isPartOfLongerNumber(sequence))
    return undefined;
  if (digits.length < 2 || (shape.length > 2 && digits.length < 6)) return undefined;
  // Written digit by digit, possibly with a country code.
  if (shape.length > 6 && (digits.length < 10 || digits.length > 12)) return undefined;
  const precedingText = readTextBefore(sequence, text, 24);
  if (/[A-Za-z0-9]/.test(text.charAt(end)) || /[¥$€]$/.test(precedingText)) return undefined;
  if (
    /[A-Za-z]-?$/.test(precedingText) &&
    !phoneLabel.test(precedingText) &&
    !extension.test(precedingText)
  )
    return undefined;
  const plus = /\+ ?\(?$/.exec(precedingText);
  if (plus !== null) {
    const isInternational = digits.length >= 8 && !digits.startsWith('0') && isSetApart(sequence);
    return isInternational ? phoneMatchFrom(start - plus[0].length, sequence) : undefined;
  }
  if (
    shape.length <= 2 &&
    digits.length >= 2 &&
    digits.length <= 6 &&
    extension.test(precedingText)
  ) {
    return shape.length === 1 ? 'phone' : undefined;
  }
  const form = shape.join();
  if (phoneLabel.test(precedingText) && digits.length >= 6 && isSetApart(sequence)) return 'phone';
  if (otherLabel.test(precedingText)) return undefined;
  const isPhone =
    isDomestic(digits, form) || isAmerican(digits, form) || hasCountryCode(digits, form);
  if (!isPhone) return undefined;
  return /\($/.test(precedingText) && gaps.includes(')')
    ? phoneMatchFrom(start - 1, sequence)
    : 'phone';
};

function isDomestic(digits: string, form: string): boolean {
  if (!/^0[1-9]/.test(digits) || !domestic.has(form)) return false;
  if (digits.length === 11 && form === '11') return /^0[25-9]0/.test(digits);
  return form.startsWith('2,2') ? digits.length === 10 : true;
}

function isAmerican(digits: string, form: string): boolean {
  return (
    (form === '3,3,4' && /^[2-9]\d\d[2-9]/.test(digits)) ||
    (form === '1,3,3,4' && /^1[2-9]\d\d[2-9]/.test(digits))
  );
}

/** Japan's country code without its plus, or a country code after an international prefix. */
function hasCountryCode(digits: string, form: string): boolean {
  return withCountry.test(`${digits.slice(0, 2)},${form.slice(2)}`) && form.startsWith('2,')
    ? digits.startsWith('81')
    : /^(?:00|01)0?(?:81|1|44|86|82|65)/.test(digits) && form.includes(',') && digits.length >= 12;
}

function isPartOfLongerNumber({ row, first, last }: DigitSequence): boolean {
  const isBare = (gap: string | undefined) => gap !== undefined && /^[-._/]$/.test(gap);
  return (first > 0 && isBare(row[first]?.gap)) || isBare(row[last + 1]?.gap);
}

/** Whether the next group in the row is clearly not part of this number. */
function isSetApart({ row, last }: DigitSequence): boolean {
  const gap = row[last + 1]?.gap;
  return gap === undefined || gap.includes('\n') || /[/,_]/.test(gap) || /内|x/.test(gap);
}

function phoneMatchFrom(start: number, { end }: DigitSequence): SecretMatch {
  return { start, end, kind: 'phone' };
}
