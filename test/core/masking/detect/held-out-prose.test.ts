import { expect, test } from 'vitest';
import { maskText } from '../../../../core/masking/mask-text.ts';
import { defaultMaskingPolicy } from '../../../../core/masking/masking-policy.ts';
import { readSamples } from '../read-samples.ts';

const secret = /\[\[(.+?)\]\]/g;

/**
 * The texts were written before the patterns, and the patterns not after them: what is found here
 * is what can be expected of sentences that nobody has seen. It is about a half, and not whole.
 */
test('of passwords told in free sentences at least half are masked', () => {
  const texts = readSamples('held-out-prose.txt');
  expect(texts.length).toBeGreaterThanOrEqual(150);
  let [found, told] = [0, 0];
  for (const text of texts) {
    const masked = maskText(text.replace(secret, '$1'), defaultMaskingPolicy).text;
    for (const [, value = ''] of text.matchAll(secret)) {
      told++;
      if (!masked.includes(value)) found++;
    }
  }
  expect(told).toBe(162);
  expect(found / told).toBeGreaterThanOrEqual(0.5);
});
