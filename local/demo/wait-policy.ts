import { setTimeout as sleep } from 'node:timers/promises';

/** The host gave no answer: it is down, starting, or was killed before it had answered. */
export class HostUnreachableError extends Error {
  override readonly name = 'HostUnreachableError';
}

/** What was waited for did not come in time. */
export class WaitTimeoutError extends Error {
  override readonly name = 'WaitTimeoutError';
}

export interface WaitPolicy {
  /** Tries again while there is no answer, for up to a minute; then the last `Away` is thrown. */
  retryWhileAway<T>(attempt: () => Promise<T>): Promise<T>;
  /**
   * Looks again and again until something is there.
   *
   * The seconds count from the host's return where it was away meanwhile.
   */
  waitUntil<T>(wanted: string, look: () => Promise<T | undefined>, seconds?: number): Promise<T>;
}

const AWAY_SECONDS = 60;
const PAUSE_MILLISECONDS = 250;
/** Longer than the minute after which what waits is announced again, whatever was lost. */
const UNTIL_SECONDS = 90;

/**
 * Bears with a host that is killed and started again.
 * @param isThere whether the host answers a question that takes no time.
 */
export function makeWaitPolicy(
  tell: (line: string) => void,
  isThere: () => Promise<boolean>,
): WaitPolicy {
  let absence: Promise<void> | undefined;
  let backAt = 0;

  /** Settles when the host is there; throws the failure that told of its absence after a minute. */
  async function returned(failure: HostUnreachableError): Promise<void> {
    if (await isThere()) return;
    const begun = performance.now();
    tell(`The host does not answer. Waiting for it, for up to ${AWAY_SECONDS} s.`);
    while (!(await isThere())) {
      if (performance.now() - begun > AWAY_SECONDS * 1000) throw failure;
      await sleep(PAUSE_MILLISECONDS);
    }
    backAt = performance.now();
    tell(`The host is back after ${((backAt - begun) / 1000).toFixed(1)} s; going on.`);
  }

  return {
    retryWhileAway: async (attempt) => {
      const begun = performance.now();
      for (;;) {
        try {
          return await attempt();
        } catch (error) {
          if (!(error instanceof HostUnreachableError)) throw error;
          absence ??= returned(error).finally(() => {
            absence = undefined;
          });
          await absence;
          if (performance.now() > Math.max(begun, backAt) + AWAY_SECONDS * 1000) throw error;
          await sleep(PAUSE_MILLISECONDS);
        }
      }
    },
    waitUntil: async (wanted, look, seconds = UNTIL_SECONDS) => {
      const begun = performance.now();
      for (;;) {
        const found = await look();
        if (found !== undefined) return found;
        if (performance.now() > Math.max(begun, backAt) + seconds * 1000) {
          throw new WaitTimeoutError(`${wanted} did not come within ${seconds} s.`);
        }
        await sleep(PAUSE_MILLISECONDS);
      }
    },
  };
}
