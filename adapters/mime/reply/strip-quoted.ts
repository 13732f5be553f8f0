import { extractFromPlain } from 'planer';
import { findQuotedHeader, isQuotedField } from './quoted-header.ts';
import { splitSignature } from './split-signature.ts';

export type UnquotedText = {
  /** The new part, or all of the text when nothing else is left. */
  readonly text: string;
  /** The index of the line where a forwarded mail begins in the text. */
  readonly forwardAt?: number;
};

/** How many lines are searched for the start of a quotation, which comes long before. */
const searchedLines = 5_000;
/** How long a line of an attribution can be: a name, an address and a date. */
const longestAttribution = 300;
/** The library drops all lines from the thousandth on. */
const planerLines = 900;
/**
 * Beginnings such as `On …`, each of which it would try against all that follows in three lines.
 */
const planerStarts = 50;
/** How many characters of each line it sees; attributions and rules need fewer. */
const planerLine = 200;

/**
 * Separates a mail's own text from the history that it quotes and from its signature.
 *
 * `reply` and `forward` come from the headers: in a mail that is no reply, text that only looks
 * like quoted headers stays. A forwarded history stays, too, since the mail is about it.
 * @see https://datatracker.ietf.org/doc/html/rfc3676#section-4.3
 */
export function stripQuoted(
  fullText: string,
  mail: { reply: boolean; forward: boolean },
): UnquotedText {
  const lines = fullText.split('\n');
  const forwardAt = findForward(lines, mail.forward);
  if (forwardAt !== undefined) return { text: fullText, forwardAt };
  const withoutHistory = removeHistory(lines, mail.reply);
  const unquoted =
    mail.reply || withoutHistory.some((line) => line.startsWith('>'))
      ? cutByPlaner(withoutHistory)
      : withoutHistory;
  const text = splitSignature(unquoted).text.join('\n').trim();
  return { text: text === '' ? fullText.trim() : text };
}

