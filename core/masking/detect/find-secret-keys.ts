import type { ScannableText, SecretMatch } from '../scannable-text.ts';

/** Keys that are recognized by their form, most of them by their first characters. */
const forms: readonly RegExp[] = [
  // AWS access keys and principal ids.
  /(?<![A-Za-z0-9])A(?:KIA|SIA|BIA|CCA|GPA|IDA|ROA|NPA|NVA|IPA)[A-Z0-9]{16}(?![A-Za-z0-9])/g,
  /(?<![A-Za-z0-9])ABSK[A-Za-z0-9+/=]{40,200}/g,
  /(?<![A-Za-z0-9])gh[pousr]_[A-Za-z0-9]{20,255}/g,
  /(?<![A-Za-z0-9])github_pat_[A-Za-z0-9_]{20,255}/g,
  /(?<![A-Za-z0-9])gl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|oas|soat|ffct|rtr)-[A-Za-z0-9_.=-]{16,300}/g,
  /(?<![A-Za-z0-9])x(?:ox[a-z]|app)-[A-Za-z0-9-]{10,250}/g,
  /(?<![A-Za-z0-9])AIza[A-Za-z0-9_-]{35}/g,
  /(?<![A-Za-z0-9])ya29\.[A-Za-z0-9_.-]{20,500}/g,
  /(?<![A-Za-z0-9])GOCSPX-[A-Za-z0-9_-]{20,60}/g,
  /(?<![A-Za-z0-9])(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{10,250}/g,
  /(?<![A-Za-z0-9])whsec_[A-Za-z0-9+/=]{16,200}/g,
  /(?<![A-Za-z0-9])sk-(?=[A-Za-z_-]{0,60}[0-9])[A-Za-z0-9_-]{20,300}/g,
  /(?<![A-Za-z0-9])npm_[A-Za-z0-9]{30,50}/g,
  /(?<![A-Za-z0-9])pypi-[A-Za-z0-9_-]{16,400}/g,
  /(?<![A-Za-z0-9])SG\.[A-Za-z0-9_-]{16,40}\.[A-Za-z0-9_-]{16,80}/g,
  /(?<![A-Za-z0-9])(?:dop_v1|doo_v1|hf|shpat|shpss|dckr_pat|sbp|lin_api|ATATT3|hvs\.|dapi|glsa|nvapi-|pat-|xkeysib-)_?[A-Za-z0-9_=-]{24,300}/g,
  /(?<![A-Za-z0-9])(?:key-|SK|AC)[0-9a-f]{32}(?![A-Za-z0-9])/g,
  /AGE-SECRET-KEY-1[A-Z0-9]{40,70}/g,
  // Licence keys of Windows and Office.
  /(?<![A-Za-z0-9-])(?=[A-Z0-9-]{0,28}[0-9])(?=[A-Z0-9-]{0,28}[A-Z])[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5}(?![A-Za-z0-9-])/g,
  /(?<=hooks\.slack\.com\/services\/)[A-Za-z0-9/]{20,120}/g,
  /(?<=discord(?:app)?\.com\/api\/webhooks\/)[A-Za-z0-9/_-]{20,150}/g,
  /(?<=\.webhook\.office\.com\/)[A-Za-z0-9/_@-]{20,300}/g,
  /(?<=[?&](?:sig|signature|X-Amz-Signature|X-Amz-Security-Token|access_token|token|apikey|api_key|key|code)=)[A-Za-z0-9%._~+/=-]{16,1500}/gi,
  /(?<=\b(?:Bearer|Basic)[ \n])(?=[A-Za-z._~+/=-]{0,200}[0-9=])[A-Za-z0-9._~+/=-]{12,1500}/gi,
];

/** Finds keys by their form. */
export function findSecretKeys(scannable: ScannableText): SecretMatch[] {
  const { text } = scannable;
  const matches = forms.flatMap((form) =>
    [...text.matchAll(form)].map(({ index, 0: key }) =>
      keyMatchOf(index, findWrappedEnd(text, index, key)),
    ),
  );
  return [...matches, ...findWebTokens(text), ...findPrivateKeys(text), ...findAwsSecrets(text)];
}

/** A line shorter than this was not broken by a mail program. */
const wrappedLineLength = 60;
const isOfKey = (character: string) => /[A-Za-z0-9_.+/=-]/.test(character);

