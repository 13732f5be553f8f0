/*
 * What is expensive in large numbers runs with small ones in `npm test`, and with all in
 * `npm run test:long`.
 */

/** The vitest mode with full numbers, and the variable that tells the tests about it. */
export const LONG = 'long';
export const VOLUMES = 'TEST_VOLUMES';

const isWhole = process.env[VOLUMES] === LONG;

/** How much more often properties are tried in the long run. */
export const MORE_RUNS = 10;

/** How many of something a test makes. */
export function volume({ small, whole }: { readonly small: number; readonly whole: number }) {
  return isWhole ? whole : small;
}

/** How often a property is tried in `npm test`; in the long run `MORE_RUNS` times as often. */
export function runs(numRuns: number): { readonly numRuns: number } {
  return { numRuns: isWhole ? numRuns * MORE_RUNS : numRuns };
}
