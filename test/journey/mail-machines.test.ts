import type { SendMailOptions } from 'nodemailer';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loopHeader } from '../../core/inquiry/outbox/loop-header.ts';
import {
  expectOne,
  type HelpDesk,
  helpAddress,
  makeMessageId,
  makeStageContext,
  startHelpDesk,
} from '../support/help-desk-host.ts';
import {
  addressByToken,
  handToStaff,
  type MailRow,
  type MailRowOutcome,
  type MailThread,
  makeBounce,
  playMails,
  readHolderAddress,
  resolveThread,
} from './play-mails.ts';

let desk: HelpDesk;
let outcomes: ReadonlyMap<string, MailRowOutcome>;

const monitor = 'monitor@partner.example';

/** Headers that by themselves mark a mail as a machine's. */
const machines: Readonly<Record<string, SendMailOptions>> = {
  'Auto-Submitted: auto-replied': { headers: { 'Auto-Submitted': 'auto-replied' } },
  'Auto-Submitted: auto-generated': { headers: { 'Auto-Submitted': 'auto-generated; owner' } },
  'a null return path': { envelope: { from: '', to: helpAddress } },
  'Precedence: bulk': { headers: { Precedence: 'bulk' } },
  'Precedence: junk': { headers: { Precedence: 'junk' } },
  'Precedence: auto_reply': { headers: { Precedence: 'auto_reply' } },
  'List-Unsubscribe of a newsletter': { headers: { 'List-Unsubscribe': '<mailto:off@x.example>' } },
  'X-Autoreply': { headers: { 'X-Autoreply': 'yes' } },
  'X-Autorespond': { headers: { 'X-Autorespond': 'away' } },
  'a sender called mailer-daemon': { from: 'mailer-daemon@partner.example' },
  'a sender called postmaster': { from: 'postmaster@partner.example' },
  'a Japanese subject that X-Auto-Response-Suppress agrees with': {
    subject: '自動返信: 不在のお知らせ',
    headers: { 'X-Auto-Response-Suppress': 'All' },
  },
  'an English subject that a list mark agrees with': {
    subject: 'Out of Office',
    headers: { Precedence: 'list' },
  },
};

/** Headers that forbid an answer but do not mark a machine. */
const quiet: Readonly<Record<string, SendMailOptions>> = {
  'X-Auto-Response-Suppress alone': { headers: { 'X-Auto-Response-Suppress': 'All' } },
  'a List-Id alone': { headers: { 'List-Id': '<all.partner.example>' } },
  'Precedence: list alone': { headers: { Precedence: 'list' } },
};

/** Mails that are a person's all the same. */
const people: Readonly<Record<string, SendMailOptions>> = {
  'Auto-Submitted: no': { headers: { 'Auto-Submitted': 'no' } },
  'a subject about automatic answers alone': { subject: '自動返信の設定方法' },
  'the List-Id of a group that stands before the help desk': {
    headers: { 'List-Id': '<all-it.toritsugi.example>', Precedence: 'list' },
  },
};

function inThread(mark: SendMailOptions) {
  return (thread: MailThread): SendMailOptions => {
    const to = thread.acknowledgement.replyTo;
    return { ...mark, to, ...(mark.envelope && { envelope: { from: '', to } }) };
  };
}

