import { afterAll, beforeAll, expect, test } from 'vitest';
import { loopHeader } from '../../core/inquiry/outbox/loop-header.ts';
import {
  expectOne,
  type HelpDesk,
  type Json,
  type MailboxMail,
  makeMessageId,
  startHelpDesk,
} from '../support/help-desk-host.ts';
import { readMailSpecimen } from '../support/mail-specimens.ts';

const requester = 'employee-1@toritsugi.example';
/** The specimen's own Message-ID. */
const first = '<20261122.001@toritsugi.example>';

let desk: HelpDesk;
let claimed: Json;
let answer: MailboxMail;

beforeAll(async () => {
  desk = await startHelpDesk();
});
afterAll(() => desk?.stop());

test('a mail in ISO-2022-JP is claimed by the operator who has been waiting for it', async () => {
  await desk.idle();
  const waiting = desk.call('operator-a1', 'POST /v1/desks/bpo/claims?wait=20', {});
  await desk.busy();
  await desk.send({
    raw: Buffer.from(readMailSpecimen('iso-2022-jp-plain')),
    envelope: { from: requester, to: ['help@toritsugi.example'] },
    messageId: first,
  });
  const { status, body } = await waiting;
  expect(status).toBe(200);
  expect(body).toMatchObject({
    channel: 'mail',
    status: 'in_progress',
    subject: 'プリンタから印刷できません',
    language: 'ja',
    desk: 'bpo',
    priority: 'medium',
    category: 'printer',
    agent: { sub: 'demo-operator-a1' },
    lease: { fence: 1 },
  });
  claimed = body;
  const thread = await desk.call('operator-a1', `GET /v1/inquiries/${claimed.id}/messages`);
  expect(thread.body.items).toEqual([
    expect.objectContaining({
      kind: 'requester',
      text: 'お世話になっております。\n総務部の山田です。\nプリンタから印刷できません。',
    }),
  ]);
});

test('its sender gets the number and a link, as an answer to their mail', async () => {
  await desk.idle();
  const acknowledgement = expectOne(await desk.mailbox(requester));
  expect(acknowledgement.headers).toMatchObject({
    subject: `Re: プリンタから印刷できません [${claimed.number}]`,
    'in-reply-to': first,
    references: first,
    'auto-submitted': 'auto-replied',
    [loopHeader.toLowerCase()]: 'toritsugi.example',
  });
  expect(acknowledgement.text).toContain(claimed.number);
  const [link] = /https?:\/\/\S+\/status\/\w+/.exec(acknowledgement.text) ?? [];
  const page = await fetch(String(link));
  expect(page.status).toBe(200);
  expect(await page.text()).toContain('担当者が対応しています');
});

test('the answer arrives in the thread of the mail, from a signed address', async () => {
  const fence = claimed.lease.fence;
  const beat = await desk.call('operator-a1', `POST /v1/inquiries/${claimed.id}/heartbeat`, {
    fence,
  });
  expect(beat.status).toBe(200);
  const posted = await desk.call('operator-a1', `POST /v1/inquiries/${claimed.id}/messages`, {
    kind: 'public',
    text: 'プリンタの電源を入れ直してください。',
    fence,
  });
  expect(posted.status).toBe(201);
  await desk.idle();
  const [acknowledgement, ...others] = await desk.mailbox(requester);
  answer = expectOne(others);
  expect(answer.envelope).toEqual({ from: 'help@toritsugi.example', to: [requester] });
  expect(answer.headers).toMatchObject({
    subject: `Re: プリンタから印刷できません [${claimed.number}]`,
    'in-reply-to': first,
  });
  expect(answer.headers['references']?.split(/\s+/)).toEqual([
    acknowledgement?.headers['message-id'],
    first,
  ]);
  expect(answer.headers['reply-to']).toMatch(/help\+[a-z2-7]{47}@toritsugi\.example/);
  expect(answer.headers).not.toHaveProperty('auto-submitted');
  expect(answer.text).toContain('プリンタの電源を入れ直してください。');
  expect(answer.text).toContain('> プリンタから印刷できません。');
  expect(answer.text).not.toContain('田中');
});

test('once it is resolved, the reply of its sender reopens it at the same desk', async () => {
  const resolved = await desk.call('operator-a1', `POST /v1/inquiries/${claimed.id}/resolve`, {
    fence: claimed.lease.fence,
  });
  expect(resolved.body.status).toBe('resolved');
  const reply = await desk.send({
    from: requester,
    to: answer.headers['reply-to'],
    subject: String(answer.headers['subject']),
    inReplyTo: answer.headers['message-id'],
    references: `${answer.headers['references']} ${answer.headers['message-id']}`,
    messageId: makeMessageId(),
    text: 'まだ印刷できません。\n\n2026年11月22日(日) 10:10 ITヘルプデスク <help@toritsugi.example>:\n> 電源を入れ直してください。\n',
  });
  await desk.receiptOf(reply);
  const inquiry = await desk.inquiryOf(reply);
  expect(inquiry).toMatchObject({ id: claimed.id, status: 'queued', desk: 'bpo', messages: 3 });
  const messages = await desk.messagesOf(claimed.id);
  expect(messages.map(({ kind, text }) => [kind, text])).toEqual([
    ['requester', expect.stringContaining('印刷できません')],
    ['agent', 'プリンタの電源を入れ直してください。'],
    ['requester', 'まだ印刷できません。'],
  ]);
  const again = await desk.call('operator-a2', 'POST /v1/desks/bpo/claims?wait=5', {});
  expect(again.body).toMatchObject({ id: claimed.id, lease: { fence: 2 } });
});

test('each of the two mails has one receipt with one fate', async () => {
  const receipts = await desk.receipts();
  expect(receipts.map(({ fates }) => fates.length)).toEqual([1, 1]);
  expect(receipts.map(({ fate, inquiryId }) => [fate, inquiryId])).toEqual([
    ['opened', claimed.id],
    ['continued', claimed.id],
  ]);
});
