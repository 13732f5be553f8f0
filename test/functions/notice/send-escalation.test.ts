import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readEscalationToken } from '../../../core/inquiry/tokens/escalation-token.ts';
import type { InquiryId } from '../../../core/inquiry/values/ids.ts';
import { sendingSeconds } from '../../../core/notice/sending/begin-notice-attempt.ts';
import { makeTestSigning } from '../../support/test-signing-keys.ts';
import {
  deliverAllPending,
  makeAssignedEventFor,
  makeBreachChains,
  missDeadline,
  openWaitingInquiry,
  putChains,
  workingMornings,
} from './escalation-fixture.ts';
import { noticeStageSecret, routedToStaff, startNoticeFixture } from './notice-fixture.ts';

let fixture: Awaited<ReturnType<typeof startNoticeFixture>>;
const ahead = workingMornings.values();
beforeAll(async () => {
  fixture = await startNoticeFixture();
  for (const [name, person] of Object.entries(people)) {
    await fixture.person({ address: `${name}@toritsugi.example`, sub: `sub-${name}`, ...person });
  }
});
afterAll(() => fixture.stop());
beforeEach(() => {
  fixture.ses.sent.length = 0;
  fixture.ses.failures.length = 0;
  fixture.clock.now = ahead.next().value ?? fixture.clock.now;
});

const people = {
  sato: { name: '佐藤', desks: ['staff'], presence: 'present' as const },
  ito: { name: '伊藤', desks: ['staff'] },
  lead: { name: '部長', role: 'lead' as const, language: 'en' as const, desks: ['staff'] },
  op: {
    name: 'オペレータ',
    role: 'operator' as const,
    vendor: 'vendor-a',
    desks: ['bpo'],
    presence: 'present' as const,
  },
  elsewhere: {
    name: '別会社',
    role: 'operator' as const,
    vendor: 'vendor-b',
    desks: ['bpo'],
    presence: 'present' as const,
  },
};

const numberOf = async (id: InquiryId) => (await fixture.ledger.load(id))?.inquiry.number;
const to = () => fixture.ses.sent.flatMap(({ destinations }) => destinations).sort();
const states = async (id: InquiryId) =>
  (await fixture.notices(id)).map(({ kind, state, remark }) => ({ kind, state, remark }));

describe('a warning', () => {
  const chains = [
    { id: 'all', on: 'clock' as const, warning: [{ to: 'holder' as const }], steps: [] },
  ];

  it('tells the holder clock, deadline, time left and how to acknowledge, in their language', async () => {
    putChains(fixture, chains);
    const id = await openWaitingInquiry(fixture);
    await fixture.append(id, makeAssignedEventFor('sub-sato'));
    fixture.later(90 * 60);
    await fixture.fireAlarms(id);
    fixture.ses.sent.length = 0;
    await deliverAllPending(fixture, id);
    const { parsed } = (await fixture.mails()).find((mail) =>
      mail.parsed.subject?.includes('期限間近'),
    ) ?? { parsed: undefined };
    expect(parsed?.subject).toBe(
      `[${await numberOf(id)}] 期限間近【初回応答】: VPNに接続できません`,
    );
    expect(parsed?.text).toContain(
      [
        `受付番号: ${await numberOf(id)}`,
        '窓口: 社内',
        '件名: VPNに接続できません',
        '優先度: 中',
        '担当者: sub-sato',
        '対象: 初回応答',
        '期限: 2026年12月1日(火) 12:00 (日本時間)',
        '残り時間: 30分(営業時間)',
      ].join('\n'),
    );
    const token = /https:\/\/desk\.toritsugi\.example\/escalations\/(\w+)/.exec(
      parsed?.text ?? '',
    )?.[1];
    const keys = await makeTestSigning('escalation', noticeStageSecret);
    expect(readEscalationToken(keys, token ?? '', fixture.clock.now)).toMatchObject({
      inquiryId: id,
      escalation: 'first_response-1-75',
      to: { to: 'person', sub: 'sub-sato' },
    });
    const headers = Object.fromEntries(
      (parsed?.headers ?? []).map(({ key, value }) => [key, value]),
    );
    expect(headers['auto-submitted']).toBe('auto-replied');
  });

  it('is withheld once its clock has ended', async () => {
    putChains(fixture, chains);
    const id = await openWaitingInquiry(fixture);
    await fixture.append(id, makeAssignedEventFor('sub-sato'));
    await fixture.deliverPending(id);
    fixture.later(90 * 60);
    await fixture.append(id, {
      type: 'InquiryReleased',
      agent: 'sub-sato',
      desk: 'staff',
      announceAt: '2027-12-01T00:00:00.000Z',
    });
    await fixture.append(id, {
      type: 'InquiryResolved',
      silent: true,
      closeAt: '2027-12-01T00:00:00.000Z',
      reopenUntil: '2027-12-01T00:00:00.000Z',
    });
    await deliverAllPending(fixture, id);
    expect(await states(id)).toContainEqual({
      kind: 'sla-warning',
      state: 'withheld',
      remark: 'what it warns of is over',
    });
  });
});

