import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { tableKeys } from '../../../adapters/dynamo/table.ts';
import { type Notice, noticeKeyOf } from '../../../core/inquiry/outbox/notice.ts';
import type { InquiryId } from '../../../core/inquiry/values/ids.ts';
import {
  deliverAllPending,
  makeBreachChains,
  openWaitingInquiry,
  putChains,
  workingMornings,
} from './escalation-fixture.ts';
import { startNoticeFixture } from './notice-fixture.ts';

let fixture: Awaited<ReturnType<typeof startNoticeFixture>>;
const ahead = workingMornings.values();
beforeAll(async () => {
  fixture = await startNoticeFixture();
  await fixture.person({ address: 'lead@toritsugi.example', sub: 'sub-lead', role: 'lead' });
});
afterAll(() => fixture.stop());
beforeEach(() => {
  fixture.ses.sent.length = 0;
  fixture.clock.now = ahead.next().value ?? fixture.clock.now;
});

const emergency = {
  id: 'emergency',
  on: 'emergency' as const,
  priorities: ['critical' as const],
  steps: [{ afterMinutes: 0, tell: [{ to: 'leads' as const }] }],
};

/** Inquiries that miss their deadline in the same second, their notices delivered. */
async function missTogether(count: number): Promise<InquiryId[]> {
  putChains(fixture, [...makeBreachChains({ to: 'leads' }), emergency]);
  const ids: InquiryId[] = [];
  for (let index = 0; index < count; index += 1) ids.push(await openWaitingInquiry(fixture));
  fixture.later(2 * 3600 + 1);
  await Promise.all(ids.map((id) => fixture.fireAlarms(id)));
  // All in one batch, ten at a time; what loses a race comes again.
  const pending = async () => {
    const owed = (await Promise.all(ids.map((id) => fixture.notices(id)))).flat();
    return owed.filter(({ state, digest }) => state === 'pending' && digest === undefined);
  };
  for (let owed = await pending(); owed.length > 0; owed = await pending()) {
    await fixture.deliver(...owed);
  }
  return ids;
}

const ofPeople = (notice: Notice) => notice.recipient.to === 'person';
async function readLeadNotices(ids: readonly InquiryId[]): Promise<Notice[]> {
  return (await Promise.all(ids.map((id) => fixture.notices(id)))).flat().filter(ofPeople);
}

/** When the sweep sends the notice's message again. */
async function alarmOf(notice: Notice): Promise<string | undefined> {
  const { client, table } = fixture.engines;
  const Key = tableKeys.notice(notice.inquiryId, noticeKeyOf(notice));
  const { Item } = await client.send(new GetItemCommand({ TableName: table.name, Key }));
  return Item?.['alSk']?.S?.split('#')[0];
}

describe('many misses at once', () => {
  it('make ten mails to a lead, and one more that speaks for the rest', async () => {
    const ids = await missTogether(33);
    expect(fixture.ses.sent).toHaveLength(10);
    const owed = await readLeadNotices(ids);
    expect(owed.filter(({ state }) => state === 'sent')).toHaveLength(10);
    const [speaker, ...others] = owed.filter(({ state }) => state === 'pending');
    if (speaker?.digest === undefined) throw new Error('none speaks for the rest');
    expect(others).toEqual([]);
    const held = owed.filter(({ state }) => state === 'withheld');
    expect(held).toHaveLength(22);
    expect(new Set(held.map(({ remark }) => remark))).toEqual(
      new Set([`told together with others after ${speaker.digest.until}`]),
    );

    // A delivery before that time sends nothing.
    fixture.later(200);
    await fixture.deliver(speaker);
    expect(fixture.ses.sent).toHaveLength(10);
    fixture.later(100);
    expect(await alarmOf(speaker)).toBe(fixture.clock.now);
    await fixture.deliver(speaker, speaker);
    await fixture.deliver(speaker, ...held);
    expect(fixture.ses.sent).toHaveLength(11);
    const { parsed } = await fixture.lastMail();
    expect(parsed.subject).toMatch(/^\[HD-.{9}\] 期限超過【初回応答】: VPN.* ほか22件$/);
    expect(parsed.text).toContain('このほか、次の 22 件も知らせる必要があります。');
    expect(parsed.text?.match(/^- HD-.{9} 初回応答: 期限を過ぎています$/gm)).toHaveLength(20);
    expect(parsed.text).toContain('- ほか2件');
    expect(parsed.text).toContain('期限を過ぎたものは、すべて期限超過の一覧にあります。');
  });

  it('hold up no emergency', async () => {
    await missTogether(12);
    const id = await openWaitingInquiry(fixture, { priority: 'critical' });
    await fixture.fireAlarms(id);
    await deliverAllPending(fixture, id);
    expect((await fixture.lastMail()).parsed.subject).toMatch(/緊急/);
  });

  it('are still told when SES fails at first', async () => {
    const ids = await missTogether(13);
    const speaker = (await readLeadNotices(ids)).find(({ state }) => state === 'pending');
    if (speaker === undefined) throw new Error('none speaks for the rest');
    fixture.later(300);
    fixture.ses.failures.push({ status: 400, code: 'Throttling' });
    expect(await fixture.deliver(speaker)).toBe(1);
    expect(await fixture.deliver(speaker)).toBe(0);
    expect((await fixture.lastMail()).parsed.subject).toMatch(/ほか2件$/);
  });

  it('make a next digest when more come after the first', async () => {
    const first = await missTogether(12);
    const [speaker] = (await readLeadNotices(first)).filter(({ state }) => state === 'pending');
    if (speaker === undefined) throw new Error('none speaks for the rest');
    fixture.later(200);
    const late: InquiryId[] = [];
    putChains(fixture, [...makeBreachChains({ to: 'leads' }), emergency]);
    for (let index = 0; index < 3; index += 1) {
      const id = await openWaitingInquiry(fixture, { priority: 'medium' });
      await fixture.append(id, {
        type: 'EscalationStepped',
        escalation: 'first_response-9',
        reason: 'breach',
        step: 1,
        tell: [{ to: 'leads' }],
      });
      await deliverAllPending(fixture, id);
      late.push(id);
    }
    expect((await readLeadNotices(late)).map(({ state }) => state)).toEqual([
      'pending',
      'withheld',
      'withheld',
    ]);
    fixture.later(100);
    await fixture.deliver(speaker);
    expect((await fixture.lastMail()).parsed.subject).toMatch(/ほか1件$/);
  });
});
