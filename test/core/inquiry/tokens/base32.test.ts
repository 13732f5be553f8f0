import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fromBase32, toBase32 } from '../../../../core/inquiry/tokens/base32.ts';

it('writes the test vectors of RFC 4648 in lower case and without padding', () => {
  const written = ['', 'f', 'fo', 'foo', 'foob', 'fooba', 'foobar'].map((text) =>
    toBase32(new TextEncoder().encode(text)),
  );
  expect(written).toEqual(['', 'my', 'mzxq', 'mzxw6', 'mzxw6yq', 'mzxw6ytb', 'mzxw6ytboi']);
});

it('reads back what it wrote, in either case', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      expect(fromBase32(toBase32(bytes))).toEqual(bytes);
      expect(fromBase32(toBase32(bytes).toUpperCase())).toEqual(bytes);
    }),
  );
});

it('reads one spelling only of any bytes', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'abcxyz234567'), maxLength: 20 }), (text) => {
      const bytes = fromBase32(text);
      fc.pre(bytes !== undefined);
      expect(toBase32(bytes)).toBe(text);
    }),
  );
});

it.each(['my======', 'm', 'mz', 'm1', 'mÿ', 'm y'])('refuses %j', (text) => {
  expect(fromBase32(text)).toBeUndefined();
});