const rows: readonly MailRow[] = [
  ...Object.entries(machines).flatMap(([name, mark]): MailRow[] => [
    {
      name: `by ${name} it is recorded in its thread, reopens nothing and is not answered`,
      prepare: resolveThread,
      mail: inThread(mark),
      judge: ({ receipt, thread, inquiry, message, answers }) => {
        expect(receipt.fate).toBe('recorded');
        expect(inquiry).toMatchObject({ id: thread.inquiry.id, status: 'resolved' });
        expect(message).toMatchObject({ kind: 'machine', text: '続きです。' });
        expect(answers).toEqual([]);
      },
    },
    {
      name: `by ${name} a first contact opens an inquiry flagged automated, without an answer`,
      mail: () => ({ from: monitor, ...mark }),
      judge: ({ receipt, inquiry, message, answers }) => {
        expect(receipt.fate).toBe('opened');
        expect(inquiry).toMatchObject({ automated: true, desk: 'staff' });
        expect(inquiry.tags).toContain('automated');
        expect(message.kind).toBe('machine');
        expect(answers).toEqual([]);
      },
    },
  ]),
  ...Object.entries(quiet).flatMap(([name, mark]): MailRow[] => [
    {
      name: `by ${name} it is a person's, and reopens`,
      prepare: resolveThread,
      mail: inThread(mark),
      judge: ({ receipt, inquiry, message }) => {
        expect(receipt.fate).toBe('continued');
        expect(inquiry.status).toBe('queued');
        expect(message.kind).toBe('requester');
      },
    },
    {
      name: `by ${name} a first contact is not answered`,
      mail: () => mark,
      judge: ({ receipt, inquiry, answers }) => {
        expect(receipt.fate).toBe('opened');
        expect(inquiry).not.toHaveProperty('automated');
        expect(answers).toEqual([]);
      },
    },
  ]),
  ...Object.entries(people).map(
    ([name, mark]): MailRow => ({
      name: `with ${name} a first contact is a person's, and answered`,
      mail: () => mark,
      judge: ({ receipt, inquiry, answers }) => {
        expect(receipt.fate).toBe('opened');
        expect(inquiry).not.toHaveProperty('automated');
        expect(expectOne(answers).headers['subject']).toContain(inquiry.number);
      },
    }),
  ),
  {
    name: 'by our own loop header it is recorded in its thread',
    mail: (thread) => ({
      ...addressByToken(thread),
      headers: { [loopHeader]: 'toritsugi.example' },
    }),
    judge: ({ receipt, thread, inquiry }) => {
      expect(receipt.fate).toBe('recorded');
      expect(inquiry.id).toBe(thread.inquiry.id);
    },
  },
  {
    name: 'by our own loop header a first contact is quarantined, without an answer',
    mail: () => ({ headers: { [loopHeader]: 'toritsugi.example' } }),
    judge: ({ receipt, inquiry, answers }) => {
      expect(receipt).toMatchObject({ fate: 'quarantined', reason: 'loop' });
      expect(inquiry.status).toBe('quarantined');
      expect(answers).toEqual([]);
    },
  },
  {
    name: 'by a bounce with the Message-ID of ours, the address is undeliverable and its agent told',
    prepare: handToStaff,
    mail: ({ requester, acknowledgement }) =>
      makeBounce({
        messageId: makeMessageId(),
        recipient: requester,
        status: '5.1.1',
        original: [`Message-ID: ${acknowledgement.wireId}`],
      }),
    judge: async ({ desk, receipt, thread, inquiry }) => {
      expect(receipt.fate).toBe('recorded');
      expect(inquiry).toMatchObject({ id: thread.inquiry.id, undeliverable: [thread.requester] });
      const holderMails = (await desk.mailbox(await readHolderAddress(desk, thread))).filter(
        ({ headers, text }) =>
          headers['subject']?.includes(inquiry.number) && text.includes('user unknown'),
      );
      expect(expectOne(holderMails).text).toContain(thread.requester);
    },
  },
  {
    name: 'by a bounce with our reply address alone, the address is undeliverable',
    mail: ({ requester, acknowledgement }) =>
      makeBounce({
        messageId: makeMessageId(),
        recipient: requester,
        status: '5.1.1',
        original: [`Reply-To: ${acknowledgement.replyTo}`],
      }),
    judge: ({ receipt, thread, inquiry }) => {
      expect(receipt.fate).toBe('recorded');
      expect(inquiry).toMatchObject({ id: thread.inquiry.id, undeliverable: [thread.requester] });
    },
  },
  {
    name: 'by a report of a delay, the address stays deliverable',
    mail: ({ requester, acknowledgement }) =>
      makeBounce({
        messageId: makeMessageId(),
        recipient: requester,
        status: '4.4.7',
        original: [`Message-ID: ${acknowledgement.wireId}`],
      }),
    judge: ({ receipt, inquiry }) => {
      expect(receipt.fate).toBe('recorded');
      expect(inquiry.undeliverable).toEqual([]);
    },
  },
];

beforeAll(async () => {
  desk = await startHelpDesk({
    context: makeStageContext({ mailPolicy: { groups: ['all-it@toritsugi.example'] } }),
  });
  outcomes = await playMails(desk, rows);
});
afterAll(() => desk?.stop());

describe('a mail of a machine', () => {
  test.each(rows.map(({ name, judge }) => ({ name, judge })))('$name', async ({ name, judge }) => {
    const outcome = outcomes.get(name);
    if (outcome === undefined) throw new Error('The mail was not sent.');
    await judge(outcome);
  });
});

test('a bounce that SES tells of marks the address, and nothing more is sent to it', async () => {
  const requester = 'bounce-1@toritsugi.example';
  const messageId = await desk.send({ from: requester, subject: '件名', text: '本文' });
  await desk.idle();
  const inquiry = await desk.inquiryOf(messageId);
  expect(inquiry.undeliverable).toEqual([requester]);
  expect(await desk.mailbox(requester)).toHaveLength(1);
  await resolveThread(desk, { inquiry });
  await desk.idle();
  expect(await desk.mailbox(requester)).toHaveLength(1);
});

test('a system that opens an inquiry with each of its answers is answered thirty times at most', async () => {
  const from = 'robot@toritsugi.example';
  const mails = Array.from({ length: 33 }, (_, index) => ({
    from,
    subject: `返信 ${index}`,
    text: 'x',
  }));
  await Promise.all(mails.map((mail) => desk.send(mail)));
  await desk.idle();
  expect(await desk.mailbox(from)).toHaveLength(30);
});

test('every mail of this file has exactly one receipt with exactly one fate', async () => {
  const receipts = await desk.receipts();
  expect(receipts).toHaveLength(desk.accepted());
  expect(receipts.every(({ fates }) => fates.length === 1)).toBe(true);
});