describe('a breach', () => {
  it('tells the leads, each in their language, by how much it is late', async () => {
    putChains(fixture, [
      {
        id: 'all',
        on: 'clock',
        steps: [
          { afterMinutes: 0, tell: [{ to: 'leads' }] },
          { afterMinutes: 30, tell: [{ to: 'leads' }] },
        ],
      },
    ]);
    const id = await openWaitingInquiry(fixture);
    // Detected 40 minutes of business time after the deadline.
    fixture.later(3 * 3600 + 40 * 60);
    await fixture.fireAlarms(id);
    await deliverAllPending(fixture, id);
    expect(to()).toEqual(['lead@toritsugi.example']);
    const { parsed } = await fixture.lastMail();
    expect(parsed.subject).toMatch(/^\[HD-.{9}\] Deadline missed \(First response\): VPN/);
    expect(parsed.text).toContain('Late by: 40 min of business time\nNotice: no. 1 of 2');
    expect(parsed.text).toContain('Held by: nobody');
    // Half an hour after it was detected, since nobody has acknowledged it.
    fixture.later(30 * 60);
    await fixture.fireAlarms(id);
    await deliverAllPending(fixture, id);
    expect((await fixture.lastMail()).parsed.text).toContain('Notice: no. 2 of 2');
    expect(to()).toHaveLength(2);
  });

  it('tells nobody twice who is told as lead, as holder and by address', async () => {
    const address = 'lead@toritsugi.example';
    putChains(
      fixture,
      makeBreachChains(
        { to: 'leads' },
        { to: 'holder' },
        { to: 'desk' },
        { to: 'address', address },
      ),
    );
    const id = await openWaitingInquiry(fixture);
    await fixture.append(id, makeAssignedEventFor('sub-lead'));
    await fixture.deliverPending(id);
    fixture.ses.sent.length = 0;
    await missDeadline(fixture, id);
    await deliverAllPending(fixture, id);
    expect(to()).toEqual(['lead@toritsugi.example', 'sato@toritsugi.example']);
    await fixture.deliver(...(await fixture.notices(id)));
    expect(to()).toHaveLength(2);
  });

  it("tells a vendor's operators number and clock, and nothing that anybody wrote or is called", async () => {
    putChains(fixture, makeBreachChains({ to: 'desk' }));
    const id = await openWaitingInquiry(fixture, { desk: 'bpo', vendor: 'vendor-a' });
    await fixture.append(id, makeAssignedEventFor('sub-op', 'bpo'));
    await fixture.deliverPending(id);
    fixture.ses.sent.length = 0;
    await missDeadline(fixture, id);
    // Not those of another vendor, whatever desks the registry gives them.
    expect(to()).toEqual(['op@toritsugi.example']);
    const { parsed, raw } = await fixture.lastMail();
    expect(parsed.subject).toBe(`[${await numberOf(id)}] 期限超過【初回応答】`);
    expect(parsed.text).toContain('窓口: 委託A\n対象: 初回応答\n期限: ');
    const all = `${Buffer.from(raw).toString()}${parsed.text}${parsed.html}${parsed.subject}`;
    for (const hidden of ['VPN', 'yamada', '山田', 'オペレータ', 'sub-op']) {
      expect(all).not.toContain(hidden);
    }
  });

  it('tells the leads when nobody is present at the desk', async () => {
    putChains(fixture, makeBreachChains({ to: 'desk' }));
    const id = await openWaitingInquiry(fixture, { desk: 'bpo-b', vendor: 'vendor-b' });
    await missDeadline(fixture, id);
    expect(to()).toEqual(['lead@toritsugi.example']);
  });

  it('tells an address that is in no registry as little as a vendor', async () => {
    putChains(fixture, makeBreachChains({ to: 'address', address: 'night@duty.example' }));
    const id = await openWaitingInquiry(fixture);
    await missDeadline(fixture, id);
    expect(to()).toEqual(['night@duty.example']);
    const { parsed } = await fixture.lastMail();
    expect(parsed.subject).toBe(`[${await numberOf(id)}] 期限超過【初回応答】`);
    expect(parsed.text).not.toContain('VPN');
  });

  it('is told though the inquiry was answered or acknowledged since, and says so', async () => {
    putChains(fixture, makeBreachChains({ to: 'leads' }));
    const [over, acknowledged] = [
      await openWaitingInquiry(fixture),
      await openWaitingInquiry(fixture),
    ];
    fixture.later(2 * 3600 + 1);
    await fixture.fireAlarms(acknowledged);
    await fixture.append(acknowledged, {
      type: 'EscalationAcknowledged',
      escalation: 'first_response-1',
    });
    await fixture.append(over, {
      type: 'ReplyPosted',
      message: { id: 'm', kind: 'agent', from: {}, text: 'はい' },
    });
    await deliverAllPending(fixture, over);
    expect((await fixture.lastMail()).parsed.text).toContain('It has been taken care of since.');
    await deliverAllPending(fixture, acknowledged);
    const { parsed } = await fixture.lastMail();
    expect(parsed.text).toContain('佐藤 has acknowledged it.');
    expect(parsed.text).not.toContain('/escalations/');
  });

  it('is told again when nobody knows whether it was', async () => {
    putChains(fixture, makeBreachChains({ to: 'person', sub: 'sub-sato' }));
    const id = await openWaitingInquiry(fixture);
    fixture.ses.failures.push('lost');
    await missDeadline(fixture, id);
    fixture.later(sendingSeconds);
    await fixture.deliver(...(await fixture.notices(id)));
    expect(to()).toEqual(['sato@toritsugi.example', 'sato@toritsugi.example']);
    expect((await states(id))[0]?.remark).toContain('sent again');
  });
});

