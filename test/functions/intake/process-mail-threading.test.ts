import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeReplyAddress } from '../../../core/inquiry/tokens/reply-token.ts';
import type { InquiryId } from '../../../core/inquiry/values/ids.ts';
import { makeTestSigning } from '../../support/test-signing-keys.ts';
import { makeInquiryStates } from './inquiry-states.ts';
import {
  composeRawMail,
  type MailFixture,
  mailHelpAddress,
  startMailFixture,
} from './mail-fixture.ts';

const hanako = 'hanako@toritsugi.example';
const jiro = 'jiro@toritsugi.example';
const outsider = 'sato@partner.example';

let mail: MailFixture;
let states: ReturnType<typeof makeInquiryStates>;
/** An inquiry of Hanako's, opened by the mail with the Message-ID `first`. */
let id: InquiryId | undefined;
let number: string;
let first: string;
let count = 0;

beforeAll(async () => {
  mail = await startMailFixture();
  states = makeInquiryStates(mail);
});
afterAll(() => mail.stop());
beforeEach(async () => {
  count += 1;
  first = `first-${count}@client.example`;
  const opened = await mail.deliver(composeRawMail({ id: first }));
  id = opened.inquiryId;
  ({ number } = await mail.load(id));
});

describe('the reply address', () => {
  it('continues the inquiry whatever has become of its case on the way', async () => {
    const to = mail.replyTo(id);
    expect(to.slice(0, to.indexOf('@')).length).toBeLessThanOrEqual(64);
    for (const address of [to, to.toUpperCase().replace('TORITSUGI', 'toritsugi')]) {
      const reply = await mail.deliver(composeRawMail({ to: address, subject: 'Re: 何か' }));
      expect(reply).toMatchObject({ fate: 'continued', inquiryId: id });
    }
    expect(await mail.load(id)).toMatchObject({ messages: 3 });
  });

  it('counts in the envelope alone, as a blind copy has it', async () => {
    const raw = composeRawMail({ to: 'undisclosed-recipients:;' });
    const reply = await mail.deliver(raw, { recipients: [mail.replyTo(id)] });
    expect(reply).toMatchObject({ fate: 'continued', inquiryId: id });
  });

  it('counts in To when a forwarder has changed the envelope', async () => {
    const reply = await mail.deliver(composeRawMail({ to: mail.replyTo(id) }), {
      recipients: [mailHelpAddress],
    });
    expect(reply).toMatchObject({ fate: 'continued', inquiryId: id });
  });

  it('proves nothing about the sender: forwarded to a stranger, their reply is unverified', async () => {
    const reply = await mail.deliver(composeRawMail({ from: outsider, to: mail.replyTo(id) }));
    expect(reply).toMatchObject({ fate: 'continued', inquiryId: id });
    expect(await mail.lastMessage(id)).toMatchObject({ unverified: true, kind: 'requester' });
  });

  it('opens a new inquiry when its MAC is wrong', async () => {
    const [local = ''] = mail.replyTo(id).split('@');
    const last = local.endsWith('a') ? 'b' : 'a';
    const reply = await mail.deliver(
      composeRawMail({ to: `${local.slice(0, -1)}${last}@toritsugi.example` }),
    );
    expect(reply.fate).toBe('opened');
    expect(reply.inquiryId).not.toBe(id);
  });

  it('opens a new inquiry when it was signed with the secret of another stage', async () => {
    if (id === undefined) throw new TypeError('nothing was opened');
    const foreign = await makeTestSigning('reply', 'the secret of another stage');
    const to = makeReplyAddress(foreign, mailHelpAddress, { inquiryId: id, audience: 'requester' });
    expect((await mail.deliver(composeRawMail({ to }))).fate).toBe('opened');
  });

  it('goes before what In-Reply-To says', async () => {
    const other = await mail.deliver(composeRawMail({ id: `other-${count}@client.example` }));
    const headers = { 'In-Reply-To': `<other-${count}@client.example>` };
    const reply = await mail.deliver(composeRawMail({ to: mail.replyTo(id), headers }));
    expect(reply.inquiryId).toBe(id);
    expect(reply.inquiryId).not.toBe(other.inquiryId);
  });
});

