/**
 * Names of placement steps in a trace, beside the rules' own ids.
 *
 * An `overflow` entry that does not match says why the inquiry was not passed on.
 */
export const placementRules = [
  'missing-desk',
  'missing-pool',
  'missing-policy',
  'pool',
  'contract-category',
  'contract-volume',
  'contract-coverage',
  'hold',
  'overflow',
  'last-resort',
] as const;
export type PlacementRule = (typeof placementRules)[number];

/**
 * What a placement reason may be about besides the facts of rules: something the stage lacks
 * (`missing: desk gone`), the choice from a pool (`pool: vendors share bpo-b`), a month's count
 * (`contract.volume: bpo 300 of 300`), the path of an overflow (`overflow: bpo staff`), and when a
 * desk opens (`held.until: 2026-11-24T00:00:00.000Z`).
 */
export const placementFacts = [
  'missing',
  'pool',
  'contract.volume',
  'overflow',
  'held.until',
] as const;
