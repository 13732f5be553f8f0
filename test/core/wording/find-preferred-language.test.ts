import { expect, it } from 'vitest';
import { findPreferredLanguage } from '../../../core/wording/find-preferred-language.ts';

it.each([
  [undefined, undefined],
  ['', undefined],
  ['*', undefined],
  ['fr-FR, de;q=0.9', undefined],
  ['ja', 'ja'],
  ['en-US,en;q=0.9,ja;q=0.8', 'en'],
  ['en;q=0.5, ja-JP;q=0.9', 'ja'],
  ['fr, JA;q=0.4', 'ja'],
  ['en;q=0, ja;q=0.1', 'ja'],
  ['en;q=0', undefined],
])('of %j prefers %s', (header, expected) => {
  expect(findPreferredLanguage(header)).toBe(expected);
});