describe('In-Reply-To and References', () => {
  it('continue by a Message-ID that we received', async () => {
    const reply = await mail.deliver(composeRawMail({ headers: { 'In-Reply-To': `<${first}>` } }));
    expect(reply).toMatchObject({ fate: 'continued', inquiryId: id });
  });

  it('continue by the id under which SES sent our mail', async () => {
    const wire = `0106-${count}@ap-northeast-1.amazonses.com`;
    await mail.sent(wire, id);
    const reply = await mail.deliver(composeRawMail({ headers: { 'In-Reply-To': `<${wire}>` } }));
    expect(reply).toMatchObject({ fate: 'continued', inquiryId: id });
  });

  it('continue by the newest reference that is known, and by In-Reply-To before any', async () => {
    const newer = `newer-${count}@client.example`;
    const { inquiryId: newerId } = await mail.deliver(composeRawMail({ id: newer }));
    const references = `<unknown@x.example> <${first}> <${newer}> <later@x.example>`;
    const byNewest = await mail.deliver(composeRawMail({ headers: { References: references } }));
    expect(byNewest).toMatchObject({ fate: 'continued', inquiryId: newerId });
    const headers = { 'In-Reply-To': `<${first}>`, References: references };
    const byReply = await mail.deliver(composeRawMail({ headers }));
    expect(byReply).toMatchObject({ fate: 'continued', inquiryId: id });
  });

  it('continue by the id of a mail that has itself continued the inquiry', async () => {
    const second = `second-${count}@client.example`;
    await mail.deliver(composeRawMail({ id: second, headers: { 'In-Reply-To': `<${first}>` } }));
    const third = await mail.deliver(composeRawMail({ headers: { 'In-Reply-To': `<${second}>` } }));
    expect(third.inquiryId).toBe(id);
  });

  it('open a new inquiry when nobody knows the id, however much it looks like one of ours', async () => {
    const headers = { 'In-Reply-To': '<0106forged-000000@ap-northeast-1.amazonses.com>' };
    const reply = await mail.deliver(composeRawMail({ headers }));
    expect(reply.fate).toBe('opened');
    expect((await mail.load(reply.inquiryId)).links).toEqual([]);
  });
});

describe('the number in the subject', () => {
  it.each([
    ['as we write it', (given: string) => `Re: VPN [${given}]`],
    ['in lower case and with spaces', (given: string) => `[ ${given.toLowerCase()} ] VPN`],
    [
      'in full width',
      (given: string) =>
        `［${given.replace(/[!-~]/g, (one) => String.fromCharCode(one.charCodeAt(0) + 0xfee0))}］`,
    ],
  ])('continues the inquiry of whoever takes part in it, %s', async (_, subjectOf) => {
    const subject = `=?utf-8?B?${Buffer.from(subjectOf(number)).toString('base64')}?=`;
    const reply = await mail.deliver(composeRawMail({ subject }));
    expect(reply).toMatchObject({ fate: 'continued', inquiryId: id });
  });

  it('continues for a participant, and for an agent who is authenticated', async () => {
    const cc = { Cc: jiro, 'In-Reply-To': `<${first}>` };
    await mail.deliver(composeRawMail({ headers: cc }));
    const subject = `[${number}]`;
    expect(await mail.deliver(composeRawMail({ from: jiro, subject }))).toMatchObject({
      inquiryId: id,
    });
    const agent = composeRawMail({ from: 'staff-1@toritsugi.example', subject });
    expect(await mail.deliver(agent)).toMatchObject({ fate: 'continued', inquiryId: id });
    expect(await mail.lastMessage(id)).toMatchObject({ kind: 'note' });
  });

  it.each([
    ['a colleague who takes no part', jiro, {}],
    ['a stranger', outsider, {}],
    ['an agent whom nothing authenticates', 'staff-2@toritsugi.example', { dmarc: 'GRAY' }],
  ])('opens a new inquiry that links to the other, from %s', async (_, from, verdicts) => {
    const reply = await mail.deliver(composeRawMail({ from, subject: `[${number}]` }), {
      verdicts,
    });
    expect(reply.fate).toBe('opened');
    expect(reply.inquiryId).not.toBe(id);
    expect((await mail.load(reply.inquiryId)).links).toEqual([id]);
    expect(await mail.load(id)).toMatchObject({ messages: 1, participants: [] });
  });
});

describe('a sender who takes no part', () => {
  it('is shown and flagged, and neither resumes, nor takes part, nor moves anything else', async () => {
    await states.letWait(id);
    const before = await mail.load(id);
    const headers = { 'In-Reply-To': `<${first}>`, Cc: jiro };
    await mail.deliver(composeRawMail({ from: outsider, headers, text: '横から失礼します' }));
    const after = await mail.load(id);
    expect(await mail.lastMessage(id)).toMatchObject({
      unverified: true,
      text: '横から失礼します',
    });
    expect({ ...after, messages: 0, version: 0, references: [] }).toEqual({
      ...before,
      messages: 0,
      version: 0,
      references: [],
    });
  });

  it('does not reopen what is resolved', async () => {
    await states.resolve(id);
    await mail.deliver(
      composeRawMail({ from: outsider, headers: { 'In-Reply-To': `<${first}>` } }),
    );
    expect(await mail.load(id)).toMatchObject({ status: 'resolved' });
    expect((await mail.eventsOf(id)).at(-1)).toMatchObject({ type: 'MessageReceived' });
  });

  it('stays one when they write a second time', async () => {
    for (const text of ['一通目', '二通目']) {
      await mail.deliver(composeRawMail({ from: outsider, text, to: mail.replyTo(id) }));
      expect(await mail.lastMessage(id)).toMatchObject({ unverified: true, text });
    }
  });
});

