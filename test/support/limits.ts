/**
 * How many milliseconds anything may take before it counts as hung. These end what would never end,
 * and judge nothing: a machine many times slower than ours stays far below them.
 */
export const limits = {
  /** One condition that a test waits for. */
  wait: 120_000,
  test: 300_000,
  hook: 300_000,
  /** A test of `npm run test:long`. */
  longTest: 1_200_000,
} as const;

/** How many milliseconds lie between two looks at a condition. */
export const LOOK_MILLISECONDS = 25;
