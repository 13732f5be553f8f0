import { expect } from 'vitest';
import { type HelpDesk, waitUntil } from '../support/help-desk-host.ts';
import {
  addressByNumber,
  addressByToken,
  expectLinkedInquiry,
  handToStaff,
  type MailRow,
  type MailThread,
  readHolderAddress,
} from './play-mails.ts';

/** Mails of agents about inquiries that were handed to staff or to nobody. */
export const agentMailRows: readonly MailRow[] = [
  {
    name: 'the number in a mail of authenticated staff becomes an internal note',
    mail: (thread) => ({ from: 'staff-1@toritsugi.example', ...addressByNumber(thread) }),
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
      ...addressByNumber(thread),
    }),
    judge: expectLinkedInquiry,
  },
  {
    name: 'the reply of staff to the notice of their assignment is an internal note',
    prepare: handToStaff,
    mail: async (thread, _other, desk) => {
      const address = await readHolderAddress(desk, thread);
      return { from: address, to: await findNoticeAddress(desk, thread, address) };
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
    prepare: handToStaff,
    mail: async (thread, _other, desk) => ({
      from: await readHolderAddress(desk, thread),
      ...addressByToken(thread),
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
    mail: (thread) => ({ from: 'staff-1@toritsugi.example', ...addressByToken(thread) }),
    judge: async ({ desk, inquiry, thread, message }) => {
      expect(inquiry.id).toBe(thread.inquiry.id);
      expect(message.kind).toBe('note');
      expect(await desk.mailbox(thread.requester)).toHaveLength(1);
    },
  },
  {
    name: 'the mail in the name of who holds the inquiry is unverified without authentication',
    prepare: handToStaff,
    mail: async (thread, _other, desk) => ({
      from: await readHolderAddress(desk, thread),
      headers: { 'X-Test-Verdict-dmarc': 'gray' },
      ...addressByToken(thread),
    }),
    judge: async ({ desk, inquiry, thread, message }) => {
      expect(inquiry.id).toBe(thread.inquiry.id);
      expect(message).toMatchObject({ kind: 'requester', unverified: true });
      expect(await desk.mailbox(thread.requester)).toHaveLength(1);
    },
  },
  {
    name: 'the mail of an operator about an inquiry of another vendor is unverified',
    mail: (thread) => ({ from: 'operator-b1@vendor-b.example', ...addressByToken(thread) }),
    judge: ({ inquiry, thread, message }) => {
      expect(inquiry.id).toBe(thread.inquiry.id);
      expect(message).toMatchObject({ kind: 'requester', unverified: true });
    },
  },
  {
    name: 'a forward by an agent opens an inquiry for the original sender, who is not written to',
    mail: ({ requester }) => ({ from: 'staff-1@toritsugi.example', ...makeForward(requester) }),
    judge: async ({ desk, inquiry, thread, receipt }) => {
      expect(receipt.fate).toBe('opened');
      expect(inquiry.requester.address).toBe(`origin-of-${thread.requester}`);
      expect(await desk.mailbox(`origin-of-${thread.requester}`)).toEqual([]);
    },
  },
  {
    name: 'a forward by a requester is an inquiry of their own',
    mail: ({ requester }) => makeForward(requester),
    judge: ({ inquiry, thread, receipt }) => {
      expect(receipt.fate).toBe('opened');
      expect(inquiry.requester.address).toBe(thread.requester);
    },
  },
];

/** The address to which answers to the notice of an assignment go. */
async function findNoticeAddress(
  desk: HelpDesk,
  { inquiry }: MailThread,
  to: string,
): Promise<string> {
  const notice = await waitUntil(async () =>
    (await desk.mailbox(to)).find(({ headers }) => headers['subject']?.includes(inquiry.number)),
  );
  return String(notice.headers['reply-to']);
}

function makeForward(requester: string) {
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
