/** A number of fewer digits may be an extension, a year or an amount. */
const phoneDigits = 9;
/** A shorter `sub` may be a word; it is then replaced only where it stands alone. */
const subLength = 6;
/** A shorter name may be part of another word. */
const nameLength = { latin: 5, other: 3 } as const;

const inAddress = "[a-z0-9._%+'-]";
const inWord = '[a-z0-9_-]';

/** Matches an address within a text, also where its `@` is written for a URL. */
export function makeAddressPattern(address: string): string {
  const at = address.lastIndexOf('@');
  const [local, domain] = [address.slice(0, at), address.slice(at + 1)];
  // Not the end of a longer address, nor the beginning of a longer domain.
  return `(?<!${inAddress})${escapePattern(local)}(?:@|%40)${escapePattern(domain)}(?![a-z0-9-]|\\.[a-z0-9])`;
}

export function makeSubPattern(sub: string): string | undefined {
  return sub.length < subLength ? undefined : `(?<!${inWord})${escapePattern(sub)}(?!${inWord})`;
}

/**
 * Matches a full name, however its parts are spaced, and in either order; undefined for one that is
 * too short to be anybody's alone.
 */
export function makeNamePattern(name: string): string | undefined {
  const parts = name.trim().split(/[\s\u3000]+/);
  const isLatin = /^[\p{Script=Latin}\p{N}\p{P}\s]+$/u.test(name);
  const length = parts.join('').length;
  if (length < (isLatin ? nameLength.latin : nameLength.other)) return undefined;
  const space = isLatin ? '[\\s,]+' : '[\\s\\u3000]*';
  const orders = [parts, ...(parts.length === 2 ? [[...parts].reverse()] : [])];
  const either = orders.map((order) => order.map(escapePattern).join(space)).join('|');
  return isLatin ? `(?<!${inWord})(?:${either})(?!${inWord})` : `(?:${either})`;
}

/** Matches a phone number however it is grouped, with or without Japan's country code. */
export function makePhonePattern(phone: string): string | undefined {
  const digits = digitsOf(phone);
  if (digits.length < phoneDigits) return undefined;
  const gap = '[\\s().‐‑–—−ー－-]{0,3}';
  const national = [...digits].join(gap);
  const abroad = digits.startsWith('0')
    ? `|\\+?81${gap}(?:\\(?0\\)?${gap})?${[...digits.slice(1)].join(gap)}`
    : '';
  return `(?<!\\d)(?:${national}${abroad})(?!\\d)`;
}

/** The digits of a number; a number with Japan's country code as it is dialled within the country. */
export function digitsOf(phone: string): string {
  const digits = phone.normalize('NFKC').replace(/\D/g, '');
  return phone.trim().startsWith('+81') ? `0${digits.slice(2).replace(/^0/, '')}` : digits;
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
