import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readReplyAddress } from '../../../core/inquiry/tokens/reply-token.ts';
import { signing } from '../../support/test-signing-keys.ts';
import { address, assigned, routed, secret, startNoticeWorld } from './notice-fixture.ts';

let world: Awaited<ReturnType<typeof startNoticeWorld>>;
beforeAll(async () => {
  world = await startNoticeWorld();
});
afterAll(() => world.stop());
beforeEach(() => {
  world.ses.sent.length = 0;
  // Past every limit of earlier tests.
  world.later(2 * 86_400);
});

describe('a notice to an agent', () => {
  it('tells staff the subject and leads their answers to the notes', async () => {
    const agent = await world.person({ address: 'sato@toritsugi.example', sub: 'sub-sato' });
    const id = await world.open({ acknowledge: false });
    await world.append(id, routed, assigned('sub-sato'));
    await world.deliverPending(id);
    const { parsed, destinations, id: sesId } = await world.lastMail();
    expect(destinations).toEqual([agent.address]);
    expect(parsed.subject).toMatch(/^\[HD-.{9}\] 割り当て: VPNに接続できません$/);
    expect(parsed.text).toContain('窓口: 社内');
    expect(parsed.inReplyTo).toBeUndefined();
    expect(parsed.text).not.toContain('/status/');
    const replyTo = parsed.replyTo?.[0]?.address ?? '';
    expect(readReplyAddress(await signing('reply', secret), replyTo)?.audience).toBe('agent');
    const wireId = `${sesId}@ap-northeast-1.amazonses.com`;
    expect((await world.noticeLedger.find(wireId))?.audience).toBe('agent');
  });

  it("tells a vendor's operator the number and nothing that anybody wrote", async () => {
    await world.person({
      address: 'op@vendor-a.example',
      sub: 'sub-op',
      role: 'operator',
      vendor: 'vendor-a',
      language: 'en',
    });
    const id = await world.open({ acknowledge: false });
    await world.append(
      id,
      { ...routed, desk: 'bpo', vendor: 'vendor-a' },
      assigned('sub-op', 'bpo'),
      {
        type: 'MessageReceived',
        by: { kind: 'requester' },
        message: { id: 'm', kind: 'requester', from: {}, text: 'パスワードはhimitsu' },
      },
    );
    await world.deliverPending(id);
    const number = (await world.ledger.load(id))?.inquiry.number;
    expect(world.ses.sent).toHaveLength(2);
    for (const { raw, parsed } of await world.mails()) {
      const all = `${Buffer.from(raw).toString()}${parsed.text}${parsed.html}${parsed.subject}`;
      expect(parsed.text).toContain(`Number: ${number}`);
      expect(parsed.subject).toContain(`[${number}]`);
      for (const secretText of ['himitsu', 'VPN', 'yamada', 'first.']) {
        expect(all).not.toContain(secretText);
      }
    }
  });

  it("does not tell a vendor's operator to which other desk something has gone", async () => {
    await world.person({
      ...{ address: 'op-2@vendor-a.example', sub: 'sub-op-2', role: 'operator' },
      ...{ vendor: 'vendor-a', language: 'en' },
    });
    await world.person({ address: 'mori@toritsugi.example', sub: 'sub-mori', language: 'en' });
    const textsAfter = async (sub: string) => {
      const id = await world.open({ acknowledge: false });
      const by = { kind: 'agent', sub: 'lead', name: 'lead', role: 'lead' };
      const there = { ...routed, desk: 'bpo', vendor: 'vendor-a' };
      const away = { desk: 'staff', agent: sub, announceAt: '2026-12-01T00:00:00.000Z' };
      await world.append(id, there, assigned(sub, 'bpo'));
      await world.append(id, { type: 'InquiryTransferred', by, from: 'bpo', ...away });
      await world.deliverPending(id);
      const mails = (await world.mails()).map(({ parsed }) => parsed.text ?? '');
      world.ses.sent.length = 0;
      return mails;
    };
    const toVendor = await textsAfter('sub-op-2');
    expect(toVendor.length).toBeGreaterThan(0);
    for (const text of toVendor) expect(text).not.toContain('Desk:');
    expect((await textsAfter('sub-mori')).some((text) => text.includes('Desk: '))).toBe(true);
  });

  it('shows staff the message that arrived', async () => {
    await world.person({ address: 'ito@toritsugi.example', sub: 'sub-ito' });
    const id = await world.open({ acknowledge: false });
    await world.append(id, routed, assigned('sub-ito'), {
      type: 'MessageReceived',
      by: { kind: 'requester' },
      message: { id: 'm', kind: 'requester', from: {}, text: 'まだです', unverified: true },
    });
    await world.deliverPending(id);
    const mails = await world.mails();
    const arrived = mails.find(({ parsed }) => parsed.subject?.includes('新着メッセージ'));
    expect(arrived?.parsed.text).toContain('まだです');
    expect(arrived?.parsed.text).toContain('関わりのない差出人');
  });

  it.each([
    ['has left', { state: 'left' as const }],
    ['mail to the person has failed', { undeliverableAt: '2026-11-01T00:00:00.000Z' }],
  ])('is withheld from one of whom it is known: %s', async (remark, known) => {
    await world.person({ address: 'gone@toritsugi.example', sub: 'sub-gone', ...known });
    const id = await world.open({ acknowledge: false });
    await world.append(id, routed, assigned('sub-gone'));
    await world.deliverPending(id);
    expect(await world.notices(id)).toMatchObject([{ state: 'withheld', remark }]);
    expect(world.ses.sent).toEqual([]);
  });
});

describe('a notice to the leads', () => {
  it('becomes one for each who can be reached, and never more when repeated', async () => {
    await world.person({ address: 'lead-1@toritsugi.example', sub: 'sub-l1', role: 'lead' });
    await world.person({ address: 'lead-2@toritsugi.example', role: 'lead', language: 'en' });
    await world.person({ address: 'lead-3@toritsugi.example', role: 'lead', state: 'left' });
    const id = await world.open({ acknowledge: false });
    await world.append(id, routed, {
      type: 'DeliveryFailed',
      address: 'someone@toritsugi.example',
      permanent: true,
      diagnostic: '550 5.1.1 user unknown',
    });
    const [toLeads] = await world.notices(id);
    if (toLeads === undefined) throw new Error('no notice');
    await world.deliver(toLeads, toLeads);
    expect((await world.notices(id)).map(({ recipient, state }) => ({ recipient, state }))).toEqual(
      expect.arrayContaining([
        { recipient: { to: 'leads' }, state: 'expanded' },
        { recipient: { to: 'person', sub: 'sub-l1' }, state: 'pending' },
        {
          recipient: { to: 'address', address: address('lead-2@toritsugi.example') },
          state: 'pending',
        },
      ]),
    );
    await world.deliverPending(id);
    await world.deliver(toLeads);
    expect(world.ses.sent.flatMap(({ destinations }) => destinations).sort()).toEqual([
      'lead-1@toritsugi.example',
      'lead-2@toritsugi.example',
    ]);
    expect(await world.notices(id)).toHaveLength(3);
  });
});
