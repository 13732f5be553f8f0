import { type DemoOptions, openPlay, setStage } from './make-demo-context.ts';
import { claimAndVanish, offerAgain } from './scenes/abandon-claim.ts';
import { answerAcknowledgement, answerAndResolve, askBack } from './scenes/answer-by-mail.ts';
import { callBack, handOver, provideAccount } from './scenes/hand-over-inquiry.ts';
import { judgeQuarantine } from './scenes/judge-quarantine.ts';
import { balance } from './scenes/reconcile-receipts.ts';
import { arrive } from './scenes/report-presence.ts';
import { takeCalls, takeForm, takeMail } from './scenes/submit-morning-inquiries.ts';

/**
 * Plays a morning at a help desk against a running host, through SMTP and HTTP alone.
 * @returns what is unaccounted for, doubled, or not as it should be; empty when all is well.
 */
export async function playDemo(options: DemoOptions): Promise<string[]> {
  const begun = performance.now();
  const seconds = () => `${Math.round((performance.now() - begun) / 1000)} s`.padStart(6);
  const stage = setStage(options, await clockOf(options), seconds);
  const { print } = options;
  const { scene, faults } = openPlay(print);
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

/** A host that was started with `--at` dates its answers by its own clock, to the second. */
async function clockOf({ url }: DemoOptions): Promise<() => Date> {
  const response = await fetch(`${url}/health`);
  const ahead = Date.parse(response.headers.get('date') ?? '') - Date.now();
  const isReal = Number.isNaN(ahead) || Math.abs(ahead) < 2000;
  return () => new Date(Date.now() + (isReal ? 0 : ahead));
}
