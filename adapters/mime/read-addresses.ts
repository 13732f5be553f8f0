import { addressParser } from 'postal-mime';
import { EmailAddress } from '../../core/inquiry/values/ids.ts';
import type { MailAddress } from '../../core/intake/mail/mail.ts';
import { decodeEncodedWords, makePlainLine, rewriteWordsAsUtf8 } from './charset/decode-header.ts';

/** How many characters of a display name are kept. */
const nameLength = 200;

export type AddressList = {
  readonly addresses: readonly MailAddress[];
  /** An address was inside an encoded word, where no filter on the way could see it. */
  readonly encoded: boolean;
  /** A value was no address. */
  readonly bad: boolean;
};

/** Reads the values of one address header; groups count as their members. */
export function readAddresses(values: readonly string[], limit: number): AddressList {
  const addresses: MailAddress[] = [];
  let encoded = false;
  let bad = false;
  for (const value of values) {
    if (value === '') continue;
    const unified = unquoteLocalParts(rewriteWordsAsUtf8(value));
    for (const { address, name } of addressParser(unified, { flatten: true })) {
      if (addresses.length >= limit) break;
      const displayName = makePlainLine(decodeEncodedWords(name ?? ''), nameLength);
      // An encoded word inside an address is none: no server on the way decodes it.
      const holdsWord = /=\?[^?\s]{1,60}\?[qb]\?/i.test(address ?? '');
      const parsed = address ? EmailAddress.safeParse(address) : undefined;
      const isAddress = parsed?.success === true && !holdsWord;
      if (parsed?.success === false) bad = true;
      if (holdsWord || (isAddress && !unified.includes(address ?? ''))) encoded = true;
      if (!isAddress && displayName === '') continue;
      addresses.push({
        ...(isAddress ? { address: parsed.data } : {}),
        ...(displayName === '' ? {} : { name: displayName }),
      });
    }
  }
  return { addresses, encoded, bad };
}

/**
 * Takes the quotes off a local part that can do without, as Japanese carriers' `"taro..y."@` can, so
 * that a person has one address however it is written.
 */
function unquoteLocalParts(value: string): string {
  if (!value.includes('"@')) return value;
  const parts: string[] = [];
  let from = 0;
  for (let start = value.indexOf('"'); start >= 0; start = value.indexOf('"', from)) {
    let end = start + 1;
    while (end < value.length && value[end] !== '"') end += value[end] === '\\' ? 2 : 1;
    if (end >= value.length) break;
    const local = value.slice(start + 1, end);
    const isPlain = value[end + 1] === '@' && /^[^\s@<>"(),:;\\[\]\p{Cc}]{1,64}$/u.test(local);
    parts.push(value.slice(from, start), isPlain ? local : value.slice(start, end + 1));
    from = end + 1;
  }
  return parts.join('') + value.slice(from);
}

const bracketed = /<([^<>\s]{1,998})>/g;
const bareId = /^[^\s<>@]{1,499}@[^\s<>@]{1,499}$/;

/** Reads the Message-IDs of a header, in order, without angle brackets. */
export function readMessageIds(values: readonly string[], limit: number): string[] {
  const ids = new Set<string>();
  for (const value of values) {
    // Some programs fold inside an id.
    const unfolded = value.includes('<') ? value.replace(/<[^<>]*>/g, removeWhitespace) : value;
    const foundIds = [...unfolded.matchAll(bracketed)].map((match) => match[1] as string);
    if (foundIds.length === 0)
      foundIds.push(...value.split(/\s+/).filter((word) => bareId.test(word)));
    for (const id of foundIds) ids.add(id);
  }
  return [...ids].slice(-limit);
}

function removeWhitespace(id: string): string {
  return id.replace(/\s+/g, '');
}
