import { randomInt } from 'node:crypto';
import { isAnswering, openApiClient } from './api-client.ts';
import type { DemoContext } from './demo-context.ts';
import { openMailClient } from './mail-client.ts';
import { HostUnreachableError, makeWaitPolicy } from './wait-policy.ts';

/** A host to play the demo against, through its HTTP and SMTP endpoints alone. */
export interface DemoOptions {
  /** Base URL of the HTTP API, without a trailing slash. */
  readonly url: string;
  readonly smtpPort: number;
  /** An access token of a demonstration person. */
  readonly token: (person: string) => string;
  readonly print: (line: string) => void;
}

/** The first help address of stage `local`. */
const HELP_ADDRESS = 'help@toritsugi.example';

/**
 * Makes the context that the scenes of a run share.
 * @param now the time by the host's clock
 * @param stamp what stands before each line
 */
export function makeDemoContext(
  { url, smtpPort, token, print }: DemoOptions,
  now: () => Date,
  stamp: () => string,
): DemoContext {
  const since = now();
  const run = randomInt(36 ** 4, 36 ** 5).toString(36);
  const tell = (who: string, what: string): void => {
    print(`${stamp()}  ${who.padEnd(11)}  ${what}`);
  };
  const isThere = () => isAnswering(`${url}/health`);
  const waitPolicy = makeWaitPolicy((line) => tell('(the host)', line), isThere);
  const tokens = new Map<string, string>();
  const tokenOf = (person: string): string => {
    const known = tokens.get(person) ?? token(person);
    tokens.set(person, known);
    return known;
  };
  const api = openApiClient({ url, token: tokenOf, waitPolicy, run });
  const indent = ' '.repeat(stamp().length + 15);
  return {
    run,
    helpAddress: HELP_ADDRESS,
    since,
    now,
    api,
    mailClient: openMailClient({ smtpPort, api, waitPolicy, since }),
    waitPolicy,
    inputs: [],
    cases: new Map(),
    tell,
    outcome: (what) => print(`${indent}→ ${what}`),
  };
}

/**
 * Makes a runner that plays scenes; a scene that fails is recorded as a fault, and the next is
 * played all the same.
 */
export function makeSceneRunner(print: (line: string) => void) {
  const faults: string[] = [];
  return {
    faults,
    runScene: async <T>(title: string, play: () => Promise<T>): Promise<T | undefined> => {
      print(`\n${title}`);
      try {
        return await play();
      } catch (error) {
        if (error instanceof HostUnreachableError) throw error;
        const fault = `${title}: ${error instanceof Error ? error.message : String(error)}`;
        faults.push(fault);
        print(`  !  ${fault}`);
        return undefined;
      }
    },
  };
}
