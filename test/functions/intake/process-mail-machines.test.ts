import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { InquiryId } from '../../../core/inquiry/values/ids.ts';
import { makeInquiryStates } from './inquiry-states.ts';
import {
  composeRawMail,
  type DeliveryInput,
  type MailFixture,
  mailHelpAddress,
  mailPeople,
  startMailFixture,
} from './mail-fixture.ts';

const hanako = mailPeople.hanako.address;
const group = 'it-desk@toritsugi.example';

let mail: MailFixture;
let states: ReturnType<typeof makeInquiryStates>;
let id: InquiryId | undefined;
let first: string;
let count = 0;

beforeAll(async () => {
  mail = await startMailFixture({ groups: [group] });
  states = makeInquiryStates(mail);
});
afterAll(() => mail.stop());
beforeEach(async () => {
  count += 1;
  first = `first-${count}@client.example`;
  id = (await mail.deliver(composeRawMail({ id: first }))).inquiryId;
});

type Case = {
  readonly headers?: Readonly<Record<string, string>>;
  readonly from?: string;
  readonly subject?: string;
} & Omit<DeliveryInput, 'headers'>;

const machines: [string, Case][] = [
  ['Auto-Submitted: auto-replied', { headers: { 'Auto-Submitted': 'auto-replied' } }],
  ['Auto-Submitted: auto-generated', { headers: { 'Auto-Submitted': 'auto-generated' } }],
  ['the null return path', { source: '' }],
  ['Precedence: bulk', { headers: { Precedence: 'bulk' } }],
  ['Precedence: junk', { headers: { Precedence: 'junk' } }],
  ['Precedence: auto_reply', { headers: { Precedence: 'auto_reply' } }],
  ['X-Autoreply', { headers: { 'X-Autoreply': 'yes' } }],
  ['X-Autorespond', { headers: { 'X-Autorespond': 'yes' } }],
  ['List-Unsubscribe without a list', { headers: { 'List-Unsubscribe': '<https://x.example/u>' } }],
  ['the sender postmaster', { from: 'postmaster@partner.example' }],
  ['the sender mailer-daemon', { from: 'MAILER-DAEMON@partner.example' }],
  [
    'a subject with which another mark agrees',
    { subject: '自動返信: 不在です', headers: { 'X-Auto-Response-Suppress': 'All' } },
  ],
];
const quiet: [string, Case][] = [
  ['X-Auto-Response-Suppress', { headers: { 'X-Auto-Response-Suppress': 'OOF, AutoReply' } }],
  ['List-Id', { headers: { 'List-Id': '<all.toritsugi.example>' } }],
  ['Precedence: list', { headers: { Precedence: 'list' } }],
];
const persons: [string, Case][] = [
  ['Auto-Submitted: no', { headers: { 'Auto-Submitted': 'no' } }],
  ['an alarming subject alone', { subject: 'Undelivered parcels / 不在通知の書き方' }],
  [
    'the marks of a group that stands before us',
    { headers: { 'List-Id': `<${group.replace('@', '.')}>`, Precedence: 'list' } },
  ],
];

function send({ headers = {}, from, subject, ...given }: Case, more: Record<string, string> = {}) {
  return mail.deliver(
    composeRawMail({
      headers: { ...headers, ...more },
      ...(from === undefined ? {} : { from }),
      ...(subject === undefined ? {} : { subject }),
    }),
    given,
  );
}

async function opening(inquiryId: InquiryId | undefined) {
  const [opened] = await mail.eventsOf(inquiryId);
  if (opened?.type !== 'InquiryReceived') throw new TypeError('it opened nothing');
  const { automated, acknowledge, message } = opened.received;
  return { automated, acknowledge, kind: message.kind };
}

describe('first contact', () => {
  it.each(machines)(
    'by a machine with %s opens one flagged automated, unanswered',
    async (_, given) => {
      const { fate, inquiryId } = await send(given);
      expect(fate).toBe('opened');
      expect(await opening(inquiryId)).toEqual({
        automated: true,
        acknowledge: false,
        kind: 'machine',
      });
    },
  );

  it.each(quiet)('with %s alone is a person’s and only goes unanswered', async (_, given) => {
    const { inquiryId } = await send(given);
    expect(await opening(inquiryId)).toEqual({
      automated: false,
      acknowledge: false,
      kind: 'requester',
    });
  });

  it.each(persons)('with %s is a person’s and is acknowledged', async (_, given) => {
    const { inquiryId } = await send(given);
    expect(await opening(inquiryId)).toEqual({
      automated: false,
      acknowledge: true,
      kind: 'requester',
    });
    const notice = await mail.noticeItem(inquiryId, `00000001#acknowledgement#${hanako}`);
    expect(notice.Item?.['state']?.S).toBe('pending');
  });
});

