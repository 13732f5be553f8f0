import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { expectOne, type HelpDesk, type Json, startHelpDesk } from '../support/help-desk-host.ts';
import { LOOK_MILLISECONDS } from '../support/limits.ts';
import { commandInquiry, resolveThread } from './play-mails.ts';

const day = 86_400;

let desk: HelpDesk;

beforeAll(async () => {
  desk = await startHelpDesk();
});
afterAll(() => desk?.stop());

async function open(from: string, text = '印刷できません。'): Promise<Json> {
  const messageId = await desk.send({ from, subject: '件名', text });
  await desk.receiptOf(messageId);
  await desk.idle();
  return desk.inquiryOf(messageId);
}

async function read(id: string): Promise<Json> {
  return (await desk.call('lead-1', `GET /v1/inquiries/${id}`)).body;
}

describe('an operator who vanishes', () => {
  let inquiry: Json;
  afterEach(() => desk.call('lead-1', `POST /v1/inquiries/${inquiry.id}/withdraw`, {}));

  test('loses an unconfirmed claim by its alarm, and the inquiry is offered again', async () => {
    inquiry = await open('vanished-1@toritsugi.example');
    const claim = await desk.call('operator-a1', 'POST /v1/desks/bpo/claims', {});
    expect(claim.body).toMatchObject({ id: inquiry.id, lease: { fence: 1 } });
    await desk.idle();
    const waiting = desk.call('operator-a2', 'POST /v1/desks/bpo/claims?wait=20', {});
    desk.host.clock.shift(61);
    const next = await waiting;
    expect(next.body).toMatchObject({ id: inquiry.id, lease: { fence: 2 } });
    expect(await desk.eventsOf(inquiry.id)).toEqual(
      expect.arrayContaining(['InquiryClaimed', 'LeaseLost', 'InquiryClaimed']),
    );
  });

  test('is told so, and a late write under the old fence is refused', async () => {
    inquiry = await open('vanished-2@toritsugi.example');
    const { lease } = await commandInquiry(desk, 'operator-a1', { inquiry }, 'claim');
    await desk.idle();
    await desk.pass(61);
    expect((await read(inquiry.id)).status).toBe('queued');
    const writes = [
      ['messages', { kind: 'public', text: '遅れました。', fence: lease.fence }],
      ['heartbeat', { fence: lease.fence }],
      ['resolve', { fence: lease.fence }],
    ] as const;
    for (const [route, body] of writes) {
      const late = await desk.call(
        'operator-a1',
        `POST /v1/inquiries/${inquiry.id}/${route}`,
        body,
      );
      expect([late.status, late.body.code]).toEqual([409, 'work.lease-lost']);
    }
    const operatorMails = await desk.mailbox('operator-a1@vendor-a.example');
    expect(operatorMails.at(-1)?.headers['subject']).toContain(inquiry.number);
    expect(await desk.mailbox('vanished-2@toritsugi.example')).toHaveLength(1);
  });

  test('keeps a claim that a heartbeat confirmed for a quarter of an hour', async () => {
    inquiry = await open('confirmed@toritsugi.example');
    const { lease } = await commandInquiry(desk, 'operator-a1', { inquiry }, 'claim');
    await commandInquiry(desk, 'operator-a1', { inquiry }, 'heartbeat', { fence: lease.fence });
    await desk.pass(800);
    expect((await read(inquiry.id)).status).toBe('in_progress');
    await desk.pass(200);
    expect((await read(inquiry.id)).status).toBe('queued');
  });
});

test('an assignment that nobody answers is offered to another agent', async () => {
  const inquiry = await open('offered@toritsugi.example', '全社でつながりません。');
  expect(inquiry).toMatchObject({ status: 'in_progress', desk: 'staff' });
  await desk.pass(1801);
  const after = await read(inquiry.id);
  expect(after.status).toBe('in_progress');
  expect(after.agent.sub).not.toBe(inquiry.agent.sub);
  await resolveThread(desk, { inquiry });
});

