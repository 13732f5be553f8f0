import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readReplyAddress } from '../../../core/inquiry/tokens/reply-token.ts';
import { makeTestSigning } from '../../support/test-signing-keys.ts';
import {
  makeAssignment,
  noticeStageSecret,
  parseAddress,
  routedToStaff,
  startNoticeFixture,
} from './notice-fixture.ts';

let fixture: Awaited<ReturnType<typeof startNoticeFixture>>;
beforeAll(async () => {
  fixture = await startNoticeFixture();
});
afterAll(() => fixture.stop());
beforeEach(() => {
  fixture.ses.sent.length = 0;
  // Beyond the sending limits that earlier tests used up.
  fixture.later(2 * 86_400);
});

describe('a notice to an agent', () => {
  it('tells staff the subject and leads their answers to the notes', async () => {
    const agent = await fixture.person({ address: 'sato@toritsugi.example', sub: 'sub-sato' });
    const id = await fixture.open({ acknowledge: false });
    await fixture.append(id, routedToStaff, makeAssignment('sub-sato'));
    await fixture.deliverPending(id);
    const { parsed, destinations, id: sesId } = await fixture.lastMail();
    expect(destinations).toEqual([agent.address]);
    expect(parsed.subject).toMatch(/^\[HD-.{9}\] 割り当て: VPNに接続できません$/);
    expect(parsed.text).toContain('窓口: 社内');
    expect(parsed.inReplyTo).toBeUndefined();
    expect(parsed.text).not.toContain('/status/');
    const replyTo = parsed.replyTo?.[0]?.address ?? '';
    expect(
      readReplyAddress(await makeTestSigning('reply', noticeStageSecret), replyTo)?.audience,
    ).toBe('agent');
    const wireId = `${sesId}@ap-northeast-1.amazonses.com`;
    expect((await fixture.noticeLedger.find(wireId))?.audience).toBe('agent');
  });

  it("tells a vendor's operator the number and nothing that anybody wrote", async () => {
    await fixture.person({
      address: 'op@vendor-a.example',
      sub: 'sub-op',
      role: 'operator',
      vendor: 'vendor-a',
      language: 'en',
    });
    const id = await fixture.open({ acknowledge: false });
    await fixture.append(
      id,
      { ...routedToStaff, desk: 'bpo', vendor: 'vendor-a' },
      makeAssignment('sub-op', 'bpo'),
      {
        type: 'MessageReceived',
        by: { kind: 'requester' },
        message: { id: 'm', kind: 'requester', from: {}, text: 'パスワードはhimitsu' },
      },
    );
    await fixture.deliverPending(id);
    const number = (await fixture.ledger.load(id))?.inquiry.number;
    expect(fixture.ses.sent).toHaveLength(2);
    for (const { raw, parsed } of await fixture.mails()) {
      const all = `${Buffer.from(raw).toString()}${parsed.text}${parsed.html}${parsed.subject}`;
      expect(parsed.text).toContain(`Number: ${number}`);
      expect(parsed.subject).toContain(`[${number}]`);
      for (const secretText of ['himitsu', 'VPN', 'yamada', 'first.']) {
        expect(all).not.toContain(secretText);
      }
    }
  });

  it("does not tell a vendor's operator to which other desk something has gone", async () => {
    await fixture.person({
      ...{ address: 'op-2@vendor-a.example', sub: 'sub-op-2', role: 'operator' },
      ...{ vendor: 'vendor-a', language: 'en' },
    });
    await fixture.person({ address: 'mori@toritsugi.example', sub: 'sub-mori', language: 'en' });
    const textsAfter = async (sub: string) => {
      const id = await fixture.open({ acknowledge: false });
      const by = { kind: 'agent', sub: 'lead', name: 'lead', role: 'lead' };
      const there = { ...routedToStaff, desk: 'bpo', vendor: 'vendor-a' };
      const away = { desk: 'staff', agent: sub, announceAt: '2026-12-01T00:00:00.000Z' };
      await fixture.append(id, there, makeAssignment(sub, 'bpo'));
      await fixture.append(id, { type: 'InquiryTransferred', by, from: 'bpo', ...away });
      await fixture.deliverPending(id);
      const mails = (await fixture.mails()).map(({ parsed }) => parsed.text ?? '');
      fixture.ses.sent.length = 0;
      return mails;
    };
    const toVendor = await textsAfter('sub-op-2');
    expect(toVendor.length).toBeGreaterThan(0);
    for (const text of toVendor) expect(text).not.toContain('Desk:');
    expect((await textsAfter('sub-mori')).some((text) => text.includes('Desk: '))).toBe(true);
  });

  it('shows staff the message that arrived', async () => {
    await fixture.person({ address: 'ito@toritsugi.example', sub: 'sub-ito' });
    const id = await fixture.open({ acknowledge: false });
    await fixture.append(id, routedToStaff, makeAssignment('sub-ito'), {
      type: 'MessageReceived',
      by: { kind: 'requester' },
      message: { id: 'm', kind: 'requester', from: {}, text: 'まだです', unverified: true },
    });
    await fixture.deliverPending(id);
    const mails = await fixture.mails();
    const arrived = mails.find(({ parsed }) => parsed.subject?.includes('新着メッセージ'));
    expect(arrived?.parsed.text).toContain('まだです');
    expect(arrived?.parsed.text).toContain('関わりのない差出人');
  });

  it.each([
    ['has left', { state: 'left' as const }],
    ['mail to the person has failed', { undeliverableAt: '2026-11-01T00:00:00.000Z' }],
  ])('is withheld from one of whom it is known: %s', async (remark, known) => {
    await fixture.person({ address: 'gone@toritsugi.example', sub: 'sub-gone', ...known });
    const id = await fixture.open({ acknowledge: false });
    await fixture.append(id, routedToStaff, makeAssignment('sub-gone'));
    await fixture.deliverPending(id);
    expect(await fixture.notices(id)).toMatchObject([{ state: 'withheld', remark }]);
    expect(fixture.ses.sent).toEqual([]);
  });
});

describe('a notice to the leads', () => {
  it('becomes one for each who can be reached, and never more when repeated', async () => {
    await fixture.person({ address: 'lead-1@toritsugi.example', sub: 'sub-l1', role: 'lead' });
    await fixture.person({ address: 'lead-2@toritsugi.example', role: 'lead', language: 'en' });
    await fixture.person({ address: 'lead-3@toritsugi.example', role: 'lead', state: 'left' });
    const id = await fixture.open({ acknowledge: false });
    await fixture.append(id, routedToStaff, {
      type: 'DeliveryFailed',
      address: 'someone@toritsugi.example',
      permanent: true,
      diagnostic: '550 5.1.1 user unknown',
    });
    const [toLeads] = await fixture.notices(id);
    if (toLeads === undefined) throw new Error('no notice');
    await fixture.deliver(toLeads, toLeads);
    expect(
      (await fixture.notices(id)).map(({ recipient, state }) => ({ recipient, state })),
    ).toEqual(
      expect.arrayContaining([
        { recipient: { to: 'leads' }, state: 'expanded' },
        { recipient: { to: 'person', sub: 'sub-l1' }, state: 'pending' },
        {
          recipient: { to: 'address', address: parseAddress('lead-2@toritsugi.example') },
          state: 'pending',
        },
      ]),
    );
    await fixture.deliverPending(id);
    await fixture.deliver(toLeads);
    expect(fixture.ses.sent.flatMap(({ destinations }) => destinations).sort()).toEqual([
      'lead-1@toritsugi.example',
      'lead-2@toritsugi.example',
    ]);
    expect(await fixture.notices(id)).toHaveLength(3);
  });
});
