import { expect, test } from 'vitest';
import { maskText } from '../../../core/masking/mask-text.ts';
import { defaultMaskingPolicy } from '../../../core/masking/masking-policy.ts';
import { readSamples } from './read-samples.ts';

const texts = [...readSamples('ordinary-ja.txt'), ...readSamples('ordinary-en.txt')];

test('under 1 % of ordinary texts, and of their characters, are masked for nothing', () => {
  expect(texts.length).toBeGreaterThanOrEqual(600);
  let [wrong, hidden, characters] = [0, 0, 0];
  for (const text of texts) {
    const { text: masked, spans } = maskText(text, defaultMaskingPolicy);
    const marks = spans.reduce((sum, { start, end }) => sum + end - start, 0);
    if (spans.length > 0) wrong++;
    hidden += text.length - (masked.length - marks);
    characters += text.length;
  }
  expect(wrong / texts.length).toBeLessThan(0.01);
  expect(hidden / characters).toBeLessThan(0.01);
});
