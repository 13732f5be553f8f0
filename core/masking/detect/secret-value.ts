import type { TextRange } from '../scannable-text.ts';
import type { SecretLabelKind } from './find-secret-labels.ts';

/** A word where a value could be; `quoted` if a closing sign marks its end. */
export type CandidateWord = TextRange & { readonly value: string; readonly quoted: boolean };

const longest = 128;
const closers: Readonly<Record<string, string>> = {
  ...{ '"': '"', "'": "'", '`': '`', '「': '」', '『': '』', '“': '”', '‘': '’', '«': '»' },
  ...{ '【': '】', '〈': '〉', '《': '》', '<': '>', '[': ']', '(': ')', '{': '}', '*': '*' },
};

/**
 * Reads the word at a place: what quotation marks hold, or a run of Latin letters, digits and
 * signs.
 */
export function readWordAt(text: string, at: number): CandidateWord | undefined {
  let from = at;
  const isBold = text.startsWith('**', from);
  if (isBold) from += 2;
  const closer = closers[text.charAt(from)];
  if (closer !== undefined) {
    const rest = text.slice(from + 1, from + 1 + longest);
    const line = rest.search(/[\n\uE000]/);
    const end = (line < 0 ? rest : rest.slice(0, line)).indexOf(closer);
    if (end > 0 && isClosed(rest.charAt(end + 1))) {
      const start = from + 1;
      return { start, end: start + end, value: rest.slice(0, end), quoted: true };
    }
    if (/["'`*[({<]/.test(closer === '>' ? '<' : text.charAt(from))) from += closer === '>' ? 0 : 1;
  }
  let to = from;
  while (to - from < longest && /[!-~]/.test(text.charAt(to))) {
    if (text.startsWith('</', to) || (isBold && text.startsWith('**', to))) break;
    to++;
  }
  if (text.startsWith('**', to - 2)) to -= 2;
  while (to > from && /[,;:.)\]}>"'`]/.test(text.charAt(to - 1))) to--;
  if (to === from) return undefined;
  return { start: from, end: to, value: text.slice(from, to), quoted: false };
}

function isClosed(next: string): boolean {
  return next === '' || !/[A-Za-z0-9]/.test(next);
}

/** Words that say something about a secret but are none. */
const explanatoryWords = new Set(
  `a about above account active admin again all already also an and another any are as ask asked asks
  attached be been before below blank but by can cannot cant change changed changes changing code
  contact correct could current date default did disabled do does doesn't done don't each email empty
  enabled error every expire expired expires expiry fail failed fails failing false field fine for
  forgot forget forgotten format from get give had has have he help hidden his how i if in incorrect
  input invalid is issue it its just key keys known later length locked login long lost mandatory match
  may me mismatch missing must my na name need needed needs never new no none nope not note now null of
  ok okay old on once only optional or our out pass password passwords per pending please policy
  problem prompt protected questions read reason refused rejected removed renewal request requested
  required reset resets resetting same see sent set setting settings shared she should show shown so
  some strength string still tbd text that the their them then there they this to today token too true
  try type unable unchanged undefined unknown until update updated us use used user username valid
  value via want was we weak were what when where which who why will with without wont works wrong
  yes you your`.split(/\s/),
);
const explanatoryJapanese =
  /忘|不明|無|未|変[更わえ]|設定|失念|同[じ上様]|別[途紙]|以下|上記|下記|次|エラー|期限|入力|ロック|必[要須]|確認|正し|違|分か|わか|知|教え|につい|です|ます|ない|なし|なく|まし|せん|たい|くださ|下さ|お願い|しょう|願|更新|解除|照会|再|初期化|問題|要求|表示|通知|発行|切れ|済|後ほど|メール|電話|任意|文字|桁|方法|場合|とき|時|変|管理|対応|リセット|非公開|伏|省略|口頭|参照|例|こと|件|ため|ので|から|こちら|特に|あり|有り|共通|問合|担当/;
const placeholder =
  /^(?:([*•●○xX_\-.?・#…/\\~=+|])\1{0,100}|\$\{?[A-Z_a-z.]{1,60}\}?|%[A-Z_]{1,40}%|[<[{(]{1,2}[^0-9]{0,60}[>\]})]{1,2}|n\/a|your[-_ ][a-z_-]{1,40})$/i;
const link = /^(?:https?|ftp|file|mailto):|^www\./i;
const path = /^(?:\\\\|\/[a-z]|[A-Z]:\\|~\/)/i;
const unit = /^(?:文字|桁|回|日|個|種類|分|時|月|年|ヶ|か月|以上|以内|秒|名|件|人|台|度|箇所|つ)/;
const unitAfter =
  /^ ?(?:char|digit|letter|day|time|attempt|minute|hour|month|year|people|user|week|tries)/i;

/** Whether a word after a label and a separator is a secret; `rest` is the text after it. */
export function isSecretValue(
  word: CandidateWord,
  rest: string,
  labelKind: SecretLabelKind,
): boolean {
  const { value, quoted } = word;
  if (placeholder.test(value) || link.test(value) || path.test(value)) return false;
  if (!/[A-Za-z0-9]/.test(value)) return isJapaneseSecret(value) || /^[!-~]{4,128}$/.test(value);
  if (/^[A-Za-z][a-z'’]{0,40}$|^[A-Z]{1,40}$/.test(value)) {
    if (value.length < 3 || explanatoryWords.has(value.toLowerCase())) return false;
    const isAlone =
      /^(?:["'`」』)*]{0,3}[ \t]{0,4}(?:$|\n|です|でし|を|に変|だ|[。、;&|,/<])|\.\s)/.test(rest);
    return quoted ? labelKind !== 'key' : isAlone && value.length >= 4;
  }
  if (labelKind === 'key') return value.length >= 6 && /[0-9]|[^A-Za-z0-9 ]/.test(value);
  if (value.includes(' '))
    return quoted && !value.split(' ').some((part) => explanatoryWords.has(part));
  return value.length >= 3 && !isQuantity(value, rest);
}

/** Whether a number counts something, or is the beginning of a Japanese word. */
export function isQuantity(value: string, rest: string): boolean {
  return /^\d{1,4}(?:-\d{1,3})?$/.test(value) && (unit.test(rest) || unitAfter.test(rest));
}

/** Whether Japanese text that stands alone after a label is a secret. */
export function isJapaneseSecret(value: string): boolean {
  return /^[ぁ-んァ-ヶー一-龠々0-9]{2,16}$/.test(value) && !explanatoryJapanese.test(value);
}

/** Whether the words after a label are, as a whole, a passphrase. */
export function isPassphrase(line: string): boolean {
  const words = line.trim().split(' ');
  return (
    words.length >= 3 &&
    words.length <= 10 &&
    words.every((word) => /^[a-z]{2,12}$/i.test(word) && !explanatoryWords.has(word.toLowerCase()))
  );
}

const products =
  /^(?:windows|office|outlook|excel|word|ios|ipados|iphone|ipad|android|macos|mac|chrome|edge|safari|firefox|teams|zoom|webex|slack|sql|mysql|oracle|python|java|node|server|exchange|surface|galaxy|pixel|thinkpad|latitude|elitebook|acrobat|adobe|photoshop|illustrator|autocad|sharepoint|onedrive|m365|o365|microsoft|google|tls|sha|md|aes|rsa|wpa|ipv|usb|hdmi|wi-?fi|ikev|smb|ntlm|oauth|utf|iso|rfc|ver|version|dynamics|power|visual|vs|access|intel|core|ryzen|forticlient|anyconnect|globalprotect|openvpn|sap|net)[- _.]?v?\d[\w.+-]{0,20}$/i;
const codes: readonly RegExp[] = [
  /^0x[0-9a-f]{1,16}$/i,
  /^[A-Z]{1,8}[-_#]?\d{1,10}$/,
  /^[A-Z]{1,6}(?:-[A-Z0-9]{1,10})(?:-[A-Z0-9]{1,10})?(?:-[A-Z0-9]{1,10})?(?:-[A-Z0-9]{1,10})?$/,
  /^v?\d{1,5}(?:\.\d{1,6})(?:\.\d{1,6})?(?:\.\d{1,6})?[a-z0-9-]{0,10}$/i,
  /^\d{1,4}[-/.]\d{1,2}(?:[-/.]\d{1,4})?$/,
  /^\d{1,2}:\d{2}(?::\d{2})?$/,
  /^[¥$€]?\d{1,3}(?:,\d{3})(?:,\d{3})?(?:\.\d{1,3})?$/,
  /^[\w-]{1,60}\.(?:[a-z]{2,4}|docx|xlsx|pptx|7z|mp4)$/i,
  /^\d{1,6}(?:st|nd|rd|th|[kmgt]b|ms|s|min|h|hrs?|days?|f|%|px|[kmg]?hz|[kmg]bps|bit|x|am|pm|k|dpi|mm|cm|inch|v|w)$/i,
  /^[A-Za-z]{1,3}\d{1,2}$/,
  /^(?:e-?mail|wi-?fi|[a-z]{1,12}-[a-z]{1,12}(?:-[a-z]{1,12})?)$/i,
  /[\\]|:\/\/|^\/|\/$/,
  /^(?:ctrl|alt|shift|win|cmd|fn|option|command)\+/i,
  /^[0-9]?password[0-9]?$/i,
];

/** Whether a word of prose looks like a password and not like a product name or code. */
export function isLikelyPassword(value: string): boolean {
  if (value.length < 4 || value.length > 64 || !/[A-Za-z]/.test(value)) return false;
  if (!/^[!-~]{1,64}$/.test(value)) return false;
  if (products.test(value) || placeholder.test(value) || link.test(value)) return false;
  if (codes.some((code) => code.test(value))) return false;
  return /[0-9]/.test(value) || /[!@#$%^&*+=_?~]/.test(value.slice(0, -1));
}
