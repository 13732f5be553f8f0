import type { ScannableText, SecretMatch } from '../scannable-text.ts';

const longest = 400;
const ends = /[\s"'<>「」、。\uE000]/;

/** Finds the user and password before the host in a URL or connection string. */
export function findUrlSecrets({ text }: ScannableText): SecretMatch[] {
  const matches: SecretMatch[] = [];
  for (let at = text.indexOf('://'); at >= 0; at = text.indexOf('://', at + 3)) {
    if (!/[a-z0-9]/i.test(text.charAt(at - 1))) continue;
    const start = at + 3;
    let to = start;
    while (to < text.length && to - start < longest && !ends.test(text.charAt(to))) to++;
    const length = measureCredentials(text.slice(start, to));
    if (length > 0) matches.push({ start, end: start + length, kind: 'key' });
  }
  return matches;
}

/** The length of a leading `user:password`; a password may contain what ends a host. */
function measureCredentials(rest: string): number {
  const colon = rest.indexOf(':');
  if (colon < 0 || /[/?#]/.test(rest.slice(0, colon))) return 0;
  const authority = rest.search(/[/?#]/);
  const near = rest.slice(0, authority < 0 ? rest.length : authority).lastIndexOf('@');
  if (near > colon) return near;
  const port = /^\d{1,5}(?:[/?#]|$)/.test(rest.slice(colon + 1));
  const sign = rest.lastIndexOf('@');
  return port || sign < colon + 2 ? 0 : sign;
}
