const symbols = 'abcdefghijklmnopqrstuvwxyz234567';

/**
 * Writes bytes in lower-case base 32 without padding.
 *
 * @see https://www.rfc-editor.org/rfc/rfc4648#section-6
 */
export function encodeBase32(bytes: Uint8Array): string {
  let text = '';
  let buffer = 0;
  let bits = 0;
  for (const byte of bytes) {
    buffer = ((buffer << 8) | byte) & 0xfff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += symbols.charAt((buffer >> bits) & 31);
    }
  }
  return bits === 0 ? text : text + symbols.charAt((buffer << (5 - bits)) & 31);
}

/**
 * Reads base 32 in either case; undefined unless it is what `encodeBase32` writes for some bytes.
 */
export function decodeBase32(text: string): Uint8Array | undefined {
  const bytes: number[] = [];
  let buffer = 0;
  let bits = 0;
  for (const symbol of text.toLowerCase()) {
    const value = symbols.indexOf(symbol);
    if (value < 0) return undefined;
    buffer = ((buffer << 5) | value) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((buffer >> bits) & 0xff);
    }
  }
  const left = buffer & ((1 << bits) - 1);
  return bits >= 5 || left !== 0 ? undefined : Uint8Array.from(bytes);
}
