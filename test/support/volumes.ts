/*
 * What is dear in great numbers comes in small ones in `npm test`, and whole in
 * `npm run test:long`.
 */

/** The mode of vitest in which the numbers are whole, and the variable that tells the tests of it. */
export const LONG = 'long';
export const VOLUMES = 'TEST_VOLUMES';

const isWhole = process.env[VOLUMES] === LONG;

/** How much more often properties are tried in the long run. */
export const MORE_RUNS = 10;

/** How many of something a test makes. */
export function volume({ small, whole }: { readonly small: number; readonly whole: number }) {
  return isWhole ? whole : small;
}

/** How often a property is tried in `npm test`, and so many times `MORE_RUNS` in the long run. */
export function runs(numRuns: number): { readonly numRuns: number } {
  return { numRuns: isWhole ? numRuns * MORE_RUNS : numRuns };
}
