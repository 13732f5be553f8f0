import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type HelpDesk, makeMessageId, startHelpDesk } from '../support/help-desk-host.ts';
import { agentMailRows } from './agent-mail-rows.ts';
import {
  addressByNumber,
  addressByToken,
  addressByWireId,
  commandInquiry,
  expectLinkedInquiry,
  letThreadWait,
  type MailRow,
  type MailRowOutcome,
  playMails,
  resolveThread,
} from './play-mails.ts';

let desk: HelpDesk;
let outcomes: ReadonlyMap<string, MailRowOutcome>;
const stranger = 'sato@partner.example';

function expectContinued({ inquiry, thread, message, receipt }: MailRowOutcome): void {
  expect(receipt.fate).toBe('continued');
  expect(inquiry.id).toBe(thread.inquiry.id);
  expect(message).toMatchObject({ kind: 'requester', text: '続きです。' });
  expect(message).not.toHaveProperty('unverified');
}

function expectUnverified({ inquiry, thread, message, receipt }: MailRowOutcome): void {
  expect(receipt.fate).toBe('continued');
  expect(inquiry.id).toBe(thread.inquiry.id);
  expect(message).toMatchObject({ kind: 'requester', unverified: true, text: '続きです。' });
}

const requesterRows: readonly MailRow[] = [
  {
    name: 'the reply address alone continues its inquiry',
    mail: addressByToken,
    judge: expectContinued,
  },
  {
    name: 'a reply address in capitals, as some servers fold it, continues its inquiry',
    mail: ({ acknowledgement }) => ({ to: acknowledgement.replyTo.toUpperCase() }),
    judge: expectContinued,
  },
  {
    name: 'the reply address counts before In-Reply-To',
    mail: (thread, other) => ({ ...addressByToken(thread), ...addressByWireId(other) }),
    judge: expectContinued,
  },
  {
    name: 'a changed reply address proves nothing and opens an inquiry',
    mail: ({ acknowledgement }) => ({
      to: acknowledgement.replyTo.replace(/.@/, (end) => (end === 'a@' ? 'b@' : 'a@')),
    }),
    judge: ({ inquiry, thread, receipt }) => {
      expect(receipt.fate).toBe('opened');
      expect(inquiry.id).not.toBe(thread.inquiry.id);
      expect(inquiry.links).toEqual([]);
    },
  },
  {
    name: 'In-Reply-To of a mail that we sent continues its inquiry',
    mail: addressByWireId,
    judge: expectContinued,
  },
  {
    name: 'In-Reply-To of a mail that we received continues its inquiry',
    mail: ({ opening }) => ({ inReplyTo: opening }),
    judge: expectContinued,
  },
  {
    name: 'In-Reply-To counts before References and before the number in the subject',
    mail: (thread, other) => ({
      ...addressByWireId(thread),
      references: other.acknowledgement.wireId,
      ...addressByNumber(other),
    }),
    judge: expectContinued,
  },
  {
    name: 'of References the newest that we know counts',
    mail: (thread, other) => ({
      inReplyTo: makeMessageId(),
      references: [other.opening, thread.opening, makeMessageId()],
    }),
    judge: expectContinued,
  },
  {
    name: 'the number in the subject continues the inquiry of who takes part in it',
    mail: addressByNumber,
    judge: expectContinued,
  },
  {
    name: 'the number in the subject in full-width letters is read as well',
    mail: ({ inquiry }) => ({
      subject: `［${inquiry.number.replace(/[A-Z0-9]/g, (one: string) =>
        String.fromCharCode(one.charCodeAt(0) + 0xfee0),
      )}］の件`,
    }),
    judge: expectContinued,
  },
  {
    name: 'the number of an inquiry that is none of theirs opens one that links to it',
    mail: (thread) => ({ from: stranger, ...addressByNumber(thread) }),
    judge: expectLinkedInquiry,
  },
  {
    name: 'who takes no part threads by the reply address as unverified, and resumes nothing',
    prepare: letThreadWait,
    mail: (thread) => ({ from: stranger, ...addressByToken(thread) }),
    judge: (outcome) => {
      expectUnverified(outcome);
      expect(outcome.inquiry.status).toBe('waiting');
    },
  },
  {
    name: 'who takes no part threads by In-Reply-To as unverified, and reopens nothing',
    prepare: resolveThread,
    mail: (thread) => ({
      from: stranger,
      ...addressByWireId(thread),
      cc: 'tomo@toritsugi.example',
    }),
    judge: async (outcome) => {
      const { desk } = outcome;
      expectUnverified(outcome);
      expect(outcome.inquiry.status).toBe('resolved');
      expect(await desk.eventsOf(outcome.inquiry.id)).not.toContain('InquiryReopened');
    },
  },
  {
    name: 'who wrote as unverified has not become a participant by it',
    prepare: async (desk, thread) => {
      await desk.send({ from: stranger, text: '初めに', ...addressByToken(thread) });
      await desk.idle();
    },
    mail: (thread) => ({ from: stranger, ...addressByToken(thread) }),
    judge: expectUnverified,
  },
  {
    name: 'the reply of the requester resumes what waits for it',
    prepare: letThreadWait,
    mail: addressByToken,
    judge: (outcome) => {
      expectContinued(outcome);
      expect(outcome.inquiry.status).toBe('queued');
    },
  },
  {
    name: 'a reply to a resolved inquiry reopens it',
    prepare: resolveThread,
    mail: addressByWireId,
    judge: (outcome) => {
      expectContinued(outcome);
      expect(outcome.inquiry).toMatchObject({ status: 'queued', desk: 'bpo' });
    },
  },
  {
    name: 'a reply to an inquiry closed within its reopen period reopens it',
    prepare: async (desk, thread) => {
      await resolveThread(desk, thread);
      await commandInquiry(desk, 'lead-1', thread, 'close');
    },
    mail: addressByToken,
    judge: (outcome) => {
      expectContinued(outcome);
      expect(outcome.inquiry.status).toBe('queued');
    },
  },
  {
    name: 'a reply to a merged inquiry goes to the one that it was merged into',
    prepare: (desk, thread, other) =>
      commandInquiry(desk, 'lead-1', thread, 'merge', { into: other.inquiry.id }),
    mail: addressByToken,
    judge: ({ inquiry, other, message, receipt }) => {
      expect(receipt.fate).toBe('continued');
      expect(inquiry.id).toBe(other.inquiry.id);
      expect(message).not.toHaveProperty('unverified');
    },
  },
  {
    name: 'who stands in Cc of a mail to all continues the same inquiry with effect',
    prepare: async (desk, thread) => {
      await desk.send({
        from: thread.requester,
        text: '皆さんへ',
        cc: [`cc-of-${thread.requester}`, 'other@elsewhere.example'],
        ...addressByToken(thread),
      });
      await desk.idle();
      await letThreadWait(desk, thread);
    },
    mail: (thread) => ({ from: `cc-of-${thread.requester}`, inReplyTo: thread.opening }),
    judge: (outcome) => {
      expectContinued(outcome);
      expect(outcome.inquiry.status).toBe('queued');
    },
  },
  {
    name: 'who stands in Cc from elsewhere takes no part by it',
    prepare: async (desk, thread) => {
      await desk.send({
        from: thread.requester,
        text: '皆さんへ',
        cc: stranger,
        ...addressByToken(thread),
      });
      await desk.idle();
    },
    mail: (thread) => ({ from: stranger, inReplyTo: thread.opening }),
    judge: expectUnverified,
  },
];

const rows = [...requesterRows, ...agentMailRows];

beforeAll(async () => {
  desk = await startHelpDesk();
  outcomes = await playMails(desk, rows);
});
afterAll(() => desk?.stop());

describe('a mail that comes in', () => {
  test.each(rows.map(({ name, judge }) => ({ name, judge })))('$name', async ({ name, judge }) => {
    const outcome = outcomes.get(name);
    if (outcome === undefined) throw new Error('The mail was not sent.');
    await judge(outcome);
  });
});

test('every mail of this file has exactly one receipt with exactly one fate', async () => {
  const receipts = await desk.receipts();
  expect(receipts).toHaveLength(desk.accepted());
  expect(new Set(receipts.map(({ id }) => id)).size).toBe(receipts.length);
  expect(receipts.every(({ fates }) => fates.length === 1)).toBe(true);
});