describe('what has become of the inquiry meanwhile', () => {
  const reply = () => mail.deliver(composeRawMail({ headers: { 'In-Reply-To': `<${first}>` } }));

  it('a waiting one resumes by the reply of its requester', async () => {
    await states.letWait(id);
    expect(await reply()).toMatchObject({ fate: 'continued', inquiryId: id });
    expect(await mail.load(id)).toMatchObject({ status: 'queued', desk: 'bpo' });
    expect((await mail.eventsOf(id)).at(-1)).toMatchObject({
      type: 'InquiryResumed',
      reason: 'requester-replied',
    });
  });

  it('a merged one is followed to the end of its chain', async () => {
    const { inquiryId: middle } = await mail.deliver(composeRawMail({}));
    const { inquiryId: end } = await mail.deliver(composeRawMail({}));
    await states.merge(id, middle);
    await states.merge(middle, end);
    expect(await reply()).toMatchObject({ fate: 'continued', inquiryId: end });
    expect(await mail.load(end)).toMatchObject({ messages: 2 });
  });

  it('a resolved one reopens at its desk', async () => {
    await states.resolve(id);
    expect(await reply()).toMatchObject({ fate: 'continued', inquiryId: id });
    expect(await mail.load(id)).toMatchObject({ status: 'queued', desk: 'bpo' });
  });

  it('a closed one reopens within the reopen period, which counts from the resolution', async () => {
    await states.resolve(id);
    mail.later(13 * 86_400);
    expect(await reply()).toMatchObject({ fate: 'continued', inquiryId: id });
    expect((await mail.eventsOf(id)).map(({ type }) => type).slice(-3)).toEqual([
      'InquiryClosed',
      'MessageReceived',
      'InquiryReopened',
    ]);
  });

  it('one closed for longer is left alone, and a new one is opened that links to it', async () => {
    await states.resolve(id);
    mail.later(15 * 86_400);
    const late = await reply();
    expect(late.fate).toBe('opened');
    expect(await mail.load(late.inquiryId)).toMatchObject({ status: 'new', links: [id] });
    expect(await mail.load(id)).toMatchObject({ status: 'closed', messages: 1 });
  });
});

describe('people in To and Cc', () => {
  it('of our own domains become participants, without the desk, the author and outsiders', async () => {
    const to = `${mailHelpAddress}, help+x1@toritsugi.example, Jiro <${jiro}>, ${hanako}`;
    const opened = await mail.deliver(composeRawMail({ to, headers: { Cc: outsider } }));
    const { participants } = await mail.load(opened.inquiryId);
    expect(participants).toEqual([{ address: jiro, name: 'Jiro' }]);
  });

  it('join with a later mail of somebody who takes part, the requester not among them', async () => {
    await mail.deliver(composeRawMail({ headers: { Cc: jiro, 'In-Reply-To': `<${first}>` } }));
    const cc = `${hanako}, kaori@toritsugi.example`;
    const headers = { Cc: cc, 'In-Reply-To': `<${first}>` };
    await mail.deliver(composeRawMail({ from: jiro, headers }));
    const { participants } = await mail.load(id);
    expect(participants.map(({ address }) => address)).toEqual([jiro, 'kaori@toritsugi.example']);
  });

  it('stay in one inquiry when a mail to all is answered to all', async () => {
    const all = 'all@toritsugi.example';
    const root = `all-${count}@client.example`;
    const opened = await mail.deliver(
      composeRawMail({ id: root, to: `${mailHelpAddress}, ${all}, ${jiro}` }),
    );
    const answers = [jiro, 'kaori@toritsugi.example', 'mika@toritsugi.example'].map((from) =>
      mail.deliver(
        composeRawMail({
          from,
          to: `${mailHelpAddress}, ${all}`,
          headers: { References: `<${root}>` },
          text: from,
        }),
      ),
    );
    for (const answer of await Promise.all(answers)) {
      expect(answer).toMatchObject({ fate: 'continued', inquiryId: opened.inquiryId });
    }
    expect(await mail.load(opened.inquiryId)).toMatchObject({ messages: 4 });
  });
});
