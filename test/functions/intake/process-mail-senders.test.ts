import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MailPolicy } from '../../../core/intake/mail/mail-policy.ts';
import { fakeLambdaContext } from '../edge/http/fake-gateway-event.ts';
import {
  composeRawMail,
  type DeliveryInput,
  type MailFixture,
  makeMailBatch,
  startMailFixture,
} from './mail-fixture.ts';

const outsider = 'sato@partner.example';
const ours = 'hanako@toritsugi.example';

let mail: MailFixture;

beforeAll(async () => {
  mail = await startMailFixture();
});
afterAll(() => mail.stop());

/** Delivers a mail under a stage's policy; returns its fate. */
async function deliverUnder(policy: object, raw: string, given: DeliveryInput = {}) {
  const settings = { ...mail.intake.settings, policy: MailPolicy.parse(policy) };
  const { process: processMails } = mail.handlersFor({ ...mail.intake, settings });
  const notified = await mail.store(raw, given);
  expect(await processMails(makeMailBatch([notified]), fakeLambdaContext())).toEqual({
    batchItemFailures: [],
  });
  const { fates } = await mail.receiptOf(notified.id);
  const [fate] = fates;
  return fate?.reason === undefined ? fate?.fate : `${fate.fate}: ${fate.reason}`;
}

const quarantine = { onGray: 'quarantine', onProcessingFailed: 'quarantine' };

const ownQuarantine = { onOwnDomainGray: 'quarantine' };

describe('the verdicts', () => {
  it.each<[string, object, DeliveryInput['verdicts'], string]>([
    ['a virus', {}, { virus: 'FAIL' }, 'quarantined: virus'],
    ['spam', {}, { spam: 'FAIL' }, 'quarantined: spam'],
    ['both, the worse first', {}, { spam: 'FAIL', virus: 'FAIL' }, 'quarantined: virus'],
    ['spam GRAY by default', {}, { spam: 'GRAY' }, 'opened'],
    ['spam GRAY where the stage is strict', quarantine, { spam: 'GRAY' }, 'quarantined: spam'],
    ['virus unjudged by default', {}, { virus: 'PROCESSING_FAILED' }, 'opened'],
    [
      'virus unjudged where the stage is strict',
      quarantine,
      { virus: 'PROCESSING_FAILED' },
      'quarantined: virus',
    ],
    ['our own domain with DMARC GRAY by default', {}, { dmarc: 'GRAY' }, 'opened'],
    [
      'our own domain with DMARC GRAY where the stage is strict',
      quarantine,
      { dmarc: 'GRAY' },
      'quarantined: unauthenticated',
    ],
    [
      'our own domain with DMARC GRAY where it publishes a policy',
      ownQuarantine,
      { dmarc: 'GRAY' },
      'quarantined: unauthenticated',
    ],
    [
      'spam GRAY where only our own domain is to be proven',
      ownQuarantine,
      { spam: 'GRAY' },
      'opened',
    ],
    [
      'our own domain with DMARC unjudged where the stage is strict',
      quarantine,
      { dmarc: 'PROCESSING_FAILED' },
      'quarantined: unauthenticated',
    ],
    ['our own domain with DMARC FAIL', {}, { dmarc: 'FAIL' }, 'quarantined: spoofed'],
  ])('decide over %s', async (_, policy, verdicts, fate) => {
    expect(
      await deliverUnder(policy, composeRawMail({ from: ours }), { verdicts: verdicts ?? {} }),
    ).toBe(fate);
  });

  it('let a stranger in whose domain fails DMARC, and never answer them', async () => {
    const taken = await mail.deliver(composeRawMail({ from: outsider }), {
      verdicts: { dmarc: 'FAIL' },
    });
    expect(taken.fate).toBe('opened');
    const [opened] = await mail.eventsOf(taken.inquiryId);
    expect(opened).toMatchObject({ received: { acknowledge: false } });
  });

  it('answer nobody of whom neither SPF nor DKIM nor DMARC says anything good', async () => {
    const verdicts = { spf: 'GRAY', dkim: 'GRAY', dmarc: 'GRAY' };
    const { inquiryId } = await mail.deliver(composeRawMail({ from: outsider }), { verdicts });
    const [opened] = await mail.eventsOf(inquiryId);
    expect(opened).toMatchObject({ received: { acknowledge: false } });
  });

  it('keep no stranger back whose domain publishes nothing, while our own has to', async () => {
    const raw = composeRawMail({ from: outsider });
    expect(await deliverUnder(ownQuarantine, raw, { verdicts: { dmarc: 'GRAY' } })).toBe('opened');
  });

  it('tell the leads of what they keep back, and the sender nothing', async () => {
    const { inquiryId } = await mail.deliver(composeRawMail({}), { verdicts: { dmarc: 'FAIL' } });
    expect((await mail.noticeItem(inquiryId, '00000001#quarantined#leads')).Item).toBeDefined();
    expect(await mail.load(inquiryId)).toMatchObject({
      status: 'quarantined',
      quarantine: { ageAt: '2026-11-25T01:00:00.000Z' },
      source: { verdicts: { dmarc: 'FAIL', spam: 'PASS' } },
    });
    const notice = await mail.noticeItem(inquiryId, `00000001#over-limit#${ours}`);
    expect(notice.Item).toBeUndefined();
  });
});

