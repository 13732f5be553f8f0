import { setTimeout as sleep } from 'node:timers/promises';

/** The host gave no answer: it is down, starting, or was killed before it had answered. */
export class HostUnreachableError extends Error {
  override readonly name = 'HostUnreachableError';
}

/** An expected result did not come in time. */
export class WaitTimeoutError extends Error {
  override readonly name = 'WaitTimeoutError';
}

export interface WaitPolicy {
  /**
   * Retries while there is no answer, for up to a minute; then throws the last
   * `HostUnreachableError`.
   */
  retryWhileAway<T>(attempt: () => Promise<T>): Promise<T>;
  /**
   * Looks repeatedly until there is a result.
   *
   * If the host was away in the meantime, the seconds count from its return.
   */
  waitUntil<T>(
    description: string,
    look: () => Promise<T | undefined>,
    seconds?: number,
  ): Promise<T>;
}

const AWAY_SECONDS = 60;
const PAUSE_MILLISECONDS = 250;
/** Longer than the minute after which waiting work is announced again, whatever was lost. */
const UNTIL_SECONDS = 90;

/**
 * Makes a policy for waiting while a host is killed and started again.
 * @param isThere whether the host answers a trivial request
 */
export function makeWaitPolicy(
  tell: (line: string) => void,
  isThere: () => Promise<boolean>,
): WaitPolicy {
  let absence: Promise<void> | undefined;
  let backAt = 0;

  /**
   * Resolves when the host is back; after a minute, throws the failure that revealed its absence.
   */
  async function waitForReturn(failure: HostUnreachableError): Promise<void> {
    if (await isThere()) return;
    const startedAt = performance.now();
    tell(`The host does not answer. Waiting for it, for up to ${AWAY_SECONDS} s.`);
    while (!(await isThere())) {
      if (performance.now() - startedAt > AWAY_SECONDS * 1000) throw failure;
      await sleep(PAUSE_MILLISECONDS);
    }
    backAt = performance.now();
    tell(`The host is back after ${((backAt - startedAt) / 1000).toFixed(1)} s; going on.`);
  }

  return {
    retryWhileAway: async (attempt) => {
      const startedAt = performance.now();
      for (;;) {
        try {
          return await attempt();
        } catch (error) {
          if (!(error instanceof HostUnreachableError)) throw error;
          absence ??= waitForReturn(error).finally(() => {
            absence = undefined;
          });
          await absence;
          if (performance.now() > Math.max(startedAt, backAt) + AWAY_SECONDS * 1000) throw error;
          await sleep(PAUSE_MILLISECONDS);
        }
      }
    },
    waitUntil: async (description, look, seconds = UNTIL_SECONDS) => {
      const startedAt = performance.now();
      for (;;) {
        const result = await look();
        if (result !== undefined) return result;
        if (performance.now() > Math.max(startedAt, backAt) + seconds * 1000) {
          throw new WaitTimeoutError(`${description} did not come within ${seconds} s.`);
        }
        await sleep(PAUSE_MILLISECONDS);
      }
    },
  };
}
