import { defineConfig } from 'vitest/config';

// Files that start engines or synthesize a stack take a few seconds on a busy two-core machine.
const patience = { testTimeout: 30_000, hookTimeout: 60_000 };

export default defineConfig({
  test: {
    ...patience,
    pool: 'forks',
    // One core is left idle otherwise on a machine with two.
    maxWorkers: 2,
    projects: [
      {
        test: {
          ...patience,
          name: 'core',
          // Pure functions, which leave nothing behind: loading them once saves most of the time.
          include: ['test/core/**/*.test.ts'],
          isolate: false,
        },
      },
      {
        test: {
          ...patience,
          name: 'system',
          include: ['test/**/*.test.ts'],
          exclude: ['test/core/**'],
        },
      },
    ],
  },
});
