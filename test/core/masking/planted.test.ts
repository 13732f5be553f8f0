import { expect, test } from 'vitest';
import { maskText } from '../../../core/masking/mask-text.ts';
import { defaultMaskingPolicy } from '../../../core/masking/masking-policy.ts';
import { volume } from '../../support/volumes.ts';
import { isLegible, plantText, SeededRandom } from './plant-secrets.ts';

const texts = volume({ small: 2_000, whole: 10_000 });

test(`no planted card, My Number, key, password, phone or address is left in ${texts} texts`, () => {
  const seededRandom = new SeededRandom(20261122);
  const left: string[] = [];
  const kinds = new Map<string, number>();
  for (let count = 0; count < texts; count++) {
    const { text, planted } = plantText(seededRandom);
    expect(planted.every((plant) => isLegible(plant, text))).toBe(true);
    const masked = maskText(text, defaultMaskingPolicy).text;
    for (const plant of planted) {
      kinds.set(plant.kind, (kinds.get(plant.kind) ?? 0) + 1);
      if (isLegible(plant, masked)) left.push(`${plant.kind}: ${plant.written}`);
    }
  }
  expect(left).toEqual([]);
  // There are enough secrets of each kind for the counts to mean something.
  expect(Math.min(...kinds.values())).toBeGreaterThan(texts / 20);
  expect(kinds.size).toBe(7);
});
