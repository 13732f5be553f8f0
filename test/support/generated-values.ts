import fc from 'fast-check';
import type * as z from 'zod';
import {
  DeskId,
  EmailAddress,
  InquiryId,
  Instant,
  Sub,
  VendorId,
} from '../../core/inquiry/values/ids.ts';
import { InquiryNumber, makeInquiryNumber } from '../../core/inquiry/values/inquiry-number.ts';
import { Category, Tag } from '../../core/inquiry/values/vocabulary.ts';

/** Few values each, so that people, desks and addresses recur within one life. */
export const generatedInstant = fc
  .date({ min: new Date('2026-01-01'), max: new Date('2027-01-01'), noInvalidDate: true })
  .map((date) => Instant.parse(date.toISOString()));
export const generatedAddress = fc
  .constantFrom('sato', 'suzuki', 'o.leary', 'takahashi+it', '伊藤')
  .map((name) => EmailAddress.parse(`${name}@toritsugi.example`));
export const generatedDesk = fc.constantFrom('staff', 'bpo', 'bpo-b').map((id) => DeskId.parse(id));
export const generatedInquiryId = fc.uuid({ version: 7 }).map((id) => InquiryId.parse(id));
export const generatedNumber = fc
  .uint8Array({ minLength: 7, maxLength: 7 })
  .map((bytes) => makeInquiryNumber(bytes));

const byRefinement = new Map<z.core.$ZodType, fc.Arbitrary<unknown>>([
  [Instant, generatedInstant],
  [EmailAddress, generatedAddress],
  [DeskId, generatedDesk],
  [InquiryId, generatedInquiryId],
  [InquiryNumber, generatedNumber],
  [Sub, fc.constantFrom('sub-1', 'sub-2', 'sub-3')],
  [VendorId, fc.constantFrom('vendor-a', 'vendor-b')],
  [Category, fc.constantFrom('account', 'hardware', 'network')],
  [Tag, fc.constantFrom('vpn', '経費 精算', 'new-hire')],
]);

const text = fc.string({ unit: 'grapheme', maxLength: 12 });
const fieldName = fc.string({ minLength: 1, maxLength: 8 }).filter((name) => name !== '__proto__');

/**
 * Generates what a schema accepts, so that a field added to the schema is generated too.
 *
 * Supports the kinds of schema that the kernel uses; throws at any other.
 */
export function generateFromSchema<Schema extends z.core.$ZodType>(
  schema: Schema,
): fc.Arbitrary<z.core.output<Schema>> {
  return arbitraryOf(schema) as fc.Arbitrary<z.core.output<Schema>>;
}

function arbitraryOf(schema: z.core.$ZodType): fc.Arbitrary<unknown> {
  const known = byRefinement.get(schema);
  if (known !== undefined) return known;
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case 'object':
      return generateObject(def.shape);
    case 'union':
      return fc.oneof(...def.options.map(arbitraryOf));
    case 'array':
      return fc.array(arbitraryOf(def.element), { minLength: readMinLength(schema), maxLength: 4 });
    case 'record':
      return fc.dictionary(fieldName, arbitraryOf(def.valueType), { maxKeys: 3 });
    case 'enum':
      return fc.constantFrom(...Object.values(def.entries));
    case 'literal':
      return fc.constantFrom(...def.values);
    case 'default':
    case 'optional':
      return arbitraryOf(def.innerType);
    case 'boolean':
      return fc.boolean();
    case 'number':
      return generateInteger(schema);
    case 'string':
      return generateString(schema);
    case 'lazy':
      // Through JSON, which has no negative zero; zod drops a member named `__proto__`.
      return fc
        .jsonValue({ maxDepth: 2 })
        .map((value) => JSON.stringify(value))
        .filter((text) => !text.includes('__proto__'))
        .map((text) => JSON.parse(text));
    default:
      throw new TypeError(`nothing is known of how to generate a ${def.type}`);
  }
}

/** Optional fields are sometimes absent but never undefined, as after JSON. */
function generateObject(shape: Readonly<Record<string, z.core.$ZodType>>): fc.Arbitrary<unknown> {
  const required = Object.keys(shape).filter((key) => shape[key]?._zod.def.type !== 'optional');
  return fc.record(
    Object.fromEntries(Object.entries(shape).map(([key, value]) => [key, arbitraryOf(value)])),
    { requiredKeys: required, noNullPrototype: true },
  );
}

function generateInteger(schema: z.core.$ZodType): fc.Arbitrary<number> {
  const { minimum, maximum } = readBounds(schema);
  const min = Math.max(minimum ?? 0, 0);
  return fc.integer({ min, max: Math.min(maximum ?? Number.POSITIVE_INFINITY, min + 100_000) });
}

function generateString(schema: z.core.$ZodType): fc.Arbitrary<string> {
  const { minimum, pattern } = readBounds(schema);
  if (pattern !== undefined) return fc.stringMatching(pattern);
  return minimum === undefined ? text : text.map((part) => `x${part}`);
}

function readMinLength(schema: z.core.$ZodType): number {
  const lengths = (schema._zod.def.checks ?? []).map(({ _zod }) => {
    const check = _zod.def as z.core.$ZodCheckDef & { minimum?: number };
    return check.check === 'min_length' ? (check.minimum ?? 0) : 0;
  });
  return Math.max(0, ...lengths);
}

type Bounds = { minimum?: number; maximum?: number; pattern?: RegExp };

function readBounds(schema: z.core.$ZodType): Bounds {
  const bounds: Bounds = {};
  for (const { _zod } of schema._zod.def.checks ?? []) {
    const check = _zod.def as z.core.$ZodCheckDef & { value?: number } & Bounds;
    if (check.check === 'greater_than' && check.value !== undefined) bounds.minimum = check.value;
    if (check.check === 'less_than' && check.value !== undefined) bounds.maximum = check.value;
    if (check.minimum !== undefined) bounds.minimum = check.minimum;
    if (check.pattern !== undefined) bounds.pattern = check.pattern;
  }
  return bounds;
}
