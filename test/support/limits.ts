/**
 * How many milliseconds anything may take before it counts as hung. They only end what would never
 * end: a machine many times slower than ours stays far below them.
 */
export const limits = {
  /** One condition that a test waits for. */
  wait: 120_000,
  test: 300_000,
  hook: 300_000,
  /** A test of `npm run test:long`. */
  longTest: 1_200_000,
} as const;

/** How many milliseconds lie between two checks of a condition. */
export const LOOK_MILLISECONDS = 25;
