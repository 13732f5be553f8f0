/**
 * Names that traces give to what placing does, beside the rules' own ids.
 *
 * An entry of `overflow` that does not match says why the inquiry stays where it would have gone on.
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
 * What a reason of placing may be about besides the facts of rules: the thing that the stage has
 * not (`missing: desk gone`), the choice of a pool (`pool: vendors share bpo-b`), a month's count
 * (`contract.volume: bpo 300 of 300`), the way of an overflow (`overflow: bpo staff`), and when a
 * desk opens (`held.until: 2026-11-24T00:00:00.000Z`).
 */
export const placementFacts = [
  'missing',
  'pool',
  'contract.volume',
  'overflow',
  'held.until',
] as const;
