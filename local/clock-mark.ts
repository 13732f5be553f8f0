import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { HostClock } from './clock.ts';

/** The host's clock is behind the latest time recorded in the data directory. */
export class ClockBehindError extends Error {
  override readonly name = 'ClockBehindError';
}

/** A system's clock is corrected now and then; going back this far confuses nothing. */
const TOLERANCE_MILLISECONDS = 60_000;
/** By the clock; what a killed host could not mark any more is within the tolerance. */
const MARK_MILLISECONDS = 10_000;

/**
 * Keeps the latest time of a data directory in a file, so that no host starts earlier than that:
 * leases, alarms and dates from the future would stand still until the clock had caught up.
 * @throws ClockBehindError when the mark is later than the clock
 */
export function maintainClockMark(file: string, folder: string, clock: HostClock): () => void {
  const latest = readMark(file);
  if (latest !== undefined && clock.now() < latest - TOLERANCE_MILLISECONDS) {
    const then = new Date(latest).toISOString();
    throw new ClockBehindError(
      `In ${folder} it has been ${then} already, and this host's clock shows ${clock.date().toISOString()}.\n` +
        'A clock that goes back would confuse what is there. Start with --data <other>, from nothing with --fresh, ' +
        `or where it was left with --at ${then}.`,
    );
  }
  const mark = (): void => {
    // Written whole or not at all, even when the host is killed.
    writeFileSync(`${file}.new`, clock.date().toISOString());
    renameSync(`${file}.new`, file);
  };
  mark();
  const timer = setInterval(mark, MARK_MILLISECONDS / clock.speed);
  const endShifts = clock.onShift(mark);
  return () => {
    clearInterval(timer);
    endShifts();
    mark();
  };
}

function readMark(file: string): number | undefined {
  try {
    const latest = Date.parse(readFileSync(file, 'utf8'));
    return Number.isNaN(latest) ? undefined : latest;
  } catch {
    return undefined;
  }
}
