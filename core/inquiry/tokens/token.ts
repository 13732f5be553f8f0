import { InquiryId, type Instant, instantOf } from '../values/ids.ts';
import { decodeBase32, encodeBase32 } from './base32.ts';

/** A keyed digest of a message, at least 32 bytes long, such as HMAC-SHA-256. */
export type MacFunction = (key: Uint8Array, message: Uint8Array) => Uint8Array;

/** `id` is four symbols of lower-case base 32. */
export type MacKey = { readonly id: string; readonly key: Uint8Array };

/** The keys of one purpose: one to sign with, and all that are still accepted. */
export type MacKeySet = {
  readonly current: MacKey;
  readonly byId: ReadonlyMap<string, MacKey>;
};

/** What making and reading tokens of one purpose needs. */
export type SigningContext = { readonly keys: MacKeySet; readonly mac: MacFunction };

const keyIdLength = 4;

/**
 * Makes a token of a label and some bytes: key id, label, then bytes and MAC in base 32.
 *
 * It has letters and digits only, and survives a change of case by mail systems and people.
 */
export function makeToken(
  { keys, mac }: SigningContext,
  label: string,
  content: Uint8Array,
  macBytes: number,
): string {
  const { id, key } = keys.current;
  const tag = mac(key, buildSignedBytes(id, label, content)).subarray(0, macBytes);
  return `${id}${label}${encodeBase32(Uint8Array.from([...content, ...tag]))}`;
}

/** Reads the bytes of a token with this label; undefined unless its MAC is right. */
export function readToken(
  { keys, mac }: SigningContext,
  label: string,
  contentBytes: number,
  macBytes: number,
  token: string,
): Uint8Array | undefined {
  const folded = token.toLowerCase();
  const key = keys.byId.get(folded.slice(0, keyIdLength));
  const rest = folded.slice(keyIdLength);
  if (key === undefined || !rest.startsWith(label)) return undefined;
  const bytes = decodeBase32(rest.slice(label.length));
  if (bytes?.length !== contentBytes + macBytes) return undefined;
  const content = bytes.subarray(0, contentBytes);
  const tag = mac(key.key, buildSignedBytes(key.id, label, content)).subarray(0, macBytes);
  return equalsInConstantTime(tag, bytes.subarray(contentBytes)) ? content : undefined;
}

function buildSignedBytes(keyId: string, label: string, content: Uint8Array): Uint8Array {
  return Uint8Array.from([...new TextEncoder().encode(`${keyId}${label}\n`), ...content]);
}

/** How many bytes a token carries besides its MAC, for tokens of varying length. */
export function countContentBytes(label: string, macBytes: number, token: string): number {
  return Math.floor(((token.length - keyIdLength - label.length) * 5) / 8) - macBytes;
}

/**
 * Takes the same time wherever the difference is, so that a MAC cannot be guessed piece by piece.
 */
function equalsInConstantTime(one: Uint8Array, other: Uint8Array): boolean {
  let difference = one.length ^ other.length;
  for (const [index, byte] of one.entries()) difference |= byte ^ (other[index] ?? 0);
  return difference === 0;
}

/** Seconds since 1970; five bytes last for 34,000 years. */
export const expiryByteLength = 5;

/** Encodes an expiry in whole seconds. */
export function encodeExpiry(expiresAt: Instant): Uint8Array {
  const seconds = Math.floor(Date.parse(expiresAt) / 1000);
  return Uint8Array.from(
    { length: expiryByteLength },
    (_, index) => Math.floor(seconds / 256 ** (expiryByteLength - 1 - index)) % 256,
  );
}

export function decodeExpiry(bytes: Uint8Array): Instant {
  return instantOf(bytes.reduce((sum, byte) => sum * 256 + byte, 0) * 1000);
}

export const inquiryIdByteLength = 16;

export function encodeInquiryId(id: InquiryId): Uint8Array {
  const hex = id.replaceAll('-', '');
  return Uint8Array.from({ length: inquiryIdByteLength }, (_, index) =>
    Number.parseInt(hex.slice(index * 2, index * 2 + 2), 16),
  );
}

export function decodeInquiryId(bytes: Uint8Array): InquiryId | undefined {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ];
  const parsed = InquiryId.safeParse(parts.join('-'));
  return parsed.success ? parsed.data : undefined;
}