/** The end of a key, including the rest of it that a mail program wrapped onto the next line. */
function findWrappedEnd(text: string, start: number, key: string): number {
  const end = start + key.length;
  const rest = /^[ \t]{0,2}\n[> \t]{0,8}/.exec(text.slice(end, end + 12))?.[0];
  if (rest === undefined || key.length > 1000) return end;
  const line = text.slice(Math.max(0, end - wrappedLineLength), end);
  if (line.length < wrappedLineLength || line.includes('\n')) return end;
  return findRunEnd(text, end + rest.length) || end;
}

function findRunEnd(text: string, from: number): number {
  let to = from;
  while (isOfKey(text.charAt(to)) && text.charAt(to) !== '') to++;
  return to;
}

/** Finds JSON Web Tokens, which have no maximum length and are wrapped by mail programs. */
function findWebTokens(text: string): SecretMatch[] {
  const matches: SecretMatch[] = [];
  let from = 0;
  for (let at = text.indexOf('eyJ'); at >= 0; at = text.indexOf('eyJ', Math.max(from, at + 3))) {
    if (/[A-Za-z0-9]/.test(text.charAt(at - 1))) continue;
    let to = findRunEnd(text, at);
    let dots = countDots(text, at, to);
    for (
      let next = findWrappedLine(text, to);
      next > to && (dots < 2 || to - at >= wrappedLineLength);
    ) {
      const end = findRunEnd(text, next);
      if (end === next || (dots >= 2 && end - next < 4)) break;
      dots += countDots(text, next, end);
      to = end;
      next = findWrappedLine(text, to);
    }
    if (dots >= 1 && to - at >= 20) matches.push(keyMatchOf(at, to));
    from = to;
  }
  return matches;
}

function countDots(text: string, from: number, to: number): number {
  return text.slice(from, to).split('.').length - 1;
}

/** Where the next line begins, after its quote marks, if a line ends here. */
function findWrappedLine(text: string, at: number): number {
  const line = /^[ \t]{0,2}\n[> \t]{0,8}/.exec(text.slice(at, at + 12))?.[0];
  return at + (line?.length ?? 0);
}

const privateKeyHeader =
  /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|Private-Lines: \d{1,3}/g;

/** Finds private keys with their armour, even where the text was cut before its end. */
function findPrivateKeys(text: string): SecretMatch[] {
  const matches: SecretMatch[] = [];
  const headers = [...text.matchAll(privateKeyHeader)];
  let [from, end] = [0, 0];
  for (const [at, { index, 0: line }] of headers.entries()) {
    if (index < from) continue;
    const start = index + line.length;
    if (end >= 0 && end < start) end = text.indexOf('-----END', start);
    const isEnded =
      end >= 0 && end < (headers[at + 1]?.index ?? text.length) && line.startsWith('-');
    const footer = isEnded ? text.indexOf('-----', end + 8) : -1;
    from = !isEnded ? findArmourEnd(text, start) : footer < 0 ? text.length : footer + 5;
    matches.push(keyMatchOf(index, from));
  }
  return matches;
}

function findArmourEnd(text: string, from: number): number {
  let to = from;
  while (to < text.length && /[A-Za-z0-9+/=\s>:,]/.test(text.charAt(to))) to++;
  return to;
}

/** Finds AWS secret keys: forty random characters of all kinds, without words. */
function findAwsSecrets(text: string): SecretMatch[] {
  const candidate = /(?<![A-Za-z0-9+/=_.:-])[A-Za-z0-9+/]{40}(?![A-Za-z0-9+/=_.-])/g;
  return [...text.matchAll(candidate)]
    .filter(({ 0: key }) => countKindChanges(key) >= 14 && /\d/.test(key) && /[a-z]/.test(key))
    .filter(({ 0: key }) => /[A-Z]/.test(key))
    .map(({ index, 0: key }) => keyMatchOf(index, index + key.length));
}

/** How often the kind of character changes, which is seldom in words and numbers. */
function countKindChanges(key: string): number {
  const kinds = [...key].map((one) => (/\d/.test(one) ? 0 : /[a-z]/.test(one) ? 1 : 2));
  return kinds.filter((kind, at) => at > 0 && kind !== kinds[at - 1]).length;
}

function keyMatchOf(start: number, end: number): SecretMatch {
  return { start, end, kind: 'key' };
}
