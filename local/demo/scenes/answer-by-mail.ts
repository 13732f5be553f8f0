import { claimAndConfirm, resolveCase, sendCommand } from '../agent-actions.ts';
import { addressAnswer, quoteMail } from '../answer-mail.ts';
import {
  type DemoCase,
  type DemoContext,
  describeWhereabouts,
  findCase,
  waitForStatus,
} from '../demo-context.ts';
import type { OutboundMail } from '../mail-client.ts';
import { submitMail, tagSubject, waitForFate, waitForMailAbout } from '../submit-mail.ts';

interface ThreadMessageView {
  readonly kind: string;
  readonly text: string;
  readonly fullText: string;
}

/** Plays the answers of a requester and their out-of-office machine to our acknowledgement. */
export async function answerAcknowledgement(context: DemoContext): Promise<void> {
  const { tell, outcome } = context;
  const one = findCase(context, 'printer');
  const sent = await waitForMailAbout(context, one, isAutomatic);
  const acknowledgedAs =
    sent?.headers['subject'] ?? 'nothing yet, as after many mails; see the host';
  outcome(`acknowledged to employee-1: ${acknowledgedAs}`);

  tell('employee-1', 'answers it by mail');
  const text = '補足です。電源の入れ直しは試しました。';
  const quoted = sent === undefined ? '' : `\n\n${quoteMail(sent)}`;
  const reply = await submitMail(context, {
    ...addressAnswer(context, one, sent),
    label: 'reply to the acknowledgement',
    from: 'employee-1',
    text: `${text}${quoted}\n`,
    fate: 'continued',
  });
  await waitForFate(context, reply);
  const messages = await readMessages(context, one);
  const added = messages.find((message) => message.text.trim() === text);
  if (added === undefined) throw new Error('The new part of the reply is not in the thread.');
  outcome('the desk sees the new line; the quoted history is kept behind it');

  tell('', "employee-1's mailbox answers by itself: 不在通知");
  const automaticReply = await submitMail(context, {
    ...addressAnswer(context, one, sent),
    label: 'automatic reply',
    from: 'employee-1',
    subject: tagSubject(context, '不在通知: 外出しております'),
    text: '本日は外出しております。',
    headers: { ...addressAnswer(context, one, sent).headers, 'Auto-Submitted': 'auto-replied' },
    fate: 'recorded',
  });
  await waitForFate(context, automaticReply);
  outcome('a machine reopens nothing, and is not answered');
}

/** Plays an operator who answers and resolves, a thank-you that reopens, and the rating. */
export async function answerAndResolve(context: DemoContext): Promise<void> {
  const { api, tell, outcome } = context;
  const one = findCase(context, 'printer');
  const claim = await claimAndConfirm(context, 'operator-a1', one);
  const { fence } = claim.lease;
  const text = 'E-05は紙詰まりです。手前のカバーを開けて紙を取り除いてください。';
  await sendCommand(context, 'operator-a1', one, 'messages', { kind: 'public', text, fence });
  tell('operator-a1', `answers: ${text}`);
  const answer = await waitForMailAbout(context, one, (sent) => sent.text.includes(text));
  if (answer === undefined) throw new Error('The answer did not reach the requester.');
  const threading = answer.headers['in-reply-to'] === undefined ? 'unthreaded' : 'threaded';
  outcome(`${threading} in employee-1's mailbox: ${answer.headers['subject']}`);
  await resolveCase(context, 'operator-a1', one, {
    fence,
    message: 'ほかにもあればご返信ください。',
  });

  tell('employee-1', 'says thank you by mail');
  const thanks = await submitMail(context, {
    ...addressAnswer(context, one, answer),
    label: 'thank-you to a resolved inquiry',
    from: 'employee-1',
    text: 'ありがとうございました。印刷できました。\n',
    fate: 'continued',
  });
  await waitForFate(context, thanks);
  outcome(`${describeWhereabouts(await waitForStatus(context, one, ['queued']))}: a reply reopens`);
  const secondClaim = await claimAndConfirm(context, 'operator-a1', one);
  await resolveCase(context, 'operator-a1', one, { fence: secondClaim.lease.fence, silent: true });
  await api.request('employee-1', 'POST', `/v1/inquiries/${one.id}/rating`, { score: 5 });
  tell('employee-1', `rates ${one.number} 5 of 5`);
}

/** Plays an operator who asks back and waits; the English-speaking requester answers by mail. */
export async function askBack(context: DemoContext): Promise<void> {
  const { tell, outcome } = context;
  const one = findCase(context, 'locked out');
  const claim = await claimAndConfirm(context, 'operator-a1', one);
  const question = 'May I reset your password now? You will have to choose a new one.';
  await sendCommand(context, 'operator-a1', one, 'wait', {
    fence: claim.lease.fence,
    message: question,
    remindAfter: 'P1D',
  });
  tell('operator-a1', `asks back, and waits for the answer: ${question}`);
  outcome(describeWhereabouts(await waitForStatus(context, one, ['waiting'])));
  const questionMail = await waitForMailAbout(context, one, (sent) => sent.text.includes(question));
  if (questionMail === undefined) throw new Error('The question did not reach the requester.');

  tell('employee-2', 'answers by mail: Yes, please.');
  const reply = await submitMail(context, {
    ...addressAnswer(context, one, questionMail),
    label: 'reply to a question',
    from: 'employee-2',
    text: `Yes, please.\n\n${quoteMail(questionMail)}\n`,
    fate: 'continued',
  });
  await waitForFate(context, reply);
  outcome(
    `${describeWhereabouts(await waitForStatus(context, one, ['queued']))}: it waits no longer`,
  );
  const secondClaim = await claimAndConfirm(context, 'operator-a1', one);
  const message = 'Your account is unlocked; a new password is asked at the next sign-in.';
  await resolveCase(context, 'operator-a1', one, { fence: secondClaim.lease.fence, message });
}

function isAutomatic({ headers }: OutboundMail): boolean {
  return headers['auto-submitted'] === 'auto-replied';
}

async function readMessages(
  { api }: DemoContext,
  { id }: DemoCase,
): Promise<readonly ThreadMessageView[]> {
  const path = `/v1/inquiries/${id}/messages?limit=100`;
  return (await api.request<{ items: ThreadMessageView[] }>('lead-1', 'GET', path)).items;
}