describe('an emergency', () => {
  it('is told at once, and step by step until somebody acknowledges', async () => {
    const leads = [{ to: 'leads' as const }];
    putChains(fixture, [
      {
        id: 'emergency',
        on: 'emergency',
        priorities: ['critical'],
        steps: [
          { afterMinutes: 0, tell: leads },
          { afterMinutes: 10, tell: leads },
          { afterMinutes: 20, tell: leads },
        ],
      },
    ]);
    const id = await openWaitingInquiry(fixture, { priority: 'critical' });
    await fixture.fireAlarms(id);
    await deliverAllPending(fixture, id);
    const { parsed } = await fixture.lastMail();
    expect(parsed.subject).toMatch(/^\[HD-.{9}\] Emergency: VPN/);
    expect(parsed.text).toContain('Priority: critical');
    expect(parsed.text).toContain('Notice: no. 1 of 3');
    fixture.later(600);
    await fixture.fireAlarms(id);
    await deliverAllPending(fixture, id);
    expect(to()).toHaveLength(2);
    const [escalation] = (await fixture.ledger.load(id))?.inquiry.escalations ?? [];
    await fixture.append(id, { type: 'EscalationAcknowledged', escalation: escalation?.id });
    fixture.later(3600);
    await fixture.fireAlarms(id);
    await deliverAllPending(fixture, id);
    expect(to()).toHaveLength(2);
  });
});

it('leaves other notices as they were: an assignment is mail of its own limits', async () => {
  putChains(fixture, []);
  const id = await fixture.open({ acknowledge: false });
  await fixture.append(id, routedToStaff, makeAssignedEventFor('sub-ito'));
  await fixture.deliverPending(id);
  expect(to()).toEqual(['ito@toritsugi.example']);
});
