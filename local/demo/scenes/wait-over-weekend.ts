import { accepted, command, resolve } from '../agent-actions.ts';
import { quotationOf, threaded } from '../answer-mail.ts';
import { caseOf, untilStatus, whereabouts } from '../demo-context.ts';
import { spoken, tokyoTime } from '../format-time.ts';
import { fateOf, mail, mailAbout } from '../submit-mail.ts';
import { dueOf, readLevels, type TimedStage, untilClock } from '../timed-demo-context.ts';
import { takeForm } from './submit-morning-inquiries.ts';

interface Account {
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

/** Who holds an inquiry is warned when most of the time for a first answer is over. */
export async function warnHolder(stage: TimedStage): Promise<void> {
  const { tell, outcome } = stage;
  await takeForm(stage);
  const one = caseOf(stage, NAME);
  const holder = await accepted(stage, one);
  const due = await dueOf(stage, one, 'first_response');
  const { nextWarning } = await accountOf(stage, one.id, 'first_response');
  if (nextWarning === undefined) throw new Error('No warning is to come.');
  outcome(`first_response is due ${tokyoTime(due)}; the lunch break does not count`);
  tell(holder, 'is busy with something else');
  stage.passTo(nextWarning.at);
  await untilClock(stage, one, 'first_response', ({ warned }) => (warned ?? []).length > 0);
  const warned = await mailAbout(stage, { ...one, requester: holder }, isWarning);
  if (warned === undefined) throw new Error(`${holder} was not warned by mail.`);
  outcome(`warned by mail at ${nextWarning.percent} %: ${warned.headers['subject']}`);
}

function isWarning({ text }: { readonly text: string }): boolean {
  return /first response|初回/i.test(text);
}

/** The requester is asked on Friday and answers on Tuesday: nothing of that counts. */
export async function askBeforeWeekend(stage: TimedStage): Promise<void> {
  const { tell, outcome } = stage;
  const one = caseOf(stage, NAME);
  const before = await dueOf(stage, one, 'resolution');
  stage.passMinutes(10);
  const { agent } = await readLevels(stage, one);
  const holder = agent?.sub?.replace(/^demo-/, '') ?? 'lead-1';
  const question = '上長の承認番号を教えてください。';
  await command(stage, holder, one, 'wait', { message: question });
  tell(holder, `asks back, and waits for the answer: ${question}`);
  const { elapsed } = await untilClock(
    stage,
    one,
    'first_response',
    ({ state }) => state === 'met',
  );
  outcome(`first_response met after ${spoken(elapsed ?? '')}`);
  await untilClock(stage, one, 'resolution', ({ state }) => state === 'paused');
  outcome(`resolution was due ${tokyoTime(before)}; now it stands still, and has no deadline`);
  const isQuestion = ({ text }: { readonly text: string }) => text.includes(question);
  const asked = await mailAbout(stage, one, isQuestion);
  if (asked === undefined) throw new Error('The question did not reach the requester.');

  stage.passTo(AFTER_HOLIDAY, 'a weekend and a holiday pass');
  tell('employee-1', 'answers by mail');
  const reply = await mail(stage, {
    ...threaded(stage, one, asked),
    label: 'answer after the weekend',
    from: 'employee-1',
    text: `承認番号は A-1123 です。\n\n${quotationOf(asked)}\n`,
    fate: 'continued',
  });
  await fateOf(stage, reply);
  outcome(whereabouts(await untilStatus(stage, one, ['in_progress'])));
  outcome(`resolution is due ${tokyoTime(await dueOf(stage, one, 'resolution'))}`);
}

/** Every second from the beginning until now is accounted for. */
export async function explainResolution(stage: TimedStage): Promise<void> {
  const { tell, outcome } = stage;
  const one = caseOf(stage, NAME);
  const who = await accepted(stage, one);
  stage.passMinutes(60);
  await resolve(stage, who, one, { message: 'アカウントを作成しました。' });
  const { elapsed, target, stretches } = await accountOf(stage, one.id, 'resolution');
  tell('lead-1', `asks for the account of resolution of ${one.number}`);
  for (const { from, to, state, counted } of stretches) {
    const time = state === 'counting' ? spoken(counted) : '';
    outcome(`${tokyoTime(from)} to ${tokyoTime(to)}  ${state.padEnd(13)} ${time}`.trimEnd());
  }
  outcome(`in all ${spoken(elapsed)} of ${spoken(target.duration)}, by ${target.calendar}`);
}

function accountOf({ door }: TimedStage, id: string, clock: string): Promise<Account> {
  return door.ask<Account>('lead-1', 'GET', `/v1/inquiries/${id}/clocks/${clock}/explain`);
}
