import { globSync, readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { LOOK_MILLISECONDS, limits } from './test/support/limits.ts';
import { LONG, VOLUMES } from './test/support/volumes.ts';

const hosts = ['test/local/**/*.test.ts', 'test/journey/**/*.test.ts'];

/** The files that have a long form: those that make volumes, or try properties. */
function longFiles(): string[] {
  return globSync('test/**/*.test.ts').filter((file) =>
    /from '(?:[./]+\/support\/volumes\.ts|fast-check)'/.test(readFileSync(file, 'utf8')),
  );
}

export default defineConfig(({ mode }) => {
  const isLong = mode === LONG;
  const shared = {
    testTimeout: isLong ? limits.longTest : limits.test,
    hookTimeout: isLong ? limits.longTest : limits.hook,
    expect: { poll: { timeout: limits.wait, interval: LOOK_MILLISECONDS } },
    env: { [VOLUMES]: isLong ? LONG : '' },
    setupFiles: ['test/support/leave-nothing.ts', ...(isLong ? ['test/support/more-runs.ts'] : [])],
  };

  /**
   * Files of one project share their workers: loading the AWS SDK and the CDK once for each file
   * would cost as much as all tests together. `leaveNothing` holds each file to the price of that.
   * Hosts exchange the environment and the clock while they run, so nobody else is in their process.
   */
  function project(name: string, include: string[], exclude: string[] = []) {
    return { test: { ...shared, name, include, exclude, isolate: false } };
  }

  return {
    test: {
      pool: 'forks',
      // One core is left idle otherwise on a machine with two.
      maxWorkers: 2,
      // Begun in the order of their names: the long waits of hosts do not come last, alone.
      projects: isLong
        ? [project('long', longFiles())]
        : [project('hosts', hosts), project('parts', ['test/**/*.test.ts'], hosts)],
    },
  };
});
