import * as z from 'zod';

// Crockford's base 32: no I, L, O or U, which people misread or mishear.
const symbols = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const misreadSymbols: Readonly<Record<string, string>> = { I: '1', L: '1', O: '0', U: 'V' };
const payloadLength = 7;

/**
 * The number that people read aloud, such as `HD-7K3M-9QX5`: seven random symbols and a check symbol.
 *
 * The check is a sum over GF(32) with a distinct power of a generator for each place, so it finds
 * every single wrong symbol and every exchange of two symbols, adjacent or not.
 */
export const InquiryNumber = z
  .string()
  .regex(/^HD-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/)
  .refine((number) => hasValidCheck(number), { error: 'its check symbol does not fit' })
  .brand<'InquiryNumber'>();
export type InquiryNumber = z.infer<typeof InquiryNumber>;

/** Multiplies by the generator of GF(32), whose polynomial is x⁵ + x² + 1. */
function multiplyByGenerator(element: number): number {
  const shifted = element << 1;
  return shifted & 0b100000 ? shifted ^ 0b100101 : shifted;
}

/** Horner's rule from the last place to the first, so that place i is weighted by generatorⁱ⁺¹. */
function computeCheck(payload: string): number {
  let sum = 0;
  for (let place = payload.length - 1; place >= 0; place -= 1) {
    sum = multiplyByGenerator(sum ^ symbols.indexOf(payload.charAt(place)));
  }
  return sum;
}

function hasValidCheck(number: string): boolean {
  const compact = number.slice(3).replace('-', '');
  return (
    symbols.indexOf(compact.charAt(payloadLength)) === computeCheck(compact.slice(0, payloadLength))
  );
}

/** Makes a number from seven random bytes; only the low five bits of each count. */
export function makeInquiryNumber(random: Uint8Array): InquiryNumber {
  let payload = '';
  for (let place = 0; place < payloadLength; place += 1) {
    payload += symbols.charAt((random[place] ?? 0) & 31);
  }
  const all = payload + symbols.charAt(computeCheck(payload));
  return `HD-${all.slice(0, 4)}-${all.slice(4)}` as InquiryNumber;
}

/**
 * Reads a number as people write it: any case, full-width, with or without hyphens, I and L for 1,
 * O for 0. Undefined when it is not a number or its check symbol is wrong.
 */
export function readInquiryNumber(text: string): InquiryNumber | undefined {
  const compact = text
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s\p{Pd}ー−]/gu, '');
  if (!compact.startsWith('HD') || compact.length !== 2 + payloadLength + 1) return undefined;
  const code = compact.slice(2).replace(/[ILOU]/g, (symbol) => misreadSymbols[symbol] ?? symbol);
  const parsed = InquiryNumber.safeParse(`HD-${code.slice(0, 4)}-${code.slice(4)}`);
  return parsed.success ? parsed.data : undefined;
}