/** Rules with words between: `-----元のメッセージ-----`, `-------- Original Message --------`. */
const originalRule =
  /^[ \t>]{0,4}[-－―─━_＿=＝*]{2,40}[ \t\u3000]{0,4}(?:(?:元の?|引用元の?|返信元の?|受信(?:した)?|以前の|過去の|オリジナル(?:の|・)?)(?:メッセージ|メール|予定|本文)|引用(?:元|メッセージ|文|ここから|開始)?|ここから引用|以下、?引用|Original (?:Message|Mail|Text|Appointment)|Quoted (?:Message|Text)|Ursprüngliche Nachricht|Message d'origine)[ \t\u3000]{0,4}[-－―─━_＿=＝*]{2,40}$/i;
/** A help desk's line above which answers belong; the history stands below it. */
const answerAbove = [
  /^[ \t>＞]{0,8}[-－―─━_＿=＝*＊#＃~～【▼↑+]{2,60}[^\n]{0,40}(?:(?:行|線|ライン)(?:より|から|の)?上(?:に|へ|部)|above this line)/i,
  /^[ \t>＞]{0,8}この(?:行|線|ライン)(?:より|から|の)?上(?:に|へ|部)[^。\n]{0,30}(?:くだ|下)さい。?$/,
  /^[ \t>＞]{0,8}(?:please )?(?:reply|(?:type|write|enter) your (?:reply|response|answer)) above this line\.?$/i,
];
const forwardRule =
  /^[ \t]{0,4}[-－―─_＿=＝*]{2,40}[ \t\u3000]{0,4}(?:転送されたメッセージ|転送メッセージ|転送メール|Forwarded message|Forwarded by .{1,80}|Weitergeleitete Nachricht)[ \t\u3000]{0,4}[-－―─_＿=＝*]{2,40}$/i;
const forwardBegin =
  /^[ \t]{0,4}(?:Begin forwarded message|転送されたメッセージ|以下転送)[ \t]{0,4}[:：]$/i;

const japaneseDate =
  /^[ \t(（]{0,4}\d{4}[ \t]{0,2}(?:年|\/|-|\.)[ \t]{0,2}\d{1,2}[ \t]{0,2}(?:月|\/|-|\.)[ \t]{0,2}\d{1,2}/;
/** The time, which tells an attribution from a sentence that starts with a date. */
const clockTime = /\d{1,2}(?:[:：]|時)\d{2}/;
const westernDate = /^[ \t]{0,4}(?:On|Am|Le|El|Il|Den|På|Em|Op|W dniu) [^\n]{0,100}\d{4}/;
/** Verbs at the end, perhaps followed by the date in brackets. */
const wrote =
  /(?:のメール|さんからのメール|さんのメッセージ|(?:は|が|に)(?:次のように|以下のように|こう)?書きました|(?:は|が|に)書いた(?:もの)?| wrote| schrieb(?: .{1,100})?| a écrit| escribió| escreveu| ha scritto| skrev| schreef)(?:[ \t]{0,2}[(（](?:[^()（）]|[(（][^()（）]{1,9}[)）]){1,60}[)）])?[ \t]{0,2}[:：]?$/i;
const mayAttribute = /さん|様|書きました|書いた|のメール| wrote/i;
/** A date further on in an attribution. */
const anyDate = /\d{4}[ \t]{0,2}[年/.-][ \t]{0,2}\d{1,2}[ \t]{0,2}[月/.-][ \t]{0,2}\d{1,2}/;
const endsInColon = /[:：]$/;
const angleAddress =
  /<[^<>\s]{1,254}@[^<>\s]{1,254}>|[（(][^()（）\s]{1,254}@[^()（）\s]{1,254}[)）]/;
const isQuoted = (line: string) => /^[ \t\u3000]{0,4}[>＞]/.test(line);

/** Counts the lines of an attribution, which Gmail folds; 0 when there is none. */
function measureAttribution(lines: readonly string[], at: number): number {
  const first = lines[at] as string;
  if (first.length > longestAttribution || isQuoted(first)) return 0;
  const startsWithDate = japaneseDate.test(first) || westernDate.test(first);
  if (!startsWithDate && !mayAttribute.test(first)) return 0;
  for (let length = 1; length <= 3; length++) {
    const last = lines[at + length - 1];
    if (last === undefined || last === '' || last.length > longestAttribution || isQuoted(last)) {
      return 0;
    }
    const joined = lines.slice(at, at + length).join(' ');
    const hasDateAndTime = startsWithDate && clockTime.test(joined);
    const next = findNextFilled(lines, at + length);
    const isQuoteNext = next !== undefined && isQuoted(next);
    if (hasDateAndTime && endsInColon.test(joined) && (angleAddress.test(joined) || isQuoteNext))
      return length;
    const isDated = hasDateAndTime || (anyDate.test(joined) && clockTime.test(joined));
    if (wrote.test(joined) && (isDated || isQuoteNext)) return length;
    if (!startsWithDate) return 0;
  }
  return 0;
}

function findNextFilled(lines: readonly string[], start: number): string | undefined {
  for (let at = start; at < start + 4; at++) {
    if (lines[at] === undefined) return undefined;
    if (lines[at] !== '') return lines[at];
  }
  return undefined;
}

function findForward(lines: readonly string[], forward: boolean): number | undefined {
  const end = Math.min(lines.length, searchedLines);
  for (let at = 0; at < end; at++) {
    const line = lines[at] as string;
    if (line.length > 200 || line === '') continue;
    if (forwardRule.test(line) || forwardBegin.test(line)) return at;
    if (forward && (originalRule.test(line) || findQuotedHeader(lines, at) !== undefined))
      return at;
  }
  return undefined;
}

function removeHistory(lines: readonly string[], reply: boolean): readonly string[] {
  const end = Math.min(lines.length, searchedLines);
  for (let at = 0; at < end; at++) {
    const line = lines[at] as string;
    if (line === '') continue;
    if (reply && startsHistory(lines, at)) return lines.slice(0, at);
    const attribution = measureAttribution(lines, at);
    if (attribution > 0) return removeQuote(lines, at, attribution, reply);
  }
  return reply ? removeQuotedEnd(lines) : lines;
}

function startsHistory(lines: readonly string[], at: number): boolean {
  const line = lines[at] as string;
  if (findQuotedHeader(lines, at) !== undefined) return true;
  if (line.length > longestAttribution) return false;
  const isAnswerAbove = /上|above/i.test(line) && answerAbove.some((form) => form.test(line));
  return isAnswerAbove || originalRule.test(line) || isRuledAttribution(line);
}

/** An attribution between dashes, as Notes writes it: `-----山田 <x@y> wrote: -----`. */
function isRuledAttribution(line: string): boolean {
  if (!line.startsWith('--') || !line.endsWith('--')) return false;
  const between = line.replace(/^-{2,40}/, '');
  let end = between.length;
  while (end > 0 && between.charAt(end - 1) === '-') end--;
  const words = between.slice(0, end).trim();
  return endsInColon.test(words) && wrote.test(words);
}

/** Removes a quotation that nothing introduces, where all of it is at the end. */
function removeQuotedEnd(lines: readonly string[]): readonly string[] {
  const last = lines.findLastIndex((line) => line !== '' && !isQuoted(line));
  const kept = lines.slice(0, last + 1);
  return kept.some(isQuoted) ? lines : kept;
}

/**
 * Removes an attribution and the quotation it introduces.
 *
 * Keeps answers below a single quotation. Answers between quotations make no sense without them, so
 * then it keeps everything.
 */
function removeQuote(
  lines: readonly string[],
  at: number,
  attribution: number,
  reply: boolean,
): readonly string[] {
  let start = at;
  // Some programs put the subject and more above the attribution.
  while (start > 0 && at - start < 6 && isQuotedField(lines[start - 1] as string)) start--;
  const before = lines.slice(0, start);
  let quoteEnd = at + attribution;
  while (
    quoteEnd < lines.length &&
    (lines[quoteEnd] === '' || isQuoted(lines[quoteEnd] as string))
  ) {
    quoteEnd++;
  }
  const hasQuoteMarks = lines.slice(at + attribution, quoteEnd).some(isQuoted);
  // Outlook and some webmail quote without marks: all that follows is history.
  if (!hasQuoteMarks) return reply ? before : lines;
  const after = lines.slice(quoteEnd);
  if (after.some(isQuoted)) return lines;
  return [...before, ...after];
}

const riskySplitter = /^[\s*]*(?:From|Date|Van|De|Von|Fra|Från|Datum|Envoyé|Skickat|Sendt)\s?:/i;
const datedPerson = /^\s*(?:\d+\/\d+\/\d+|\d+\.\d+\.\d+)/;
const attributionStart = /(?:On|Le|W dniu|Op|Am|På|Den) /g;
const longRun = /([ \t_=*-])\1{9,}/g;

/**
 * Cuts the quotation forms of other languages, by a library.
 *
 * Its expressions are quadratic and worse in the length of lines and of runs of spaces, dashes and
 * underscores, so it sees shortened lines, and only decides which of them go.
 */
function cutByPlaner(lines: readonly string[]): readonly string[] {
  if (lines.length > planerLines) return lines;
  const shortened = lines.map((line) =>
    line
      .slice(0, planerLine)
      .replace(longRun, (run) => run.slice(0, 10))
      .trim(),
  );
  const text = shortened.join('\n');
  if ((text.match(attributionStart)?.length ?? 0) > planerStarts) return lines;
  const keptLines = extractFromPlain(text)
    .split('\n')
    .filter((line) => line.trim() !== '');
  const filled = shortened.flatMap((line, at) => (line === '' ? [] : [at]));
  let head = 0;
  while (head < keptLines.length && keptLines[head]?.trim() === shortened[filled[head] ?? -1])
    head++;
  let tail = 0;
  while (
    tail < keptLines.length - head &&
    keptLines.at(-1 - tail)?.trim() === shortened[filled.at(-1 - tail) ?? -1]
  ) {
    tail++;
  }
  const cutAt = filled[head];
  if (cutAt === undefined || head + tail < keptLines.length) return lines;
  const first = shortened[cutAt] as string;
  // It takes a line that begins with `Date:`, or with a date and an @ further on, for a header.
  if (riskySplitter.test(first) && findQuotedHeader(lines, cutAt) === undefined) return lines;
  if (datedPerson.test(first) && !endsInColon.test(first)) return lines;
  return [...lines.slice(0, cutAt), ...(tail === 0 ? [] : lines.slice(filled.at(-tail)))];
}
