import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addSeconds,
  DeskId,
  EmailAddress,
  InquiryId,
  Instant,
  instantOf,
} from '../../../../core/inquiry/values/ids.ts';
import { generatedInstant } from '../../../support/generated-values.ts';

describe('an address', () => {
  test.each([
    [' Sato@Toritsugi.Example ', 'sato@toritsugi.example'],
    ['TAKAHASHI+IT@toritsugi.example', 'takahashi+it@toritsugi.example'],
    ["o'leary@toritsugi.example", "o'leary@toritsugi.example"],
    ['伊藤@例え.テスト', '伊藤@例え.テスト'],
    ['da..da@mobile.example', 'da..da@mobile.example'],
  ])('%j is kept as %j', (written, kept) => {
    expect(EmailAddress.parse(written)).toBe(kept);
  });

  test.each([
    '',
    'sato',
    '@toritsugi.example',
    'sato@',
    'sato@a@b.example',
    'sa to@toritsugi.example',
    'sato@toritsugi.example, suzuki@toritsugi.example',
    'Sato <sato@toritsugi.example>',
    'sato@toritsugi.example\nBcc: all@toritsugi.example',
    'sato\u0000@toritsugi.example',
    `${'a'.repeat(250)}@b.example`,
  ])('%j is refused', (written) => {
    expect(EmailAddress.safeParse(written).success).toBe(false);
  });
});

describe('an instant', () => {
  test('is written in UTC with milliseconds, and in no other way', () => {
    expect(Instant.safeParse('2026-04-01T00:12:04.000Z').success).toBe(true);
    expect(Instant.safeParse('2026-04-01T00:12:04Z').success).toBe(false);
    expect(Instant.safeParse('2026-04-01T09:12:04.000+09:00').success).toBe(false);
    expect(Instant.safeParse('2026-04-01').success).toBe(false);
  });

  test('compares as text as it does in time', () => {
    fc.assert(
      fc.property(generatedInstant, generatedInstant, (one, other) => {
        expect(one < other).toBe(Date.parse(one) < Date.parse(other));
      }),
    );
  });

  test('moves by seconds, forth and back', () => {
    fc.assert(
      fc.property(generatedInstant, fc.integer({ min: 0, max: 10_000_000 }), (instant, seconds) => {
        const later = addSeconds(instant, seconds);
        expect(Date.parse(later) - Date.parse(instant)).toBe(seconds * 1000);
        expect(addSeconds(later, -seconds)).toBe(instant);
      }),
    );
    expect(instantOf(0)).toBe('1970-01-01T00:00:00.000Z');
  });
});

test('an inquiry id is a UUID of version 7', () => {
  expect(InquiryId.safeParse('0199a0c3-0001-7a00-8000-000000000000').success).toBe(true);
  expect(InquiryId.safeParse('0199a0c3-0001-4a00-8000-000000000000').success).toBe(false);
});

test.each(['~quarantine', 'BPO', '1st', 'a b', 'a#b', '', 'x'.repeat(33)])(
  '%j is no desk id',
  (id) => {
    expect(DeskId.safeParse(id).success).toBe(false);
  },
);
