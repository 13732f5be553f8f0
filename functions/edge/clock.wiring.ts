import { setTimeout } from 'node:timers/promises';
import { type Instant, instantOf } from '../../core/inquiry/values/ids.ts';

/** Time as functions see it, and waiting in it. */
type ProcessClock = {
  /** Milliseconds since 1970. */
  now(): number;
  pause(milliseconds: number): Promise<void>;
};

/**
 * Where a host that runs the functions in its own process puts its clock, for demonstrations and
 * tests; nothing does on AWS.
 */
const CLOCK = Symbol.for('toritsugi.clock');

const system: ProcessClock = {
  now: () => Date.now(),
  pause: (milliseconds) => setTimeout(milliseconds),
};

function clock(): ProcessClock {
  return (globalThis as { [CLOCK]?: ProcessClock })[CLOCK] ?? system;
}

/** The one clock of all functions, in milliseconds since 1970. */
export function epochMilliseconds(): number {
  return clock().now();
}

/** The one clock of all functions. */
export function now(): Instant {
  return instantOf(epochMilliseconds());
}

/** Waits until so many milliseconds have passed on the clock of all functions. */
export function pause(milliseconds: number): Promise<void> {
  return clock().pause(milliseconds);
}
