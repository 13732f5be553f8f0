import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DynamoRoutingConfigLedger } from '../../../adapters/dynamo/config/dynamo-routing-config-ledger.ts';
import { DynamoTerms } from '../../../adapters/dynamo/config/dynamo-terms.ts';
import { nodeRandomness } from '../../../adapters/random/node-randomness.ts';
import { planAppend } from '../../../core/inquiry/decide-and-append.ts';
import type { InquiryEvent } from '../../../core/inquiry/events/events.ts';
import { isRefusal } from '../../../core/inquiry/refusal.ts';
import { buildShippedTerms } from '../../../core/inquiry/terms/terms.ts';
import {
  addSeconds,
  DeskId,
  type InquiryId,
  type Instant,
} from '../../../core/inquiry/values/ids.ts';
import { makeInquiryNumber } from '../../../core/inquiry/values/inquiry-number.ts';
import { RoutingExplanation } from '../../../functions/contract/routing.ts';
import { makeHandler } from '../../../functions/routing/explain-routing.ts';
import { deskList, helpDeskActors } from '../../core/help-desk.ts';
import { makeAuditLog } from '../../support/audit-logs.ts';
import { readSpecimen } from '../../support/specimens.ts';
import { fakeGatewayEvent, fakeLambdaContext } from '../edge/http/fake-gateway-event.ts';
import { makeRecordingTelemetry } from '../edge/telemetry/recording-telemetry.ts';
import { routerTime, startRouterFixture } from './router-fixture.ts';

type RouterFixture = Awaited<ReturnType<typeof startRouterFixture>>;
let fixture: RouterFixture;
let handler: ReturnType<typeof makeHandler>;

beforeAll(async () => {
  fixture = await startRouterFixture();
  for (const person of Object.values(helpDeskActors)) await fixture.people.put(person);
  const { table } = fixture.engines;
  handler = makeHandler({
    ...makeRecordingTelemetry(),
    ...{ ledger: fixture.ledger, people: fixture.people, now: () => routerTime },
    audit: makeAuditLog(table),
    newTraceId: () => 'trace-1',
    terms: new DynamoTerms(table, deskList),
    versions: new DynamoRoutingConfigLedger(table),
  });
});
afterAll(() => fixture?.stop());

async function ask(id: string, language = 'ja', as = 'staff1') {
  const event = fakeGatewayEvent({
    routeKey: 'GET /v1/inquiries/{id}/routing/explain',
    ...{ sub: as, params: { id }, headers: { 'accept-language': language } },
  });
  const { statusCode, headers, body = '' } = await handler(event, fakeLambdaContext());
  return { status: statusCode, headers, body: JSON.parse(body) };
}
async function explain(id: string, language = 'ja') {
  const { status, body } = await ask(id, language);
  expect(status).toBe(200);
  return RoutingExplanation.parse(body);
}

async function append(id: InquiryId, event: InquiryEvent): Promise<void> {
  const found = await fixture.ledger.load(id);
  const pendingAppend = planAppend(
    id,
    found,
    { events: [event] },
    buildShippedTerms(deskList),
    event.at,
  );
  if (isRefusal(pendingAppend)) throw new TypeError(pendingAppend.detail);
  expect(await fixture.ledger.append(pendingAppend)).toEqual({ appended: true });
}
const transferTo = (desk: string, at: Instant): InquiryEvent => ({
  ...{
    v: 1,
    at,
    by: { kind: 'agent', sub: helpDeskActors.staff1.sub, name: '佐藤', role: 'staff' },
  },
  ...{ type: 'InquiryTransferred', from: DeskId.parse('bpo'), desk: DeskId.parse(desk) },
  ...{ note: '回線工事のため', announceAt: addSeconds(at, 60) },
});

const rules = [
  {
    id: 'vpn',
    name: { ja: 'VPNの障害', en: 'VPN trouble' },
    when: { all: [{ text: ['vpn'] }, { vip: false }] },
    set: { desk: 'bpo', category: 'network', impact: 'high' },
  },
  { id: 'all', when: { channel: ['mail', 'form'] }, set: { desk: 'staff', tags: ['all'] } },
];

