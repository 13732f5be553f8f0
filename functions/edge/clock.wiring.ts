import { setTimeout } from 'node:timers/promises';
import { type Instant, instantOf } from '../../core/inquiry/values/ids.ts';

/** The clock of a process, and waiting by it. */
type ProcessClock = {
  /** Milliseconds since 1970. */
  now(): number;
  pause(milliseconds: number): Promise<void>;
};

/**
 * A host that runs the functions in its own process, for demonstrations and tests, puts its clock
 * here; nothing does on AWS.
 */
const CLOCK = Symbol.for('toritsugi.clock');

const systemClock: ProcessClock = {
  now: () => Date.now(),
  pause: (milliseconds) => setTimeout(milliseconds),
};

function currentClock(): ProcessClock {
  return (globalThis as { [CLOCK]?: ProcessClock })[CLOCK] ?? systemClock;
}

/** The one clock of all functions, in milliseconds since 1970. */
export function epochMilliseconds(): number {
  return currentClock().now();
}

/** The one clock of all functions. */
export function now(): Instant {
  return instantOf(epochMilliseconds());
}

/** Waits until so many milliseconds have passed on the clock of all functions. */
export function pause(milliseconds: number): Promise<void> {
  return currentClock().pause(milliseconds);
}