describe('with a thread', () => {
  it.each(machines)('a mail with %s is recorded without effect', async (_, given) => {
    await states.letWait(id);
    const taken = await send(given, { 'In-Reply-To': `<${first}>`, Cc: mailPeople.jiro.address });
    expect(taken).toMatchObject({ fate: 'recorded', inquiryId: id });
    expect(await mail.lastMessage(id)).toMatchObject({ kind: 'machine' });
    expect(await mail.load(id)).toMatchObject({ status: 'waiting', participants: [] });
  });

  it('a mail with list marks alone takes effect like any other', async () => {
    await states.letWait(id);
    const headers = { 'List-Id': '<all.toritsugi.example>' };
    expect(await send({ headers }, { 'In-Reply-To': `<${first}>` })).toMatchObject({
      fate: 'continued',
    });
    expect(await mail.load(id)).toMatchObject({ status: 'queued' });
  });

  it('a machine reopens nothing that is resolved, and is recorded long after the closing too', async () => {
    await states.resolve(id);
    const headers = { 'Auto-Submitted': 'auto-replied' };
    await send({ headers }, { 'In-Reply-To': `<${first}>` });
    expect(await mail.load(id)).toMatchObject({ status: 'resolved', messages: 2 });
    mail.later(30 * 86_400);
    const late = await send({ headers }, { 'In-Reply-To': `<${first}>` });
    expect(late).toMatchObject({ fate: 'recorded', inquiryId: id });
    expect(await mail.load(id)).toMatchObject({ status: 'closed', messages: 3 });
  });

  it('a machine tells no agent of its mail', async () => {
    await states.claim(id, mailPeople.operator);
    await send({ headers: { 'Auto-Submitted': 'auto-replied' } }, { 'In-Reply-To': `<${first}>` });
    const { version } = await mail.load(id);
    const key = `${String(version).padStart(8, '0')}#message-arrived#sub:operator-a1`;
    expect((await mail.noticeItem(id, key)).Item).toBeUndefined();
  });
});

/** A delivery status notification (RFC 3464) about a mail of ours. */
function bounce(given: { wire?: string; replyTo?: string; action?: string; status?: string }) {
  const {
    wire = 'unknown@x.example',
    replyTo = mailHelpAddress,
    action = 'failed',
    status = '5.1.1',
  } = given;
  return [
    'From: Mail Delivery System <mailer-daemon@partner.example>',
    `To: ${mailHelpAddress}`,
    'Subject: Undelivered Mail Returned to Sender',
    `Message-ID: <bounce-${count}-${action}-${status}@partner.example>`,
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
    '',
    '--b',
    'Content-Type: text/plain',
    '',
    'I could not deliver your message.',
    '--b',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.partner.example',
    '',
    `Final-Recipient: rfc822; ${hanako}`,
    `Action: ${action}`,
    `Status: ${status}`,
    'Diagnostic-Code: smtp; 550 no such user',
    '--b',
    'Content-Type: text/rfc822-headers',
    '',
    `From: ${mailHelpAddress}`,
    `Reply-To: ${replyTo}`,
    `To: ${hanako}`,
    `Message-ID: <${wire}>`,
    '--b--',
    '',
  ].join('\r\n');
}

describe('a bounce by mail', () => {
  const wireOf = () => `0106-${count}@ap-northeast-1.amazonses.com`;

  it('finds the message by its embedded Message-ID, marks the address and tells the agent', async () => {
    await states.claim(id, mailPeople.operator);
    await mail.sent(wireOf(), id);
    const taken = await mail.deliver(bounce({ wire: wireOf() }), { source: '' });
    expect(taken).toMatchObject({ fate: 'recorded', inquiryId: id });
    expect((await mail.eventsOf(id)).at(-1)).toMatchObject({
      type: 'DeliveryFailed',
      address: hanako,
      permanent: true,
      diagnostic: 'smtp; 550 no such user',
    });
    const { undeliverable, version } = await mail.load(id);
    expect(undeliverable).toEqual([hanako]);
    const key = `${String(version).padStart(8, '0')}#delivery-failed#sub:operator-a1`;
    expect((await mail.noticeItem(id, key)).Item).toBeDefined();
  });

  it('finds it by the reply token in the headers that it returns', async () => {
    const taken = await mail.deliver(bounce({ replyTo: mail.replyTo(id) }), { source: '' });
    expect(taken).toMatchObject({ fate: 'recorded', inquiryId: id });
    expect((await mail.load(id)).undeliverable).toEqual([hanako]);
  });

  it.each([
    ['delayed', '4.4.1'],
    ['failed', '4.2.2'],
  ])('marks nothing where it is %s with %s', async (action, status) => {
    await mail.sent(wireOf(), id);
    await mail.deliver(bounce({ wire: wireOf(), action, status }), { source: '' });
    expect((await mail.eventsOf(id)).at(-1)).toMatchObject({
      type: 'DeliveryFailed',
      permanent: false,
    });
    expect((await mail.load(id)).undeliverable).toEqual([]);
  });

  it('of nothing that we know opens an inquiry flagged automated', async () => {
    const taken = await mail.deliver(bounce({}), { source: '' });
    expect(taken.fate).toBe('opened');
    expect(await mail.load(taken.inquiryId)).toMatchObject({ automated: true });
  });
});

describe('our own mail that comes back', () => {
  const headers = { 'X-Toritsugi-Loop': 'toritsugi.example' };

  it('is quarantined as a loop when it continues nothing', async () => {
    expect(await send({ headers })).toMatchObject({ fate: 'quarantined', reason: 'loop' });
  });

  it('is recorded with the inquiry that it continues', async () => {
    const taken = await send({ headers }, { 'In-Reply-To': `<${first}>` });
    expect(taken).toMatchObject({ fate: 'recorded', inquiryId: id });
  });
});