test('every queue emptied while work is under way, all of it is done all the same', async () => {
  const senders = Array.from({ length: 12 }, (_, index) => `emptied-${index}@toritsugi.example`);
  const sending = Promise.all(
    senders.map((from) => desk.send({ from, subject: '件名', text: '失われません。' })),
  );
  const forms = Promise.all(
    ['一', '二', '三'].map((description) =>
      desk.call('employee-1', 'POST /v1/inquiries', {
        ...{ form: 'general', fields: { subject: '件名', description } },
      }),
    ),
  );
  let isUnderWay = true;
  const taken = Promise.all([sending, forms]).finally(() => {
    isUnderWay = false;
  });
  while (isUnderWay) {
    desk.host.emptyQueues();
    await pause(LOOK_MILLISECONDS);
  }
  const [mails, opened] = await taken;
  desk.host.emptyQueues();
  // A sender for whom the time passes while it sends is taken for dead, and its mail is sent again.
  await desk.idle();
  desk.host.emptyQueues();
  for (let time = 0; time < 3; time += 1) await desk.pass(1000);
  const receipts = await desk.receipts();
  const ids = [
    ...mails.map(
      (messageId) =>
        expectOne(receipts.filter((one) => `<${one.messageId}>` === messageId)).inquiryId,
    ),
    ...opened.map(({ body }) => body.id),
  ];
  expect(new Set(ids).size).toBe(15);
  for (const id of ids) {
    expect(await read(id)).toMatchObject({ status: 'queued', desk: 'bpo', messages: 1 });
  }
  expect(await desk.mailbox('employee-1@toritsugi.example')).toHaveLength(3);
  for (const sender of senders) {
    // A mail whose notification was lost came back without verdicts, so nobody is answered.
    expect((await desk.mailbox(sender)).length).toBeLessThan(2);
  }
  desk.host.emptyQueues();
  desk.host.clock.shift(60);
  const claim = await desk.call('operator-a1', 'POST /v1/desks/bpo/claims?wait=2', {});
  expect(ids).toContain(claim.body.id);
  // Otherwise their alarms would fire all through the weeks of the tests below.
  for (const id of ids) await desk.call('lead-1', `POST /v1/inquiries/${id}/withdraw`, {});
});

test('a requester who does not answer is reminded twice, and then it waits at the desk', async () => {
  const requester = 'silent@toritsugi.example';
  const inquiry = await open(requester);
  const { lease } = await commandInquiry(desk, 'operator-a2', { inquiry }, 'claim');
  const question = { message: '型番を教えてください。', fence: lease.fence };
  await commandInquiry(desk, 'operator-a2', { inquiry }, 'wait', question);
  await desk.idle();
  expect(await desk.mailbox(requester)).toHaveLength(2);
  for (const mails of [3, 4, 4]) {
    await desk.pass(3 * day + 1);
    expect(await desk.mailbox(requester)).toHaveLength(mails);
  }
  expect((await read(inquiry.id)).status).toBe('queued');
});

test('what is resolved closes after a week, and long after that a reply opens a linked one', async () => {
  const requester = 'late@toritsugi.example';
  const inquiry = await open(requester);
  await resolveThread(desk, { inquiry });
  await desk.idle();
  await desk.pass(7 * day + 1);
  expect((await read(inquiry.id)).status).toBe('closed');
  await desk.pass(8 * day);
  const [, resolution] = await desk.mailbox(requester);
  const reply = await desk.send({
    from: requester,
    subject: String(resolution?.headers['subject']),
    to: String(resolution?.headers['reply-to']),
    text: 'また起きました。',
  });
  await desk.receiptOf(reply);
  const opened = await desk.inquiryOf(reply);
  expect(opened.id).not.toBe(inquiry.id);
  expect(opened.links).toEqual([inquiry.id]);
  expect((await read(inquiry.id)).status).toBe('closed');
});
