import { claimAndConfirm, resolveCase, sendCommand } from '../agent-actions.ts';
import { type DemoCase, describeWhereabouts, waitForStatus } from '../demo-context.ts';
import { formatSpokenDuration, formatTokyoTime } from '../format-time.ts';
import { submitMail, tagSubject, waitForMailAbout, waitForOpenedCase } from '../submit-mail.ts';
import {
  readDueAt,
  readServiceLevels,
  type TimedDemoContext,
  waitForClock,
} from '../timed-demo-context.ts';

const NAME = 'urgent';
const SECOND = 1000;

/** Plays an urgent mail whose pickup at the outsourced desk is missed; the lead is notified. */
export async function missPickup(context: TimedDemoContext): Promise<void> {
  const { tell, outcome } = context;
  const submitted = await submitMail(context, {
    label: 'urgent',
    from: 'employee-1',
    subject: tagSubject(context, '至急: 会議室の複合機が動きません'),
    text: '10時半の会議の資料を印刷できません。至急お願いします。\n',
    fate: 'opened',
  });
  tell('employee-1', `mails: ${submitted.script.subject}`);
  const one = await waitForOpenedCase(context, submitted, NAME);
  outcome(describeWhereabouts(await waitForStatus(context, one, ['queued'])));
  for (const { clock, target, dueAt } of (await readServiceLevels(context, one)).clocks) {
    if (dueAt !== undefined)
      outcome(`${clock}: ${formatSpokenDuration(target)}, due ${formatTokyoTime(dueAt)}`);
  }
  tell('', 'nobody at the desk claims it');
  context.advanceTo(new Date(Date.parse(await readDueAt(context, one, 'pickup')) + 2 * SECOND));
  const missed = await waitForClock(
    context,
    one,
    'pickup',
    ({ detectedAt }) => detectedAt !== undefined,
  );
  outcome(
    `pickup missed at ${formatTokyoTime(missed.breachedAt ?? '')}, ` +
      `noticed at ${formatTokyoTime(missed.detectedAt ?? '')}`,
  );
  await acknowledgeEscalationMail(context, one);
  await answerLate(context, one);
}

/** Acknowledges as the lead by the link in the mail, so that nobody else is notified. */
async function acknowledgeEscalationMail(context: TimedDemoContext, one: DemoCase): Promise<void> {
  const { api, tell, outcome } = context;
  const escalationMail = await waitForMailAbout(
    context,
    { ...one, requester: 'lead-1' },
    () => true,
  );
  const link = /https?:\/\/\S+\/escalations\/\S+/.exec(escalationMail?.text ?? '')?.[0];
  if (escalationMail === undefined || link === undefined)
    throw new Error('The lead was not told by mail.');
  outcome(`mailed to lead-1: ${escalationMail.headers['subject']}`);
  const pageResponse = await api.fetch(link);
  const buttonResponse = await api.fetch(link, 'POST');
  tell('lead-1', 'follows the link in it, and acknowledges');
  if (!pageResponse.ok || !buttonResponse.ok) {
    throw new Error(
      `The link answered ${pageResponse.status}, and its button ${buttonResponse.status}.`,
    );
  }
  const acknowledged = (await readServiceLevels(context, one)).escalations?.find(
    (escalation) => escalation.acknowledged !== undefined,
  )?.acknowledged;
  if (acknowledged === undefined) throw new Error('The acknowledgement was not recorded.');
  outcome(`acknowledged by ${acknowledged.name}; nobody is told any further`);
}

async function answerLate(context: TimedDemoContext, one: DemoCase): Promise<void> {
  context.advanceMinutes(10);
  const { fence } = (await claimAndConfirm(context, 'operator-a1', one)).lease;
  const text = '予備の複合機(3階)をお使いください。修理を手配しました。';
  await sendCommand(context, 'operator-a1', one, 'messages', { kind: 'public', text, fence });
  context.tell('operator-a1', `answers: ${text}`);
  const states = (await readServiceLevels(context, one)).clocks.map(
    ({ clock, state, elapsed }) =>
      `${clock} ${state}${elapsed === undefined ? '' : ` after ${formatSpokenDuration(elapsed)}`}`,
  );
  context.outcome(states.join(', '));
  await resolveCase(context, 'operator-a1', one, { fence, silent: true });
}
