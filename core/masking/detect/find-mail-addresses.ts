import type { ScannableText, SecretMatch } from '../scannable-text.ts';

/** The at sign of an address, also in spellings meant to escape machines. */
const atSigns =
  /@|%40|[ ]?[[({<【〔](?:at|@|アット(?:マーク)?|あっと(?:まーく)?|a)[\])}>】〕][ ]?|(?<=[a-z0-9]) (?:at|アット(?:マーク)?) (?=[a-z0-9-]{1,40}(?: dot |\[dot\]|\(dot\)))/gi;
const labelAt = /[a-z0-9][a-z0-9-]{0,62}/iy;
const dotAt = /\.| ?[[({<](?:dot|ドット|\.)[\])}>] ?| dot /iy;
const otherDomainAt = /[^\s!-~、。「」]{1,40}\.(?:[a-z]{2,10}|[^\s!-~、。「」]{1,10})/iy;
const isLocal = (character: string) => /[a-z0-9.!#$%&'*+/=?^_`{|}~-]/i.test(character);
const isWord = (character: string) => /[\u3041-\u30ff\u3400-\u9fff]/.test(character);
const longestLocal = 64;
const mostWord = 20;
const mostLabels = 10;

/** Finds mail addresses, however their at sign is spelled. */
export function findMailAddresses({ text }: ScannableText): SecretMatch[] {
  const matches: SecretMatch[] = [];
  for (const { index, 0: sign } of text.matchAll(atSigns)) {
    const start = findLocalPartStart(text, index);
    const end = findDomainEnd(text, index + sign.length);
    if (start !== undefined && end !== undefined) matches.push({ start, end, kind: 'mail' });
  }
  return matches;
}

function findLocalPartStart(text: string, sign: number): number | undefined {
  // A space or a wrapped line may stand before the sign.
  let to = sign;
  while (sign - to < 8 && /[\s>]/.test(text.charAt(to - 1))) to--;
  if (text.charAt(to - 1) === '"') {
    const least = Math.max(0, to - longestLocal - 2);
    const quote = text.slice(least, to - 1).lastIndexOf('"');
    return quote < 0 ? undefined : least + quote;
  }
  let from = to;
  while (from > 0 && to - from < longestLocal && isLocal(text.charAt(from - 1))) from--;
  if (from < to) return from;
  while (from > 0 && to - from < mostWord && isWord(text.charAt(from - 1))) from--;
  return from < to && to === sign ? from : undefined;
}

function findDomainEnd(text: string, sign: number): number | undefined {
  let from = sign;
  while (from - sign < 8 && /[\s>]/.test(text.charAt(from))) from++;
  const to = findDottedNameEnd(text, from);
  if (to !== undefined) return to;
  otherDomainAt.lastIndex = from;
  return otherDomainAt.test(text) ? otherDomainAt.lastIndex : undefined;
}

/** The end of a dotted name whose last label begins with a letter. */
function findDottedNameEnd(text: string, from: number): number | undefined {
  let [at, end] = [from, undefined as number | undefined];
  for (let labels = 0; labels < mostLabels; labels++) {
    labelAt.lastIndex = at;
    const label = labelAt.exec(text)?.[0];
    if (label === undefined) break;
    at = labelAt.lastIndex;
    if (labels > 0 && /^[a-z][a-z0-9-]/i.test(label)) end = at;
    dotAt.lastIndex = at;
    if (!dotAt.test(text)) break;
    at = dotAt.lastIndex;
  }
  return end;
}
