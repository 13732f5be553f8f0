import type { ScannableText, SecretMatch } from '../scannable-text.ts';
import { findSecretLabels, type SecretLabel } from './find-secret-labels.ts';
import {
  type CandidateWord,
  isJapaneseSecret,
  isPassphrase,
  isSecretValue,
  readWordAt,
} from './secret-value.ts';

/** What separates a label from its value where only the value can follow. */
const separator =
  /(?:[ \t]{0,3}[([{][^()\n\uE000]{0,24}[)\]}])?["'`*_\])】」』〉》>}]{0,3}[ \t]{0,4}(?:(?:は|が| is)[ \t]?)?(?:[:=]{1,2}>?|->|=>|→|⇒|➡|➔|»|\||\t|>)\*{0,2}[ \t|]{0,6}(?:>[ \t]{1,3}){0,3}/y;
const closingBracket = /[】〉》\]][ \t]{0,4}(?=[!-~「])/y;
const headingEnd = /["'`*_\])】」』〉》>}]{0,3}(?=[ \t]{0,4}\n)/y;
const lineBreak = /[ \t]{0,4}\n[ \t>]{0,10}(?:\n[ \t>]{0,10})?/y;
const pairedUserLabel =
  /(?:ID|user(?:[ _]?(?:name|id))?|ログイン(?:名|ID)?|ユーザー?(?:名|ID)?|アカウント(?:名)?|メール(?:アドレス)?|login|account|mail)[ \t]{0,2}[/・,|&+と:][ \t]{0,2}(?:初期|仮)?$/i;

/** Finds secrets after a label and a separator, on the same line or alone on the next. */
export function findLabelledSecrets({ text }: ScannableText): SecretMatch[] {
  return findSecretLabels(text).flatMap((label) => {
    const value = findLabelledValue(text, label);
    if (value === undefined) return [];
    const kind = label.kind === 'key' ? ('key' as const) : ('password' as const);
    return [{ start: value.start, end: value.end, kind }];
  });
}

function findLabelledValue(
  text: string,
  label: SecretLabel,
): { start: number; end: number } | undefined {
  const at = matchAt(separator, text, label.end);
  const precedingText = text.slice(Math.max(0, label.start - 40), label.start);
  const isHeading = !/[,;|\t][^\n]{0,40}$/.test(precedingText);
  const from = at ?? (isHeading ? matchAt(headingEnd, text, label.end) : undefined);
  const next = from === undefined ? undefined : matchAt(lineBreak, text, from);
  if (next !== undefined) return findValueAlone(text, next, label);
  if (at === undefined) {
    const inside = matchAt(closingBracket, text, label.end);
    const word = inside === undefined ? undefined : readWordAt(text, inside);
    return word === undefined ? undefined : acceptIfSecret(text, word, label);
  }
  const isPair = pairedUserLabel.test(text.slice(Math.max(0, label.start - 24), label.start));
  return isPair ? findSecondValue(text, at, label) : findValueInLine(text, at, label);
}

function findValueInLine(text: string, at: number, label: SecretLabel) {
  const line = readLineAt(text, at);
  if (label.kind === 'password' && isPassphrase(line)) {
    return { start: at, end: at + line.trimEnd().length };
  }
  const word = readWordAt(text, at);
  if (word === undefined) {
    const plain = line.trim();
    return isJapaneseSecret(plain) ? { start: at, end: at + line.trimEnd().length } : undefined;
  }
  const isSetting = text.charAt(at - 1) === '=' || text.charAt(label.end) === '=';
  const isQuery = /[?&]/.test(text.charAt(label.start - 1));
  return acceptIfSecret(text, isSetting ? cutFollowingSettings(word, isQuery) : word, label);
}

function acceptIfSecret(
  text: string,
  word: CandidateWord,
  { kind: labelKind }: SecretLabel,
): CandidateWord | undefined {
  return isSecretValue(word, text.slice(word.end, word.end + 24), labelKind) ? word : undefined;
}

/** Cuts off the settings that follow in a connection string or query. */
function cutFollowingSettings(word: CandidateWord, isQuery: boolean): CandidateWord {
  if (word.quoted) return word;
  const setting = isQuery ? /&(?=[A-Za-z_.]{1,30}=|$)/ : /[;,](?=[A-Za-z_. ]{1,30}=|$)/;
  const end = word.value.search(setting);
  if (end <= 0) return word;
  return { ...word, end: word.start + end, value: word.value.slice(0, end) };
}

/** Finds a value that has a line to itself and is no label or sentence. */
function findValueAlone(text: string, at: number, label: SecretLabel) {
  const line = readLineAt(text, at);
  const word = readWordAt(text, at);
  if (word === undefined) {
    const plain = line.trim();
    return isJapaneseSecret(plain) && plain.length <= 10
      ? { start: at, end: at + line.trimEnd().length }
      : undefined;
  }
  const rest = text.slice(word.end, at + line.length);
  if (!/^["'`」』)*\].,;。]{0,3}[ \t]{0,4}$/.test(rest)) return undefined;
  if (/[:|]$/.test(line.trimEnd()) || /^[A-Za-z]{1,20}:/.test(word.value)) return undefined;
  const isDistinctive = /[0-9]|[^A-Za-z0-9.-]/.test(word.value) || word.quoted;
  return isDistinctive || text.charAt(label.end) === ':'
    ? acceptIfSecret(text, word, label)
    : undefined;
}

/** Finds the second of two values, as in `ID/PW: taro / secret`. */
function findSecondValue(text: string, at: number, label: SecretLabel) {
  const first = /^[^\s/,|・]{1,64}[ \t]{0,3}(?:[/,|・]|[ \t]|\n[> \t]{0,6})[ \t]{0,3}/.exec(
    readLineAt(text, at) +
      text.slice(at + readLineAt(text, at).length, at + readLineAt(text, at).length + 8),
  )?.[0];
  if (first === undefined) return findValueInLine(text, at, label);
  const word = readWordAt(text, at + first.length);
  return word === undefined ? undefined : acceptIfSecret(text, word, label);
}

const longestLine = 200;

function readLineAt(text: string, at: number): string {
  const line = text.slice(at, at + longestLine);
  const end = line.search(/[\n\uE000]/);
  return end < 0 ? line : line.slice(0, end);
}

function matchAt(form: RegExp, text: string, at: number): number | undefined {
  form.lastIndex = at;
  return form.test(text) ? form.lastIndex : undefined;
}
