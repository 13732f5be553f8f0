import type { ScannableText, SecretMatch, TextRange } from '../scannable-text.ts';
import { findSecretLabels, type SecretLabel } from './find-secret-labels.ts';
import {
  type CandidateWord,
  isJapaneseSecret,
  isLikelyPassword,
  isQuantity,
  readWordAt,
} from './secret-value.ts';

/** Words that may stand between a label and its value in an English sentence. */
const fillerWords = new Set(
  `i we you he she they it that which who is was are were be been being to as of for from my our your his
  her their the a an this used use uses using set given gave me us have had has should must might may
  could would will can currently still now always just probably maybe like says said called for on
  with at here in case need changed change reset set temporary initial new old current was, is, it's
  its equals both either wifi guest`.split(/\s/),
);
const introducingPhrase =
  /(?:^|\s)(?:is|was|are|were|be|to|with|as|of|from|should|might|it's|its|called|used|using|use|set)\s$/i;
const mostFilling = 8;

/** Phrases about using a password that seldom precede anything else. */
const typingPhrase =
  /(?<![a-z])(?:typ(?:e|ed|ing)|enter(?:ed|ing)?|put(?:ting)? in|log(?:ging|ged)? ?(?:in|on)(?: as [a-z.]{1,20})? (?:with|using)|sign(?:ing|ed)? ?in (?:with|using)|opens? with|unlock(?:s|ed)? with|(?:works?|worked) with|(?:set|reset|change|changed) (?:it|hers|his|mine|theirs|my account|the account) to|tried|try|trying|it was|using|use)(?: in)?(?: exactly| just)? /gi;
const usePhrase =
  /^[」』"'’”]?(?:(?:と|って)(?:入力|入れ|打|書|表示|いうパス)|を(?:入力|打|入れ|パス)|で(?:すが、?)?(?:ログイン|サインイン|入っ|入れ|入り|入る|解凍|開|リセット|試|ログオン|接続|間違)|に(?:リセット|戻し))/;
const alternativePhrase =
  /^[」』"']?(?: ?(?:,|and|or|then|to|から|と|または|か|や|→|\/|, then|, and|and then) ?)(?:with )?(?=[!-~「"'])/;

/** The particles after a label that only its value can follow. */
const particle =
  /(?:[ ]?\([^()\n\uE000]{0,16}\))?(?:の件)?[、,]?(?:には?|は|が|を|って|の|も|で|として|[(「『:"']|、| |と)?[、 ]?/y;
const gap = /[ぁ-んァ-ヶー一-龠々、+( 「]{0,22}/y;
const closingPhrase =
  /^[」』")]?(?:です|でし|だ(?:っ|と|そ|か|し)|という|のまま|なの|に(?:変|し|設|な|リ|戻)|を(?:設|入|使|打|登)|と(?:入|打|書|し)|で(?:入|ログ|サイン|開|お願|間違|試)|から.{1,20}に|$|[。\n)」])/;
const leadingPhrase =
  /(?<![!-~])([!-~]{4,64})[」』"')]?(?:という|といった|って|が|を|の)[ぁ-ん一-龠ァ-ヶー]{0,10}$/;
const leadingEnglishPhrase =
  /(?<![!-~])([!-~]{4,64}) (?:is|was) (?:my|the|our|his|her) [a-z ]{0,20}$/i;

/**
 * Finds passwords in sentences, as far as patterns reach: some phrasings match none of them, and
 * those passwords stay. `docs/masking.md` says how many of a sample did.
 */
export function findProsePasswords({ text }: ScannableText): SecretMatch[] {
  const matches: SecretMatch[] = [];
  const addPassword = (word: TextRange | undefined) => {
    if (word === undefined) return;
    matches.push({ start: word.start, end: word.end, kind: 'password' });
    const next = findAlternative(text, word.end);
    if (next !== undefined) matches.push({ start: next.start, end: next.end, kind: 'password' });
  };
  for (const label of findSecretLabels(text)) {
    if (label.kind === 'key') continue;
    addPassword(findAfterParticle(text, label) ?? findAfterFillers(text, label));
    addPassword(findBeforeLabel(text, label));
  }
  for (const { index, 0: verb } of text.matchAll(typingPhrase)) {
    addPassword(
      findAfterVerb(
        text,
        index + verb.length,
        /^(?:typ|enter|log|sign|open|set|reset|put)/i.test(verb),
      ),
    );
  }
  for (const word of findBeforeUse(text)) addPassword(word);
  return matches;
}

/** Finds a password directly after a Japanese label, or at the end of its clause. */
function findAfterParticle(text: string, label: SecretLabel): TextRange | undefined {
  particle.lastIndex = label.end;
  if (!particle.test(text)) return undefined;
  const near = particle.lastIndex;
  const last = text.charAt(near - 1);
  const quoted = /[「『"'(]/.test(last) ? near - 1 : near;
  const word = readWordAt(text, quoted);
  const rest = word === undefined ? '' : text.slice(word.end, word.end + 28);
  if (word !== undefined && /[ぁ-ん、「『( 　]/.test(last) && near > label.end) {
    if (isSecretBesideLabel(word, rest, label)) return word;
  }
  gap.lastIndex = near;
  gap.test(text);
  const far = text.charAt(gap.lastIndex - 1) === '「' ? gap.lastIndex - 1 : gap.lastIndex;
  const between = text.slice(near, far);
  if (far <= near || /番号|チケット|エラー|コード/.test(between)) return undefined;
  const other = readWordAt(text, far);
  if (other === undefined || !closingPhrase.test(text.slice(other.end, other.end + 28)))
    return undefined;
  const isCode = label.kind === 'pin' && /^\d{4,8}$/.test(other.value);
  return isLikelyPassword(other.value) || isCode || isBirthday(other.value) ? other : undefined;
}

function isBirthday(value: string): boolean {
  return /^(?:19|20)\d{6}$/.test(value);
}

function isSecretBesideLabel(
  word: CandidateWord,
  rest: string,
  { kind: labelKind }: SecretLabel,
): boolean {
  const { value, quoted } = word;
  if (isQuantity(value, rest) || /^[年月日時分]/.test(rest)) return false;
  if (isLikelyPassword(value)) return true;
  if (/^\d{4,12}$/.test(value)) return labelKind === 'pin' || closingPhrase.test(rest) || quoted;
  if (quoted && /[ぁ-ん]/.test(value)) return isJapaneseSecret(value) && /^[」』]/.test(rest);
  return /^[a-z]{4,20}$/.test(value) && /^(?:です|でし|に変|に設|にし|のまま)/.test(rest);
}

/** Finds a password after an English label and at most a few small words. */
function findAfterFillers(text: string, label: SecretLabel): TextRange | undefined {
  let at = label.end;
  const start = at;
  const between = /^,? (?:\(?)/.exec(text.slice(at, at + 4))?.[0];
  if (between === undefined) return undefined;
  at += between.length;
  for (let words = 0; words <= mostFilling; words++) {
    const word = readWordAt(text, at);
    if (word === undefined) return undefined;
    const rest = text.slice(word.end, word.end + 24);
    if (!word.quoted && fillerWords.has(word.value.toLowerCase())) {
      if (!/^,? /.test(rest)) return undefined;
      at = word.end + (rest.startsWith(',') ? 2 : 1);
      continue;
    }
    const isIntroduced = introducingPhrase.test(text.slice(start, at)) || words === 0;
    if (isQuantity(word.value, rest)) return undefined;
    if (isIntroduced && /^\d{4,8}#?$/.test(word.value))
      return label.kind === 'pin' ? word : undefined;
    const isQuoted = word.quoted && isIntroduced && /^\S{4,40}$/.test(word.value);
    return isLikelyPassword(word.value) || (isQuoted && /["'“‘`]/.test(text.charAt(word.start - 1)))
      ? word
      : undefined;
  }
  return undefined;
}

function findBeforeLabel(text: string, { start }: SecretLabel): TextRange | undefined {
  const precedingText = text.slice(Math.max(0, start - 96), start);
  const match = leadingPhrase.exec(precedingText) ?? leadingEnglishPhrase.exec(precedingText);
  const value = match?.[1];
  if (match === null || value === undefined) return undefined;
  const openingLength = /^["'([{「*]{1,2}/.exec(value)?.[0].length ?? 0;
  if (!isLikelyPassword(value.slice(openingLength))) return undefined;
  const from = start - precedingText.length + match.index;
  return { start: from + openingLength, end: from + value.length };
}

/** Finds a password after a verb; `isCertain` for verbs that precede passwords and little else. */
function findAfterVerb(text: string, at: number, isCertain: boolean): TextRange | undefined {
  const word = readWordAt(text, at);
  if (word === undefined || !isLikelyPassword(word.value)) return undefined;
  const isHost = /^[a-z]{2,12}(?:-[a-z]{1,8})?-?\d{1,3}$|[/:]/i.test(word.value);
  return isCertain || (!isHost && word.value.length >= 6) ? word : undefined;
}

/** Finds a second password beside one: "from one to the other", "this or that". */
function findAlternative(text: string, at: number): TextRange | undefined {
  const joint = alternativePhrase.exec(text.slice(at, at + 16))?.[0];
  const word = joint === undefined ? undefined : readWordAt(text, at + joint.length);
  return word !== undefined && isLikelyPassword(word.value) ? word : undefined;
}

/** Finds words that a Japanese sentence says are typed, or signed in with. */
function* findBeforeUse(text: string): Generator<TextRange> {
  for (const { index, 0: value } of text.matchAll(
    /(?<![!-~])[!-~]{6,64}(?=[」』"'’”]?[とでにを])/g,
  )) {
    const openingLength = /^["'([{*]{1,2}/.exec(value)?.[0].length ?? 0;
    const end = index + value.length;
    if (!usePhrase.test(text.slice(end, end + 12)) || !isLikelyPassword(value.slice(openingLength)))
      continue;
    const isName = /^[A-Za-z]{2,14}-?\d{1,4}$/.test(value);
    if (isName && /^[」』"'’”]?を|^で(?:接続|開)/.test(text.slice(end, end + 4))) continue;
    yield { start: index + openingLength, end };
  }
}
