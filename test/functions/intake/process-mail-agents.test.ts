import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { InquiryId } from '../../../core/inquiry/values/ids.ts';
import { readMailSpecimen } from '../../support/mail-specimens.ts';
import { makeInquiryStates } from './inquiry-states.ts';
import {
  composeRawMail,
  type DeliveryInput,
  type MailFixture,
  mailHelpAddress,
  mailPeople,
  startMailFixture,
} from './mail-fixture.ts';

let mail: MailFixture;
let states: ReturnType<typeof makeInquiryStates>;
let id: InquiryId | undefined;
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
  id = (await mail.deliver(composeRawMail({ id: first }))).inquiryId;
});

const operator = mailPeople.operator.address;
const staff = mailPeople.staff.address;

/** An agent's mail to a reply address, with the audience that the address is for. */
async function answer(from: string, audience: 'requester' | 'agent', given: DeliveryInput = {}) {
  const taken = await mail.deliver(composeRawMail({ from, to: mail.replyTo(id, audience) }), given);
  expect(taken).toMatchObject({ fate: 'continued', inquiryId: id });
  return mail.lastMessage(id);
}

describe("an agent's mail", () => {
  it("is a note when it answers an agent's notice, also from the one who holds the inquiry", async () => {
    await states.claim(id, mailPeople.operator);
    expect(await answer(operator, 'agent')).toMatchObject({
      kind: 'note',
      from: { sub: 'operator-a1' },
    });
    expect(await answer(staff, 'agent')).toMatchObject({ kind: 'note', from: { sub: 'staff-1' } });
  });

  it("is a note when it answers an agent's notice by its Message-ID", async () => {
    const wire = `0106-notice-${count}@ap-northeast-1.amazonses.com`;
    await states.claim(id, mailPeople.operator);
    await mail.sent(wire, id, 'agent');
    const headers = { 'In-Reply-To': `<${wire}>` };
    await mail.deliver(composeRawMail({ from: operator, headers }));
    expect(await mail.lastMessage(id)).toMatchObject({ kind: 'note' });
  });

  it("is public on the requester's thread from the one who holds it and is authenticated", async () => {
    await states.claim(id, mailPeople.operator);
    expect(await answer(operator, 'requester')).toMatchObject({
      kind: 'agent',
      from: { sub: 'operator-a1', address: operator },
    });
    expect((await mail.eventsOf(id)).at(-1)).toMatchObject({
      type: 'ReplyPosted',
      by: { kind: 'agent', sub: 'operator-a1', vendor: 'vendor-a' },
    });
  });

  it("is a note on the requester's thread from an agent who does not hold it", async () => {
    await states.claim(id, mailPeople.operator);
    expect(await answer(staff, 'requester')).toMatchObject({ kind: 'note' });
  });

  it('is a note once the lease has run out, which is noticed first', async () => {
    await states.claim(id, mailPeople.operator);
    mail.later(901);
    expect(await answer(operator, 'requester')).toMatchObject({ kind: 'note' });
    expect((await mail.eventsOf(id)).map(({ type }) => type).slice(-2)).toEqual([
      'LeaseLost',
      'NotePosted',
    ]);
  });

  it.each([
    ['DMARC does not say so', { dmarc: 'GRAY', spf: 'PASS', dkim: 'PASS' }],
    ['it could not be judged', { dmarc: 'PROCESSING_FAILED' }],
  ])('is unverified when %s: From alone grants nothing', async (_, verdicts) => {
    await states.claim(id, mailPeople.operator);
    expect(await answer(operator, 'requester', { verdicts })).toMatchObject({
      kind: 'requester',
      unverified: true,
    });
  });

  it('is unverified from an operator at whose desk it never was', async () => {
    await states.route(id, 'staff');
    expect(await answer(operator, 'requester')).toMatchObject({ unverified: true });
  });

  it('is a requester’s where an agent writes about an inquiry of their own', async () => {
    const opened = await mail.deliver(composeRawMail({ from: staff }));
    id = opened.inquiryId;
    await states.claim(id, mailPeople.operator);
    const message = await answer(staff, 'requester');
    expect(message?.kind).toBe('requester');
    expect(message).not.toHaveProperty('unverified');
  });

  it('is a note on a notice also from an agent who takes part besides', async () => {
    const opened = await mail.deliver(composeRawMail({ headers: { Cc: staff } }));
    id = opened.inquiryId;
    expect(await answer(staff, 'agent')).toMatchObject({ kind: 'note' });
    expect((await answer(staff, 'requester'))?.kind).toBe('requester');
  });

  it('is public from a holder who was in Cc from the beginning', async () => {
    const opened = await mail.deliver(composeRawMail({ headers: { Cc: staff } }));
    id = opened.inquiryId;
    await states.claim(id, mailPeople.staff, 'staff');
    expect(await answer(staff, 'requester')).toMatchObject({ kind: 'agent' });
  });
});

describe("the requester's mail", () => {
  it('has effect also by the address of a notice that an agent has passed on to them', async () => {
    await states.letWait(id);
    const message = await answer(mailPeople.hanako.address, 'agent');
    expect(message?.kind).toBe('requester');
    expect(await mail.load(id)).toMatchObject({ status: 'queued' });
  });

  it('tells the one who holds the inquiry, and nobody else', async () => {
    await states.claim(id, mailPeople.operator);
    await mail.deliver(composeRawMail({ headers: { 'In-Reply-To': `<${first}>` } }));
    const { version } = await mail.load(id);
    const key = `${String(version).padStart(8, '0')}#message-arrived#sub:operator-a1`;
    const { Item } = await mail.noticeItem(id, key);
    expect(Item?.['state']?.S).toBe('pending');
  });
});

describe("a forward of somebody's mail", () => {
  const forwarded = () =>
    Buffer.from(readMailSpecimen('forwarded-by-agent'))
      .toString()
      .replace(/^From: .*$/m, `From: ${staff}`)
      .replace(/^Message-ID: .*$/im, `Message-ID: <forward-${count}@client.example>`);

  it('by an agent opens an inquiry for the original sender, who gets no surprising mail', async () => {
    const { inquiryId } = await mail.deliver(forwarded());
    expect(await mail.load(inquiryId)).toMatchObject({
      requester: { address: 'sato@partner.example', name: '佐藤 次郎', external: true },
    });
    const [opened] = await mail.eventsOf(inquiryId);
    expect(opened).toMatchObject({
      received: { acknowledge: false, message: { from: { address: staff } } },
    });
  });

  it('by an agent whom nothing authenticates is their own inquiry', async () => {
    const { inquiryId } = await mail.deliver(forwarded(), { verdicts: { dmarc: 'GRAY' } });
    expect(await mail.load(inquiryId)).toMatchObject({ requester: { address: staff } });
  });

  it('by anybody else is their own inquiry', async () => {
    const raw = forwarded().replace(staff, mailPeople.hanako.address);
    const { inquiryId } = await mail.deliver(raw);
    expect(await mail.load(inquiryId)).toMatchObject({
      requester: { address: mailPeople.hanako.address, department: '営業部' },
    });
  });

  it('for somebody in the registry takes their name and language from there', async () => {
    const raw = forwarded().replace(
      '佐藤 次郎 <sato@partner.example>',
      '次郎 <jiro@toritsugi.example>',
    );
    const { inquiryId } = await mail.deliver(raw, { recipients: [mailHelpAddress] });
    expect(await mail.load(inquiryId)).toMatchObject({
      language: 'en',
      requester: { address: mailPeople.jiro.address, sub: 'jiro', name: 'jiro' },
    });
  });
});
