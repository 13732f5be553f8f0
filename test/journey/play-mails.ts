import type { SendMailOptions } from 'nodemailer';
import { expect } from 'vitest';
import {
  expectOne,
  type HelpDesk,
  helpAddress,
  type Json,
  type MailboxMail,
  stripBrackets,
  waitUntil,
} from '../support/help-desk-host.ts';

/** An open inquiry, with what its requester has in their mailbox. */
export type MailThread = {
  readonly inquiry: Json;
  readonly requester: string;
  /** Message-ID of the mail that opened it. */
  readonly opening: string;
  readonly acknowledgement: { readonly wireId: string; readonly replyTo: string };
};

/** The outcome of a row's mail. */
export type MailRowOutcome = {
  readonly desk: HelpDesk;
  readonly thread: MailThread;
  readonly other: MailThread;
  readonly receipt: Json;
  /** The inquiry that the mail became part of, and its newest message. */
  readonly inquiry: Json;
  readonly message: Json;
  /** Mails that the sender has received since. */
  readonly answers: readonly MailboxMail[];
};

/**
 * One case: the situation, the mail that comes, and what is expected then.
 *
 * Each row has an inquiry of its own; the other one is shared by all.
 */
export type MailRow = {
  readonly name: string;
  readonly prepare?: (desk: HelpDesk, thread: MailThread, other: MailThread) => Promise<unknown>;
  /** Overrides fields of a plain mail from the requester. */
  readonly mail: (
    thread: MailThread,
    other: MailThread,
    desk: HelpDesk,
  ) => SendMailOptions | Promise<SendMailOptions>;
  readonly judge: (outcome: MailRowOutcome) => void | Promise<void>;
};

/** Plays all rows side by side on one help desk; returns each row's outcome by its name. */
export async function playMails(
  desk: HelpDesk,
  rows: readonly MailRow[],
): Promise<ReadonlyMap<string, MailRowOutcome>> {
  const [other, ...threads] = await openThreads(desk, rows.length + 1);
  const sets = rows.map((row, index) => {
    const thread = threads[index];
    if (thread === undefined || other === undefined) throw new Error('A thread is missing.');
    return { row, thread, other };
  });
  for (const { row, thread, other } of sets) await row.prepare?.(desk, thread, other);
  await desk.idle();
  const sent = await Promise.all(
    sets.map(async ({ row, thread, other }) => {
      const mail = {
        from: thread.requester,
        subject: '件名だけ',
        text: '続きです。',
        ...(await row.mail(thread, other, desk)),
      };
      const before = await desk.mailbox(String(mail.from));
      return { row, thread, other, mail, before, messageId: await desk.send(mail) };
    }),
  );
  await desk.idle();
  const receipts = await desk.receipts();
  const outcomes = await Promise.all(
    sent.map(async ({ row, thread, other, mail, before, messageId }) => {
      const receipt = expectOne(
        receipts.filter((one) => one.messageId === stripBrackets(messageId)),
      );
      const [{ body: inquiry }, messages, mailbox] = await Promise.all([
        desk.call('lead-1', `GET /v1/inquiries/${receipt.inquiryId}`),
        desk.messagesOf(receipt.inquiryId),
        desk.mailbox(String(mail.from)),
      ]);
      const seen = { inquiry, message: messages.at(-1), answers: mailbox.slice(before.length) };
      return [row.name, { desk, thread, other, receipt, ...seen }] as const;
    }),
  );
  return new Map(outcomes);
}

/** Opens inquiries by mail, each of a requester of its own. */
async function openThreads(desk: HelpDesk, count: number): Promise<MailThread[]> {
  const opened = await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const requester = `requester-${index}@toritsugi.example`;
      const mail = { from: requester, subject: `件名 ${index}`, text: `問い合わせ ${index}` };
      return { requester, opening: await desk.send(mail) };
    }),
  );
  await desk.idle();
  const receipts = await desk.receipts();
  return Promise.all(
    opened.map(async ({ requester, opening }) => {
      const { headers } = expectOne(await desk.mailbox(requester));
      const receipt = expectOne(receipts.filter((one) => one.messageId === stripBrackets(opening)));
      const acknowledgement = {
        wireId: String(headers['message-id']),
        replyTo: String(headers['reply-to']).replace(/^.*<|>$/g, ''),
      };
      const { body } = await desk.call('lead-1', `GET /v1/inquiries/${receipt.inquiryId}`);
      return { requester, opening, acknowledgement, inquiry: body };
    }),
  );
}

