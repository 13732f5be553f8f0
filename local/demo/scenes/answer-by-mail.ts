import { command, resolve, takeUp } from '../agent-actions.ts';
import { quotationOf, threaded } from '../answer-mail.ts';
import { type Case, caseOf, type Stage, untilStatus, whereabouts } from '../demo-context.ts';
import type { SentMail } from '../mail-client.ts';
import { fateOf, mail, mailAbout, titled } from '../submit-mail.ts';

interface Message {
  readonly kind: string;
  readonly text: string;
  readonly fullText: string;
}

/** The requester and a machine of theirs answer our acknowledgement. */
export async function answerAcknowledgement(stage: Stage): Promise<void> {
  const { tell, outcome } = stage;
  const one = caseOf(stage, 'printer');
  const sent = await mailAbout(stage, one, isAutomatic);
  const told = sent?.headers['subject'] ?? 'nothing yet, as after many mails; see the host';
  outcome(`acknowledged to employee-1: ${told}`);

  tell('employee-1', 'answers it by mail');
  const text = '補足です。電源の入れ直しは試しました。';
  const quoted = sent === undefined ? '' : `\n\n${quotationOf(sent)}`;
  const reply = await mail(stage, {
    ...threaded(stage, one, sent),
    label: 'reply to the acknowledgement',
    from: 'employee-1',
    text: `${text}${quoted}\n`,
    fate: 'continued',
  });
  await fateOf(stage, reply);
  const messages = await threadOf(stage, one);
  const added = messages.find((message) => message.text.trim() === text);
  if (added === undefined) throw new Error('The new part of the reply is not in the thread.');
  outcome('the desk sees the new line; the quoted history is kept behind it');

  tell('', "employee-1's mailbox answers by itself: 不在通知");
  const machine = await mail(stage, {
    ...threaded(stage, one, sent),
    label: 'automatic reply',
    from: 'employee-1',
    subject: titled(stage, '不在通知: 外出しております'),
    text: '本日は外出しております。',
    headers: { ...threaded(stage, one, sent).headers, 'Auto-Submitted': 'auto-replied' },
    fate: 'recorded',
  });
  await fateOf(stage, machine);
  outcome('a machine reopens nothing, and is not answered');
}

/** An operator answers and resolves; a thank-you reopens, and the rating is given. */
export async function answerAndResolve(stage: Stage): Promise<void> {
  const { door, tell, outcome } = stage;
  const one = caseOf(stage, 'printer');
  const claim = await takeUp(stage, 'operator-a1', one);
  const { fence } = claim.lease;
  const text = 'E-05は紙詰まりです。手前のカバーを開けて紙を取り除いてください。';
  await command(stage, 'operator-a1', one, 'messages', { kind: 'public', text, fence });
  tell('operator-a1', `answers: ${text}`);
  const answer = await mailAbout(stage, one, (sent) => sent.text.includes(text));
  if (answer === undefined) throw new Error('The answer did not reach the requester.');
  const threading = answer.headers['in-reply-to'] === undefined ? 'unthreaded' : 'threaded';
  outcome(`${threading} in employee-1's mailbox: ${answer.headers['subject']}`);
  await resolve(stage, 'operator-a1', one, { fence, message: 'ほかにもあればご返信ください。' });

  tell('employee-1', 'says thank you by mail');
  const thanks = await mail(stage, {
    ...threaded(stage, one, answer),
    label: 'thank-you to a resolved inquiry',
    from: 'employee-1',
    text: 'ありがとうございました。印刷できました。\n',
    fate: 'continued',
  });
  await fateOf(stage, thanks);
  outcome(`${whereabouts(await untilStatus(stage, one, ['queued']))}: a reply reopens`);
  const again = await takeUp(stage, 'operator-a1', one);
  await resolve(stage, 'operator-a1', one, { fence: again.lease.fence, silent: true });
  await door.ask('employee-1', 'POST', `/v1/inquiries/${one.id}/rating`, { score: 5 });
  tell('employee-1', `rates ${one.number} 5 of 5`);
}

/** An operator asks back and waits; the English-speaking requester answers by mail. */
export async function askBack(stage: Stage): Promise<void> {
  const { tell, outcome } = stage;
  const one = caseOf(stage, 'locked out');
  const claim = await takeUp(stage, 'operator-a1', one);
  const question = 'May I reset your password now? You will have to choose a new one.';
  await command(stage, 'operator-a1', one, 'wait', {
    fence: claim.lease.fence,
    message: question,
    remindAfter: 'P1D',
  });
  tell('operator-a1', `asks back, and waits for the answer: ${question}`);
  outcome(whereabouts(await untilStatus(stage, one, ['waiting'])));
  const asked = await mailAbout(stage, one, (sent) => sent.text.includes(question));
  if (asked === undefined) throw new Error('The question did not reach the requester.');

  tell('employee-2', 'answers by mail: Yes, please.');
  const reply = await mail(stage, {
    ...threaded(stage, one, asked),
    label: 'reply to a question',
    from: 'employee-2',
    text: `Yes, please.\n\n${quotationOf(asked)}\n`,
    fate: 'continued',
  });
  await fateOf(stage, reply);
  outcome(`${whereabouts(await untilStatus(stage, one, ['queued']))}: it waits no longer`);
  const again = await takeUp(stage, 'operator-a1', one);
  const message = 'Your account is unlocked; a new password is asked at the next sign-in.';
  await resolve(stage, 'operator-a1', one, { fence: again.lease.fence, message });
}

function isAutomatic({ headers }: SentMail): boolean {
  return headers['auto-submitted'] === 'auto-replied';
}

async function threadOf({ door }: Stage, { id }: Case): Promise<readonly Message[]> {
  const path = `/v1/inquiries/${id}/messages?limit=100`;
  return (await door.ask<{ items: Message[] }>('lead-1', 'GET', path)).items;
}