describe('a gateway of our own', () => {
  const policy = { internalRelays: ['192.0.2.25', '2001:db8:25::/48'] };
  const through = (received: string) =>
    `Received: from ${received}\r\n by inbound-smtp.ap-northeast-1.amazonaws.com with SMTP id x;\r\n Tue, 24 Nov 2026 01:00:00 +0000\r\n${composeRawMail({ from: ours })}`;

  it.each<[string, string, string]>([
    ['its address', 'x.example (unknown [192.0.2.25])', 'opened'],
    ['its address in a range', 'x.example (unknown [IPv6:2001:db8:25::9])', 'opened'],
    [
      'a name like its address, which the owner of another address gave to it',
      'x.example (192.0.2.25 [198.51.100.9])',
      'quarantined: spoofed',
    ],
    [
      'an address in the name that somebody greets with',
      'x (y [192.0.2.25]) by z (unknown [198.51.100.9])',
      'quarantined: spoofed',
    ],
    ['another gateway', 'x.example (mx.partner.example [198.51.100.9])', 'quarantined: spoofed'],
    [
      'somebody who only calls themselves so',
      '192.0.2.25 (unknown [198.51.100.9])',
      'quarantined: spoofed',
    ],
  ])('excuses a failed DMARC by %s', async (_, received, fate) => {
    expect(await deliverUnder(policy, through(received), { verdicts: { dmarc: 'FAIL' } })).toBe(
      fate,
    );
  });

  it('is not believed in a header that the sender wrote below that of SES', async () => {
    const forged = 'Received: from x (x [192.0.2.25]) by mx.toritsugi.example; today';
    const raw = `${through('x (mx.partner.example [198.51.100.9])').split('From:')[0]}${forged}\r\n${composeRawMail({ from: ours })}`;
    expect(await deliverUnder(policy, raw, { verdicts: { dmarc: 'FAIL' } })).toBe(
      'quarantined: spoofed',
    );
  });

  it('excuses no agent: through it nobody is authenticated', async () => {
    const raw = through('x (x [192.0.2.25])').replace(ours, 'staff-1@toritsugi.example');
    const settings = { ...mail.intake.settings, policy: MailPolicy.parse(policy) };
    const { inquiryId: id } = await mail.deliver(composeRawMail({}));
    const { process: processMails } = mail.handlersFor({ ...mail.intake, settings });
    const notified = await mail.store(raw, {
      verdicts: { dmarc: 'FAIL' },
      recipients: [mail.replyTo(id)],
    });
    await processMails(makeMailBatch([notified]), fakeLambdaContext());
    expect(await mail.lastMessage(id)).toMatchObject({ unverified: true });
  });
});

describe('senders from outside', () => {
  const listed = { externalSenders: 'listed', listedDomains: ['partner.example'] };
  const none = composeRawMail({}).replace(/^From:.*\r\n/, '');

  it.each<[string, object, string, string]>([
    ['are accepted by default', {}, composeRawMail({ from: outsider }), 'opened'],
    [
      'are kept back where the stage says so',
      { externalSenders: 'quarantine' },
      composeRawMail({ from: outsider }),
      'quarantined: unlisted-sender',
    ],
    ['are accepted from a listed domain', listed, composeRawMail({ from: outsider }), 'opened'],
    [
      'are kept back from any other',
      listed,
      composeRawMail({ from: 'x@elsewhere.example' }),
      'quarantined: unlisted-sender',
    ],
    [
      'are kept back from a domain that only ends like a listed one',
      listed,
      composeRawMail({ from: 'x@bad-partner.example' }),
      'quarantined: unlisted-sender',
    ],
    ['are kept back without any address', listed, none, 'quarantined: unlisted-sender'],
    ['are none who write from our own domain', listed, composeRawMail({ from: ours }), 'opened'],
    [
      'are none who write from a domain that the stage names as ours',
      { ...listed, ownDomains: ['subsidiary.example'] },
      composeRawMail({ from: 'x@subsidiary.example' }),
      'opened',
    ],
  ])('%s', async (_, policy, raw, fate) => {
    expect(await deliverUnder(policy, raw)).toBe(fate);
  });

  it('are known as such afterwards', async () => {
    const { inquiryId } = await mail.deliver(composeRawMail({ from: `Sato <${outsider}>` }));
    expect(await mail.load(inquiryId)).toMatchObject({
      requester: { address: outsider, name: 'Sato', external: true },
    });
  });
});

describe('a From that cannot be believed', () => {
  const two = (other: string) =>
    composeRawMail({ from: ours }).replace('\r\n', `\r\nFrom: ${other}\r\n`);
  const encoded = (address: string) =>
    composeRawMail({ from: `=?utf-8?B?${Buffer.from(`社長 <${address}>`).toString('base64')}?=` });

  it.each<[string, string, string]>([
    ['two of them, one ours', two(outsider), 'quarantined: spoofed'],
    [
      'two of them, none ours',
      two('y@elsewhere.example').replace(ours, outsider),
      'quarantined: unauthenticated',
    ],
    [
      'two authors in one',
      composeRawMail({ from: `${outsider}, ${ours}` }),
      'quarantined: spoofed',
    ],
    ['our address inside an encoded word', encoded(ours), 'quarantined: spoofed'],
    ['another address inside an encoded word', encoded(outsider), 'quarantined: unauthenticated'],
  ])('is kept back although every verdict is a pass: %s', async (_, raw, fate) => {
    expect(await deliverUnder({}, raw)).toBe(fate);
  });
});

describe("a machine's first mail", () => {
  it('is kept back where the stage says so, and recorded all the same where it has a thread', async () => {
    const policy = { automatedFirstContact: 'quarantine' };
    const headers = { 'Auto-Submitted': 'auto-generated' };
    expect(await deliverUnder(policy, composeRawMail({ headers }))).toBe(
      'quarantined: unlisted-sender',
    );
    await mail.deliver(composeRawMail({ id: 'thread@client.example' }));
    const threaded = { ...headers, 'In-Reply-To': '<thread@client.example>' };
    expect(await deliverUnder(policy, composeRawMail({ headers: threaded }))).toBe('recorded');
  });
});
