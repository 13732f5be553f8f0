import { afterAll, expect } from 'vitest';

const environment = readEnvironment();
const { fetch: network, setTimeout: timer, Date: time } = globalThis;
/** Variables with which a host makes the functions use its clock. */
const clock = Symbol.for('toritsugi.clock');
const folder = process.cwd();

/** Test files share a process, so one that changes it for the next fails. */
afterAll(function leaveNothing() {
  expect(readEnvironment(), 'the environment after this file').toEqual(environment);
  expect(globalThis.Date, 'the time after this file').toBe(time);
  expect(clock in globalThis, "a host's clock after this file").toBe(false);
  expect(globalThis.fetch, 'the network after this file').toBe(network);
  expect(globalThis.setTimeout, 'the timers after this file').toBe(timer);
  expect(process.cwd(), 'the working directory after this file').toBe(folder);
});

function readEnvironment(): NodeJS.ProcessEnv {
  // Powertools sets it when it is first imported; no client of a test reads it.
  const { AWS_SDK_UA_APP_ID: _, ...others } = process.env;
  return others;
}