describe('why an inquiry went where it went', () => {
  it('is told in Japanese and English, with the rules as they were called then', async () => {
    const version = await fixture.putRules(rules);
    const id = await fixture.open('VPN につながりません');
    await fixture.router().deliver(id);
    // A later version gives the rule another name.
    await fixture.putRules([{ ...rules[0], name: { ja: '別名', en: 'Other' } }]);
    const ja = await explain(id);
    expect(ja.summary).toBe(
      'この問い合わせは、ルール「VPNの障害」により、窓口「委託」に振り分けられました。',
    );
    const [routing] = ja.routings;
    expect(routing).toMatchObject({
      desk: { id: 'bpo', name: '委託' },
      versions: { rules: version, settings: 0 },
      decidedBy: 'vpn',
    });
    expect(routing?.text).toBe(
      '2026年11月24日(火) 10:00 (日本時間)、窓口「委託」に優先度「高」、分類「network」で振り分けました。行き先を決めたのはルール「VPNの障害」です。',
    );
    expect(routing?.steps.map(({ text }) => text)).toEqual([
      'ルール「VPNの障害」：件名または本文に「vpn」を含む、依頼者がVIPではないという条件に当てはまったため、窓口を「委託」に設定、影響度を「高」に設定、分類を「network」に設定しました。このルールで行き先が決まりました。',
      'ルール「all」：受付経路がメールという条件に当てはまったため、タグ「all」を追加しました。',
    ]);
    const en = await explain(id, 'en-GB, ja;q=0.5');
    expect(en.summary).toBe('This inquiry was routed to desk “BPO” by rule “VPN trouble”.');
    expect(en.routings[0]?.steps[0]).toMatchObject({
      ...{ rule: 'vpn', kind: 'rule', name: 'VPN trouble', matched: true, decides: true },
      reasons: ['the subject or the message contains “vpn”', 'the requester is not a VIP'],
      text: 'Rule “VPN trouble”: it matched because the subject or the message contains “vpn”, and the requester is not a VIP, and set the desk to “BPO”, set the impact to “high”, set the category to “network”. This rule decided where it goes.',
    });
  });

  it('names the shipped rules too, and the default', async () => {
    const id = await fixture.open('席を替えたい');
    const versions = new DynamoRoutingConfigLedger(fixture.engines.table);
    expect(await versions.read('routing', 0)).toBeUndefined();
    await fixture.putRules([], { desk: 'staff' });
    await fixture.router().deliver(id);
    const { summary, routings } = await explain(id);
    expect(summary).toContain('既定の内容により、窓口「社内」');
    expect(routings[0]?.steps).toMatchObject([
      { rule: 'otherwise', kind: 'otherwise', name: '既定', decides: true },
    ]);
    expect(routings[0]?.steps[0]?.text).toBe(
      'どのルールでも決まらなかったため、既定の内容で窓口を「社内」に設定、優先度を「低」に設定、分類を「general」に設定しました。',
    );
  });

  it('tells how a contract sent it on, and who transferred it since', async () => {
    await fixture.putSettings({
      desks: { bpo: { contract: { otherwise: 'bpo-b', categories: ['mail'] } } },
    });
    await fixture.putRules(rules);
    const id = await fixture.open('vpn');
    await fixture.router().deliver(id);
    await append(id, transferTo('staff', addSeconds(routerTime, 60)));
    const { summary, routings, afterwards } = await explain(id);
    expect(routings[0]?.steps.at(-1)).toMatchObject({
      ...{ rule: 'contract-category', kind: 'placement', decides: false },
      text: '契約の対象外の分類のため、契約で定めた窓口へ回しました（窓口「委託」の契約がこの分類を受け付けない、分類が「network」）。',
    });
    expect(summary).toContain('窓口「委託B」に振り分けられました。その後、1 回転送されています。');
    expect(afterwards).toMatchObject([
      {
        ...{ from: { id: 'bpo' }, desk: { id: 'staff', name: '社内' }, by: '佐藤' },
        note: '回線工事のため',
        text: '2026年11月24日(火) 10:01 (日本時間)、佐藤が窓口「委託」から窓口「社内」へ転送しました。',
      },
    ]);
  });

  it('says of what is not routed why that is so', async () => {
    const waiting = await fixture.open('印刷');
    expect(await explain(waiting)).toMatchObject({
      status: 'new',
      summary: expect.stringContaining('まだ振り分けられていません'),
      routings: [],
    });
    await append(waiting, transferTo('staff', addSeconds(routerTime, 60)));
    expect((await explain(waiting)).summary).toContain('人の手で転送');
    const kept = readSpecimen('InquiryQuarantined');
    const released = await fixture.open('印刷', [kept]);
    expect((await explain(released)).summary).toContain('まだ振り分けられていません');
    const quarantined = nodeRandomness.inquiryId(routerTime);
    const number = makeInquiryNumber(nodeRandomness.bytes(7));
    await append(quarantined, { ...kept, number } as InquiryEvent);
    const { status, body } = await ask(quarantined, 'ja', 'lead');
    expect([status, body.status]).toEqual([200, 'quarantined']);
    expect(body.summary).toContain('隔離されている');
    expect((await ask(quarantined)).status).toBe(404);
  });

  it('is for staff and leads alone, and says nothing of what there is not', async () => {
    const id = await fixture.open('印刷');
    await fixture.router().deliver(id);
    expect((await ask(id, 'ja', 'a1')).status).toBe(403);
    expect((await ask(id, 'ja', 'requester')).status).toBe(403);
    expect((await ask('019a0000-0000-7000-8000-00000000dead')).status).toBe(404);
    const { status, headers } = await ask(id, 'en', 'lead');
    expect([status, headers['content-language']]).toEqual([200, 'en']);
  });
});