/** Commands an inquiry as somebody; throws unless it succeeds. */
export async function commandInquiry(
  desk: HelpDesk,
  as: string,
  { inquiry }: Pick<MailThread, 'inquiry'>,
  name: string,
  body: object = {},
): Promise<Json> {
  const answered = await desk.call(as, `POST /v1/inquiries/${inquiry.id}/${name}`, body);
  if (answered.status >= 300) throw new Error(JSON.stringify(answered.body));
  return answered.body;
}

/** Resolves an inquiry with an answer. */
export function resolveThread(desk: HelpDesk, thread: Pick<MailThread, 'inquiry'>): Promise<Json> {
  return commandInquiry(desk, 'lead-1', thread, 'resolve', { message: '直しました。' });
}

/** Claims an inquiry and lets it wait for its requester. */
export async function letThreadWait(desk: HelpDesk, thread: MailThread): Promise<void> {
  const { lease } = await commandInquiry(desk, 'operator-a1', thread, 'claim');
  const question = { message: '型番を教えてください。', fence: lease.fence };
  await commandInquiry(desk, 'operator-a1', thread, 'wait', question);
}

/** Hands an inquiry to the staff's desk, where it is assigned at once. */
export async function handToStaff(desk: HelpDesk, thread: MailThread): Promise<void> {
  const { lease } = await commandInquiry(desk, 'operator-a1', thread, 'claim');
  const over = { desk: 'staff', fence: lease.fence };
  await commandInquiry(desk, 'operator-a1', thread, 'transfer', over);
}

/** The address of the agent who was assigned it. */
export async function readHolderAddress(desk: HelpDesk, { inquiry }: MailThread): Promise<string> {
  const sub = await waitUntil(async () => {
    const { body } = await desk.call('lead-1', `GET /v1/inquiries/${inquiry.id}`);
    return body.agent?.sub as string | undefined;
  });
  return `${sub.replace('demo-', '')}@toritsugi.example`;
}

/** Expects a mail that refers to an inquiry to have opened one of its own. */
export function expectLinkedInquiry({ inquiry, thread, receipt }: MailRowOutcome): void {
  expect(receipt.fate).toBe('opened');
  expect(inquiry.links).toEqual([thread.inquiry.id]);
}

/** The headers that lead to a thread. */
export const addressByToken = ({ acknowledgement }: MailThread) => ({
  to: acknowledgement.replyTo,
});
export const addressByWireId = ({ acknowledgement }: MailThread) => ({
  inReplyTo: acknowledgement.wireId,
});
export const addressByNumber = ({ inquiry }: MailThread) => ({
  subject: `追加の質問 [${inquiry.number}]`,
});

/** A bounce of a mail of ours, as mail systems report it. */
export function makeBounce(bounce: {
  readonly messageId: string;
  readonly recipient: string;
  readonly status: string;
  /** Message-ID of the mail that bounced. */
  readonly original: readonly string[];
}): SendMailOptions {
  const action = bounce.status.startsWith('5') ? 'failed' : 'delayed';
  const raw = [
    'From: Mail Delivery System <MAILER-DAEMON@partner.example>',
    `To: ${helpAddress}`,
    'Subject: Undelivered Mail Returned to Sender',
    `Message-ID: ${bounce.messageId}`,
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status; boundary="=_b"',
    '',
    '--=_b',
    'Content-Type: text/plain; charset=us-ascii',
    '',
    'I could not deliver your message.',
    '--=_b',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.partner.example',
    '',
    `Final-Recipient: rfc822; ${bounce.recipient}`,
    `Action: ${action}`,
    `Status: ${bounce.status}`,
    'Diagnostic-Code: smtp; 550 user unknown',
    '--=_b',
    'Content-Type: text/rfc822-headers',
    '',
    ...bounce.original,
    '--=_b--',
    '',
  ].join('\r\n');
  const { messageId } = bounce;
  return { raw, messageId, envelope: { from: '', to: helpAddress } };
}
