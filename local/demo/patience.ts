import { setTimeout as sleep } from 'node:timers/promises';

/** The host gave no answer: it is down, starting, or was killed before it had answered. */
export class Away extends Error {
  override readonly name = 'Away';
}

/** What was waited for did not come in time. */
export class NeverCame extends Error {
  override readonly name = 'NeverCame';
}

export interface Patience {
  /** Tries again while the host is away, for up to a minute; then the last `Away` is thrown. */
  through<T>(attempt: () => Promise<T>): Promise<T>;
  /**
   * Looks again and again until something is there.
   *
   * The seconds count from the host's return where it was away meanwhile.
   */
  until<T>(wanted: string, look: () => Promise<T | undefined>, seconds?: number): Promise<T>;
  /** How often the host was away. */
  readonly absences: number;
}

const AWAY_SECONDS = 60;
const PAUSE_MILLISECONDS = 250;
/** Longer than the minute after which what waits is announced again, whatever was lost. */
const UNTIL_SECONDS = 90;

/** Bears with a host that is killed and started again. */
export function makePatience(tell: (line: string) => void): Patience {
  let awaySince: number | undefined;
  let backAt = 0;
  let absences = 0;

  function noteAbsence(): number {
    if (awaySince === undefined) {
      awaySince = Date.now();
      absences += 1;
      tell(`The host does not answer. Waiting for it, for up to ${AWAY_SECONDS} s.`);
    }
    return awaySince;
  }

  function notePresence(): void {
    if (awaySince === undefined) return;
    backAt = Date.now();
    tell(`The host is back after ${((backAt - awaySince) / 1000).toFixed(1)} s; going on.`);
    awaySince = undefined;
  }

  async function through<T>(attempt: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        const result = await attempt();
        notePresence();
        return result;
      } catch (error) {
        if (!(error instanceof Away)) {
          notePresence();
          throw error;
        }
        if (Date.now() - noteAbsence() > AWAY_SECONDS * 1000) throw error;
        await sleep(PAUSE_MILLISECONDS);
      }
    }
  }

  return {
    through,
    until: async (wanted, look, seconds = UNTIL_SECONDS) => {
      const begun = Date.now();
      for (;;) {
        const found = await look();
        if (found !== undefined) return found;
        if (Date.now() > Math.max(begun, backAt) + seconds * 1000) {
          throw new NeverCame(`${wanted} did not come within ${seconds} s.`);
        }
        await sleep(PAUSE_MILLISECONDS);
      }
    },
    get absences() {
      return absences;
    },
  };
}
