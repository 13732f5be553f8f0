import { acceptOffer, resolveCase, sendCommand } from '../agent-actions.ts';
import { addressAnswer, quoteMail } from '../answer-mail.ts';
import { describeWhereabouts, findCase, waitForStatus } from '../demo-context.ts';
import { formatSpokenDuration, formatTokyoTime } from '../format-time.ts';
import { submitMail, waitForFate, waitForMailAbout } from '../submit-mail.ts';
import {
  readDueAt,
  readServiceLevels,
  type TimedDemoContext,
  waitForClock,
} from '../timed-demo-context.ts';
import { submitAccountRequest } from './submit-morning-inquiries.ts';

interface ClockAccountView {
  readonly elapsed: string;
  readonly target: { readonly duration: string; readonly calendar: string };
  readonly stretches: readonly {
    readonly from: string;
    readonly to: string;
    readonly state: string;
    readonly counted: string;
  }[];
  readonly nextWarning?: { readonly percent: number; readonly at: string };
}

const NAME = 'form';
/** A Tuesday: the Monday after the weekend is a holiday. */
const AFTER_HOLIDAY = '2026-11-24T10:00:00+09:00';

/**
 * Plays a warning to the holder of an inquiry, when most of the time for a first answer is over.
 */
export async function warnHolder(context: TimedDemoContext): Promise<void> {
  const { tell, outcome } = context;
  await submitAccountRequest(context);
  const one = findCase(context, NAME);
  const holder = await acceptOffer(context, one);
  const due = await readDueAt(context, one, 'first_response');
  const { nextWarning } = await readClockAccount(context, one.id, 'first_response');
  if (nextWarning === undefined) throw new Error('No warning is to come.');
  outcome(`first_response is due ${formatTokyoTime(due)}; the lunch break does not count`);
  tell(holder, 'is busy with something else');
  context.advanceTo(nextWarning.at);
  await waitForClock(context, one, 'first_response', ({ warned }) => (warned ?? []).length > 0);
  const warningMail = await waitForMailAbout(context, { ...one, requester: holder }, isWarning);
  if (warningMail === undefined) throw new Error(`${holder} was not warned by mail.`);
  outcome(`warned by mail at ${nextWarning.percent} %: ${warningMail.headers['subject']}`);
}

function isWarning({ text }: { readonly text: string }): boolean {
  return /first response|初回/i.test(text);
}

/** Plays a question on Friday that is answered on Tuesday: no time counts in between. */
export async function askBeforeWeekend(context: TimedDemoContext): Promise<void> {
  const { tell, outcome } = context;
  const one = findCase(context, NAME);
  const before = await readDueAt(context, one, 'resolution');
  context.advanceMinutes(10);
  const { agent } = await readServiceLevels(context, one);
  const holder = agent?.sub?.replace(/^demo-/, '') ?? 'lead-1';
  const question = '上長の承認番号を教えてください。';
  await sendCommand(context, holder, one, 'wait', { message: question });
  tell(holder, `asks back, and waits for the answer: ${question}`);
  const { elapsed } = await waitForClock(
    context,
    one,
    'first_response',
    ({ state }) => state === 'met',
  );
  outcome(`first_response met after ${formatSpokenDuration(elapsed ?? '')}`);
  await waitForClock(context, one, 'resolution', ({ state }) => state === 'paused');
  outcome(
    `resolution was due ${formatTokyoTime(before)}; now it stands still, and has no deadline`,
  );
  const isQuestion = ({ text }: { readonly text: string }) => text.includes(question);
  const questionMail = await waitForMailAbout(context, one, isQuestion);
  if (questionMail === undefined) throw new Error('The question did not reach the requester.');

  context.advanceTo(AFTER_HOLIDAY, 'a weekend and a holiday pass');
  tell('employee-1', 'answers by mail');
  const reply = await submitMail(context, {
    ...addressAnswer(context, one, questionMail),
    label: 'answer after the weekend',
    from: 'employee-1',
    text: `承認番号は A-1123 です。\n\n${quoteMail(questionMail)}\n`,
    fate: 'continued',
  });
  await waitForFate(context, reply);
  outcome(describeWhereabouts(await waitForStatus(context, one, ['in_progress'])));
  outcome(`resolution is due ${formatTokyoTime(await readDueAt(context, one, 'resolution'))}`);
}

/** Prints how every second from the beginning until now is accounted for. */
export async function explainResolution(context: TimedDemoContext): Promise<void> {
  const { tell, outcome } = context;
  const one = findCase(context, NAME);
  const who = await acceptOffer(context, one);
  context.advanceMinutes(60);
  await resolveCase(context, who, one, { message: 'アカウントを作成しました。' });
  const { elapsed, target, stretches } = await readClockAccount(context, one.id, 'resolution');
  tell('lead-1', `asks for the account of resolution of ${one.number}`);
  for (const { from, to, state, counted } of stretches) {
    const time = state === 'counting' ? formatSpokenDuration(counted) : '';
    outcome(
      `${formatTokyoTime(from)} to ${formatTokyoTime(to)}  ${state.padEnd(13)} ${time}`.trimEnd(),
    );
  }
  outcome(
    `in all ${formatSpokenDuration(elapsed)} of ${formatSpokenDuration(target.duration)}, by ${target.calendar}`,
  );
}

function readClockAccount(
  { api }: TimedDemoContext,
  id: string,
  clock: string,
): Promise<ClockAccountView> {
  return api.request<ClockAccountView>(
    'lead-1',
    'GET',
    `/v1/inquiries/${id}/clocks/${clock}/explain`,
  );
}
