import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeBase32, encodeBase32 } from '../../../../core/inquiry/tokens/base32.ts';

it('writes the test vectors of RFC 4648 in lower case and without padding', () => {
  const written = ['', 'f', 'fo', 'foo', 'foob', 'fooba', 'foobar'].map((text) =>
    encodeBase32(new TextEncoder().encode(text)),
  );
  expect(written).toEqual(['', 'my', 'mzxq', 'mzxw6', 'mzxw6yq', 'mzxw6ytb', 'mzxw6ytboi']);
});

it('reads back what it wrote, in either case', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      expect(decodeBase32(encodeBase32(bytes))).toEqual(bytes);
      expect(decodeBase32(encodeBase32(bytes).toUpperCase())).toEqual(bytes);
    }),
  );
});

it('reads one spelling only of any bytes', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'abcxyz234567'), maxLength: 20 }), (text) => {
      const bytes = decodeBase32(text);
      fc.pre(bytes !== undefined);
      expect(encodeBase32(bytes)).toBe(text);
    }),
  );
});

it.each(['my======', 'm', 'mz', 'm1', 'mÿ', 'm y'])('refuses %j', (text) => {
  expect(decodeBase32(text)).toBeUndefined();
});
