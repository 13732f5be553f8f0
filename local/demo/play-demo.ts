import { type DemoOptions, makeDemoContext, makeSceneRunner } from './make-demo-context.ts';
import { claimAndAbandon, reofferInquiry } from './scenes/abandon-claim.ts';
import { answerAcknowledgement, answerAndResolve, askBack } from './scenes/answer-by-mail.ts';
import { callCallerBack, handOverInquiry, provideAccount } from './scenes/hand-over-inquiry.ts';
import { judgeQuarantine } from './scenes/judge-quarantine.ts';
import { reconcileReceipts } from './scenes/reconcile-receipts.ts';
import { reportPresence } from './scenes/report-presence.ts';
import {
  logMorningCalls,
  submitAccountRequest,
  submitMorningMails,
} from './scenes/submit-morning-inquiries.ts';

/**
 * Plays a morning at a help desk against a running host, through SMTP and HTTP alone.
 * @returns what is unaccounted for, doubled, or otherwise wrong; empty when all is well
 */
export async function playDemo(options: DemoOptions): Promise<string[]> {
  const startedAt = performance.now();
  const seconds = () => `${Math.round((performance.now() - startedAt) / 1000)} s`.padStart(6);
  const context = makeDemoContext(options, await readHostClock(options), seconds);
  const { print } = options;
  const { runScene, faults } = makeSceneRunner(print);
  print(`A morning at the help desk. This run is #${context.run}; its subjects end with that.`);
  await runScene('The desks open', () => reportPresence(context));
  const fence = await runScene('A mail, and an operator who vanishes', () =>
    claimAndAbandon(context),
  );
  await runScene('The post', () => submitMorningMails(context));
  await runScene('A form', () => submitAccountRequest(context));
  await runScene('The phone', () => logMorningCalls(context));
  await runScene('Two answers to an acknowledgement', () => answerAcknowledgement(context));
  await runScene('A call back, the most urgent first', () => callCallerBack(context));
  await runScene('An answer, a thank-you, a rating', () => answerAndResolve(context));
  await runScene('A handover to staff', () => handOverInquiry(context));
  await runScene('A question back', () => askBack(context));
  await runScene('An account', () => provideAccount(context));
  await runScene('The quarantine', () => judgeQuarantine(context));
  if (fence !== undefined) {
    await runScene('The operator who vanished', () => reofferInquiry(context, fence));
  }
  return [...faults, ...(await reconcileReceipts(context, print))];
}

/** A host that was started with `--at` dates its answers by its own clock, to the second. */
async function readHostClock({ url }: DemoOptions): Promise<() => Date> {
  const response = await fetch(`${url}/health`);
  const ahead = Date.parse(response.headers.get('date') ?? '') - Date.now();
  const isReal = Number.isNaN(ahead) || Math.abs(ahead) < 2000;
  return () => new Date(Date.now() + (isReal ? 0 : ahead));
}
