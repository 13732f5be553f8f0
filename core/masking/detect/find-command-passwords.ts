import type { ScannableText, SecretMatch } from '../scannable-text.ts';
import { type CandidateWord, readWordAt } from './secret-value.ts';

/** Commands that take a password, and the option that precedes it. */
const options: readonly (readonly [command: RegExp, option: RegExp])[] = [
  [/\b(?:mysql|mysqldump|mysqladmin|mariadb)\b/i, /(?<=\s)-p(?! |$|\n)/g],
  [
    /\b(?:sshpass|mongo(?:sh|dump)?|psexec|docker login|az login|smbclient|htpasswd|ldap\w{0,10})\b/i,
    /(?<=\s)-[pw] ?/g,
  ],
  [/\b(?:7z|7za|rar|unrar)\b/i, /(?<=\s)-p(?! )/g],
  [/\b(?:unzip|zip|sqlcmd|bcp|osql)\b/i, /(?<=\s)-P ?/g],
  [/\b(?:plink|pscp|psftp|putty)\b/i, /(?<=\s)-pw /g],
  [/\bredis-cli\b/i, /(?<=\s)-a /g],
  [/\b(?:curl|wget|http)\b/i, /(?<=\s)(?:-u ?|--user[ =])["']?[^\s:"'\uE000]{1,64}:/g],
  [/\bsmbclient\b/i, /(?<=\s)-U ?[^\s%\uE000]{1,64}%/g],
  [
    /\bnet use\b/i,
    /\\\\[^\s\\]{1,64}\\[^\s]{1,80}\s(?:\/user:[^\s]{1,64}\s)?(?=[^\s/*][^\s]{1,63}(?:\s{0,3}$|\s\/))/gi,
  ],
  [/\bnet use\b/i, /\/user:[^\s\uE000]{1,64}\s(?!\/|\*)/gi],
  [/\bnet user\b/i, /\bnet user [^\s/\uE000]{1,64} (?![/*])/gi],
];

/** Options of any command, in long or Windows form. */
const anyCommandOption =
  /(?<=\s)(?:--?(?:pass(?:word|wd|phrase)?|pwd|token|secret|api-?key|secret-key|admin-password|with-token)(?:[= ]|:)|\/(?:p|pass|pwd|password|rp):)/gi;
const longestLine = 1000;

/** Finds passwords that are passed to commands. */
export function findCommandPasswords({ text }: ScannableText): SecretMatch[] {
  const matches: SecretMatch[] = [];
  const addPassword = (word: CandidateWord | undefined) => {
    if (word === undefined || /^[-/<$%{*]/.test(word.value) || word.value.length < 3) return;
    matches.push({ start: word.start, end: word.end, kind: 'password' });
  };
  for (const { index, 0: option } of text.matchAll(anyCommandOption)) {
    addPassword(excludeProse(readWordAt(text, index + option.length)));
  }
  let start = 0;
  for (const fullLine of text.split('\n')) {
    const line = fullLine.slice(0, longestLine);
    for (const [command, option] of options) {
      if (!line.includes(' ') || !command.test(line)) continue;
      for (const { index, 0: prefix } of line.matchAll(option)) {
        addPassword(readWordAt(text, start + index + prefix.length));
      }
    }
    start += fullLine.length + 1;
  }
  return matches;
}

/** Drops a word of a sentence about the option. */
function excludeProse(word: CandidateWord | undefined): CandidateWord | undefined {
  if (word === undefined || word.quoted) return word;
  return /^(?:option|flag|parameter|switch|and|or|is|was|to|in|with|for)$/i.test(word.value)
    ? undefined
    : word;
}
