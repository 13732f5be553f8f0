import { randomInt } from 'node:crypto';
import { answers, openFrontDoor } from './front-door.ts';
import { Away, makePatience } from './patience.ts';
import { openPostOffice } from './post-office.ts';
import { arrive } from './scenes/arrive.ts';
import { balance } from './scenes/balance.ts';
import { answerAcknowledgement, answerAndResolve, askBack } from './scenes/converse.ts';
import { callBack, handOver, provideAccount } from './scenes/hand-over.ts';
import { judgeQuarantine } from './scenes/judge-quarantine.ts';
import { takeCalls, takeForm, takeMail } from './scenes/take-post.ts';
import { claimAndVanish, offerAgain } from './scenes/vanish.ts';
import type { Stage } from './stage.ts';

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
 * Plays a morning at a help desk against a running host, through SMTP and HTTP alone.
 * @returns what is unaccounted for, doubled, or not as it should be; empty when all is well.
 */
export async function playDemo(options: DemoOptions): Promise<string[]> {
  const stage = setStage(options);
  const { print } = options;
  const faults: string[] = [];
  const scene = async <T>(title: string, play: () => Promise<T>): Promise<T | undefined> => {
    print(`\n${title}`);
    try {
      return await play();
    } catch (error) {
      if (error instanceof Away) throw error;
      const told = `${title}: ${error instanceof Error ? error.message : String(error)}`;
      faults.push(told);
      print(`  !  ${told}`);
      return undefined;
    }
  };

  print(`A morning at the help desk. This run is #${stage.run}; its subjects end with that.`);
  await scene('The desks open', () => arrive(stage));
  const fence = await scene('A mail, and an operator who vanishes', () => claimAndVanish(stage));
  await scene('The post', () => takeMail(stage));
  await scene('A form', () => takeForm(stage));
  await scene('The phone', () => takeCalls(stage));
  await scene('Two answers to an acknowledgement', () => answerAcknowledgement(stage));
  await scene('A call back, the most urgent first', () => callBack(stage));
  await scene('An answer, a thank-you, a rating', () => answerAndResolve(stage));
  await scene('A handover to staff', () => handOver(stage));
  await scene('A question back', () => askBack(stage));
  await scene('An account', () => provideAccount(stage));
  await scene('The quarantine', () => judgeQuarantine(stage));
  if (fence !== undefined) {
    await scene('The operator who vanished', () => offerAgain(stage, fence));
  }
  return [...faults, ...(await balance(stage, print))];
}

function setStage({ url, smtpPort, token, print }: DemoOptions): Stage {
  const since = new Date();
  const run = randomInt(36 ** 4, 36 ** 5).toString(36);
  const begun = performance.now();
  const tell = (who: string, what: string): void => {
    const at = `${Math.round((performance.now() - begun) / 1000)} s`.padStart(6);
    print(`${at}  ${who.padEnd(11)}  ${what}`);
  };
  const isThere = () => answers(`${url}/health`);
  const patience = makePatience((line) => tell('(the host)', line), isThere);
  const tokens = new Map<string, string>();
  const tokenOf = (person: string): string => {
    const known = tokens.get(person) ?? token(person);
    tokens.set(person, known);
    return known;
  };
  const door = openFrontDoor({ url, token: tokenOf, patience, run });
  return {
    run,
    helpAddress: HELP_ADDRESS,
    door,
    post: openPostOffice({ smtpPort, door, patience, since }),
    patience,
    inputs: [],
    cases: new Map(),
    tell,
    outcome: (what) => print(`${' '.repeat(21)}→ ${what}`),
  };
}
