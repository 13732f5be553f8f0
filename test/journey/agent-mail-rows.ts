import { expect } from 'vitest';
import { type HelpDesk, until } from '../support/help-desk-host.ts';
import {
  byNumber,
  byToken,
  holderOf,
  openedLinked,
  type Row,
  type Thread,
  toStaff,
} from './play-mails.ts';

/** Mails of agents, about inquiries that were handed to staff or to nobody. */
export const agentMailRows: readonly Row[] = [
  {
    name: 'the number in a mail of authenticated staff becomes an internal note',
    mail: (thread) => ({ from: 'staff-1@toritsugi.example', ...byNumber(thread) }),
    judge: ({ inquiry, thread, message }) => {
      expect(inquiry.id).toBe(thread.inquiry.id);
      expect(message.kind).toBe('note');
    },
  },
  {
    name: 'the number in a mail in the name of staff without authentication opens another inquiry',
    mail: (thread) => ({
      from: 'staff-1@toritsugi.example',
      headers: { 'X-Test-Verdict-dmarc': 'gray' },
      ...byNumber(thread),
    }),
    judge: openedLinked,
  },
  {
    name: 'the reply of staff to the notice of their assignment is an internal note',
    prepare: toStaff,
    mail: async (thread, _other, desk) => {
      const address = await holderOf(desk, thread);
      return { from: address, to: await noticeAddress(desk, thread, address) };
    },
    judge: ({ inquiry, thread, message, receipt, answers }) => {
      expect(receipt.fate).toBe('continued');
      expect(inquiry.id).toBe(thread.inquiry.id);
      expect(message).toMatchObject({ kind: 'note', text: '続きです。' });
      const about = answers.filter(({ headers }) => headers['subject']?.includes(inquiry.number));
      expect(about).toEqual([]);
    },
  },
  {
    name: 'the mail of staff who hold the inquiry is public in the thread of the requester',
    prepare: toStaff,
    mail: async (thread, _other, desk) => ({
      from: await holderOf(desk, thread),
      ...byToken(thread),
    }),
    judge: async ({ desk, inquiry, thread, message }) => {
      expect(inquiry.id).toBe(thread.inquiry.id);
      expect(message).toMatchObject({ kind: 'agent', text: '続きです。' });
      const [, reply] = await desk.mailbox(thread.requester);
      expect(reply?.text).toContain('続きです。');
      expect(reply?.headers['in-reply-to']).toBe(thread.opening);
    },
  },
  {
    name: 'the mail of staff who do not hold the inquiry is a note in the thread of the requester',
    mail: (thread) => ({ from: 'staff-1@toritsugi.example', ...byToken(thread) }),
    judge: async ({ desk, inquiry, thread, message }) => {
      expect(inquiry.id).toBe(thread.inquiry.id);
      expect(message.kind).toBe('note');
      expect(await desk.mailbox(thread.requester)).toHaveLength(1);
    },
  },
  {
    name: 'the mail in the name of who holds the inquiry is unverified without authentication',
    prepare: toStaff,
    mail: async (thread, _other, desk) => ({
      from: await holderOf(desk, thread),
      headers: { 'X-Test-Verdict-dmarc': 'gray' },
      ...byToken(thread),
    }),
    judge: async ({ desk, inquiry, thread, message }) => {
      expect(inquiry.id).toBe(thread.inquiry.id);
      expect(message).toMatchObject({ kind: 'requester', unverified: true });
      expect(await desk.mailbox(thread.requester)).toHaveLength(1);
    },
  },
  {
    name: 'the mail of an operator about an inquiry of another vendor is unverified',
    mail: (thread) => ({ from: 'operator-b1@vendor-b.example', ...byToken(thread) }),
    judge: ({ inquiry, thread, message }) => {
      expect(inquiry.id).toBe(thread.inquiry.id);
      expect(message).toMatchObject({ kind: 'requester', unverified: true });
    },
  },
  {
    name: 'a forward by an agent opens an inquiry for the original sender, who is not written to',
    mail: ({ requester }) => ({ from: 'staff-1@toritsugi.example', ...forwardOf(requester) }),
    judge: async ({ desk, inquiry, thread, receipt }) => {
      expect(receipt.fate).toBe('opened');
      expect(inquiry.requester.address).toBe(`origin-of-${thread.requester}`);
      expect(await desk.mailbox(`origin-of-${thread.requester}`)).toEqual([]);
    },
  },
  {
    name: 'a forward by a requester is an inquiry of their own',
    mail: ({ requester }) => forwardOf(requester),
    judge: ({ inquiry, thread, receipt }) => {
      expect(receipt.fate).toBe('opened');
      expect(inquiry.requester.address).toBe(thread.requester);
    },
  },
];

/** Where answers to the notice of an assignment go. */
async function noticeAddress(desk: HelpDesk, { inquiry }: Thread, to: string): Promise<string> {
  const notice = await until(async () =>
    (await desk.mailbox(to)).find(({ headers }) => headers['subject']?.includes(inquiry.number)),
  );
  return String(notice.headers['reply-to']);
}

function forwardOf(requester: string) {
  const text = [
    '対応をお願いします。',
    '',
    '---------- Forwarded message ---------',
    `From: 原田 <origin-of-${requester}>`,
    'Date: 2026年11月22日(日) 9:30',
    'Subject: 会議室の予約',
    'To: <staff-1@toritsugi.example>',
    '',
    '予約できません。',
  ].join('\n');
  return { subject: 'Fwd: 会議室の予約', text };
}
