import { command, resolve, takeUp } from '../agent-actions.ts';
import { type Case, untilStatus, whereabouts } from '../demo-context.ts';
import { spoken, tokyoTime } from '../format-time.ts';
import { mail, mailAbout, openedBy, titled } from '../submit-mail.ts';
import { dueOf, readLevels, type TimedStage, untilClock } from '../timed-demo-context.ts';

const NAME = 'urgent';
const SECOND = 1000;

/** An urgent mail waits at the outsourced desk until its pickup is missed, and the lead is told. */
export async function missPickup(stage: TimedStage): Promise<void> {
  const { tell, outcome } = stage;
  const handed = await mail(stage, {
    label: 'urgent',
    from: 'employee-1',
    subject: titled(stage, '至急: 会議室の複合機が動きません'),
    text: '10時半の会議の資料を印刷できません。至急お願いします。\n',
    fate: 'opened',
  });
  tell('employee-1', `mails: ${handed.script.subject}`);
  const one = await openedBy(stage, handed, NAME);
  outcome(whereabouts(await untilStatus(stage, one, ['queued'])));
  for (const { clock, target, dueAt } of (await readLevels(stage, one)).clocks) {
    if (dueAt !== undefined) outcome(`${clock}: ${spoken(target)}, due ${tokyoTime(dueAt)}`);
  }
  tell('', 'nobody at the desk claims it');
  stage.passTo(new Date(Date.parse(await dueOf(stage, one, 'pickup')) + 2 * SECOND));
  const missed = await untilClock(
    stage,
    one,
    'pickup',
    ({ detectedAt }) => detectedAt !== undefined,
  );
  outcome(
    `pickup missed at ${tokyoTime(missed.breachedAt ?? '')}, ` +
      `noticed at ${tokyoTime(missed.detectedAt ?? '')}`,
  );
  await acknowledge(stage, one);
  await answerLate(stage, one);
}

/** The lead acknowledges by the link in the mail, so that nobody is told again. */
async function acknowledge(stage: TimedStage, one: Case): Promise<void> {
  const { door, tell, outcome } = stage;
  const told = await mailAbout(stage, { ...one, requester: 'lead-1' }, () => true);
  const link = /https?:\/\/\S+\/escalations\/\S+/.exec(told?.text ?? '')?.[0];
  if (told === undefined || link === undefined) throw new Error('The lead was not told by mail.');
  outcome(`mailed to lead-1: ${told.headers['subject']}`);
  const shown = await door.fetch(link);
  const pressed = await door.fetch(link, 'POST');
  tell('lead-1', 'follows the link in it, and acknowledges');
  if (!shown.ok || !pressed.ok) {
    throw new Error(`The link answered ${shown.status}, and its button ${pressed.status}.`);
  }
  const acknowledged = (await readLevels(stage, one)).escalations?.find(
    (escalation) => escalation.acknowledged !== undefined,
  )?.acknowledged;
  if (acknowledged === undefined) throw new Error('The acknowledgement was not recorded.');
  outcome(`acknowledged by ${acknowledged.name}; nobody is told any further`);
}

async function answerLate(stage: TimedStage, one: Case): Promise<void> {
  stage.passMinutes(10);
  const { fence } = (await takeUp(stage, 'operator-a1', one)).lease;
  const text = '予備の複合機(3階)をお使いください。修理を手配しました。';
  await command(stage, 'operator-a1', one, 'messages', { kind: 'public', text, fence });
  stage.tell('operator-a1', `answers: ${text}`);
  const states = (await readLevels(stage, one)).clocks.map(
    ({ clock, state, elapsed }) =>
      `${clock} ${state}${elapsed === undefined ? '' : ` after ${spoken(elapsed)}`}`,
  );
  stage.outcome(states.join(', '));
  await resolve(stage, 'operator-a1', one, { fence, silent: true });
}
