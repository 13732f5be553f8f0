import type { EmailAddress } from './ids.ts';

/** What stands in place of an erased person: the same everywhere, and of nobody else. */
export type Pseudonym = `erased-${string}`;

/** Mail is never sent to this domain; no resolver will ever know it (RFC 2606). */
const erasedDomain = 'erased.invalid';

/** How many random bytes a pseudonym is made of. */
export const pseudonymBytes = 10;

export function makePseudonym(bytes: Uint8Array): Pseudonym {
  return `erased-${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

/** The address that stands where the person's stood. */
export function pseudonymAddressOf(pseudonym: Pseudonym): EmailAddress {
  return `${pseudonym}@${erasedDomain}` as EmailAddress;
}

export function isErasedAddress(address: EmailAddress): boolean {
  return address.endsWith(`@${erasedDomain}`);
}
