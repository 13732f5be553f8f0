import { defineConfig } from 'vitest/config';

// Files that start engines or synthesize a stack take a few seconds on a busy two-core machine.
const patience = { testTimeout: 30_000, hookTimeout: 60_000 };

const core = ['test/core/**/*.test.ts'];
const hosts = ['test/local/**/*.test.ts', 'test/journey/**/*.test.ts'];

/**
 * Files of one project share their workers: loading the AWS SDK and the CDK once for each file
 * would cost as much as all tests together. `leaveNothing` holds each file to the price of that.
 * Hosts exchange the environment and the clock while they run, so nobody else is in their process.
 */
function project(name: string, include: string[], exclude: string[] = []) {
  const setupFiles = ['test/support/leave-nothing.ts'];
  return { test: { ...patience, name, include, exclude, setupFiles, isolate: false } };
}

export default defineConfig({
  test: {
    ...patience,
    pool: 'forks',
    // One core is left idle otherwise on a machine with two.
    maxWorkers: 2,
    // Begun in the order of their names: the long waits of hosts do not come last, alone.
    projects: [
      project('core', core),
      project('hosts', hosts),
      project('parts', ['test/**/*.test.ts'], [...core, ...hosts]),
    ],
  },
});
