import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DynamoAnswerStore } from '../../../adapters/dynamo/inquiry/dynamo-answer-store.ts';
import { hmacSha256 } from '../../../adapters/secrets/hmac-sha256.ts';
import { EscalationId } from '../../../core/inquiry/clock/escalation.ts';
import { NoticeRecipient } from '../../../core/inquiry/outbox/notice.ts';
import { makeEscalationToken } from '../../../core/inquiry/tokens/escalation-token.ts';
import { addSeconds, type InquiryId } from '../../../core/inquiry/values/ids.ts';
import { makeHandler } from '../../../functions/sla/acknowledge-escalation.ts';
import { makeAuditLog } from '../../support/audit-logs.ts';
import { makeTestSigning, makeTestSigningKeys } from '../../support/test-signing-keys.ts';
import { fakeGatewayEvent, fakeLambdaContext } from '../edge/http/fake-gateway-event.ts';
import { makeRecordingTelemetry } from '../edge/telemetry/recording-telemetry.ts';
import {
  makeAssignedEventFor,
  openWaitingInquiry,
  putChains,
  workingMornings,
} from '../notice/escalation-fixture.ts';
import { noticeStageSecret, startNoticeFixture } from '../notice/notice-fixture.ts';

let fixture: Awaited<ReturnType<typeof startNoticeFixture>>;
let handler: ReturnType<typeof makeHandler>;
const ahead = workingMornings.values();
beforeAll(async () => {
  fixture = await startNoticeFixture();
  handler = makeHandler({
    ...makeRecordingTelemetry(),
    ...fixture.commandDependencies,
    terms: fixture.terms,
    people: fixture.people,
    answers: new DynamoAnswerStore(fixture.engines.table, () => Date.parse(fixture.clock.now)),
    keys: makeTestSigningKeys(noticeStageSecret),
    mac: hmacSha256,
    now: () => fixture.clock.now,
    audit: makeAuditLog(fixture.engines.table),
    newTraceId: randomUUID,
  });
  for (const [name, person] of Object.entries(people)) {
    await fixture.person({ address: `${name}@toritsugi.example`, sub: name, ...person });
  }
});
afterAll(() => fixture.stop());
beforeEach(() => {
  fixture.clock.now = ahead.next().value ?? fixture.clock.now;
});

const bpo = { role: 'operator' as const, desks: ['bpo'] };
const people = {
  lead: { name: '部長', role: 'lead' as const },
  holder: { name: '佐藤', desks: ['staff'] },
  colleague: { name: '伊藤', desks: ['staff'] },
  stranger: { name: '加藤' },
  operator: { ...bpo, name: '委託先', vendor: 'vendor-a', language: 'en' as const },
  rival: { ...bpo, name: '別会社', vendor: 'vendor-b' },
  boss: { name: '社長', role: 'requester' as const },
};
type Who = keyof typeof people;

type Tell = Parameters<typeof putChains>[1][number]['steps'][number]['tell'];
const everyone: Tell = [{ to: 'holder' }, { to: 'desk' }, { to: 'person', sub: 'boss' }];

/** Lets an inquiry at a desk miss its deadline, so that the first step tells somebody. */
async function openBreached(tell: Tell, desk: 'staff' | 'bpo' = 'staff'): Promise<InquiryId> {
  const steps = [
    { afterMinutes: 0, tell },
    { afterMinutes: 30, tell },
  ];
  putChains(fixture, [{ id: 'breach', on: 'clock', steps }]);
  const isBpo = desk === 'bpo';
  const id = await openWaitingInquiry(fixture, isBpo ? { desk, vendor: 'vendor-a' } : {});
  await fixture.append(id, makeAssignedEventFor(isBpo ? 'operator' : 'holder', desk));
  fixture.later(2 * 3600 + 1);
  await fixture.fireAlarms(id);
  return id;
}

async function ask(as: Who, id: string, headers: Record<string, string> = {}) {
  const {
    statusCode,
    body = '{}',
    headers: answered,
  } = await handler(
    fakeGatewayEvent({
      routeKey: 'POST /v1/escalations/{id}/acknowledge',
      sub: as,
      params: { id },
      headers,
      body: '{}',
    }),
    fakeLambdaContext(),
  );
  return { status: statusCode, body: JSON.parse(body), headers: answered };
}
const acknowledge = (as: Who, id: InquiryId, escalation = 'first_response-1') =>
  ask(as, `${id}.${escalation}`);

const acknowledgements = async (id: InquiryId) =>
  (await fixture.ledger.events(id, 0, 100)).filter(
    ({ event }) => event.type === 'EscalationAcknowledged',
  );
const escalationOf = async (id: InquiryId) =>
  (await fixture.ledger.load(id))?.inquiry.escalations.find(({ reason }) => reason === 'breach');

describe('acknowledging by the API', () => {
  it('stops the chain, and says who it was', async () => {
    const id = await openBreached([{ to: 'leads' }]);
    const { number } = (await fixture.ledger.load(id))?.inquiry ?? {};
    const answer = await acknowledge('lead', id);
    expect(answer).toMatchObject({
      status: 200,
      body: {
        id: `${id}.first_response-1`,
        inquiry: { id, number },
        reason: 'breach',
        clock: 'first_response',
        cycle: 1,
        steps: 1,
        acknowledged: { at: fixture.clock.now, name: '部長' },
      },
    });
    expect(await escalationOf(id)).toMatchObject({ steps: [] });
    const owed = (await fixture.notices(id)).length;
    fixture.later(3600);
    await fixture.fireAlarms(id);
    expect(await fixture.notices(id)).toHaveLength(owed);
  });

  it('twice is as good as once, also with a key and from two at once', async () => {
    const id = await openBreached([{ to: 'leads' }, { to: 'holder' }]);
    const key = { 'idempotency-key': randomUUID() };
    const [one, two] = await Promise.all([
      ask('lead', `${id}.first_response-1`, key),
      acknowledge('holder', id),
    ]);
    const again = await ask('lead', `${id}.first_response-1`, key);
    expect([one.status, two.status, again.status]).toEqual([200, 200, 200]);
    expect(again.body).toEqual(one.body);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(await acknowledgements(id)).toHaveLength(1);
  });

  it.each<[Who, Tell, 'staff' | 'bpo', number]>([
    ['lead', [{ to: 'holder' }], 'staff', 200],
    ['holder', [{ to: 'holder' }], 'staff', 200],
    ['holder', [{ to: 'person', sub: 'holder' }], 'staff', 200],
    ['holder', [{ to: 'address', address: 'holder@toritsugi.example' }], 'staff', 200],
    ['colleague', [{ to: 'desk' }], 'staff', 200],
    ['colleague', [{ to: 'holder' }], 'staff', 403],
    ['colleague', [{ to: 'leads' }], 'staff', 403],
    ['stranger', everyone, 'staff', 403],
    ['operator', [{ to: 'desk' }], 'bpo', 200],
    ['operator', [{ to: 'holder' }], 'bpo', 200],
    ['operator', [{ to: 'leads' }], 'bpo', 403],
    ['operator', everyone, 'staff', 404],
    ['rival', [...everyone, { to: 'person', sub: 'rival' }], 'bpo', 404],
    // Who works at no desk has no route, only the link.
    ['boss', everyone, 'staff', 403],
  ])(
    'as %s, of what was told to %j at the desk %s, is answered with %i',
    async (who, tell, desk, status) => {
      const id = await openBreached(tell, desk);
      expect((await acknowledge(who, id)).status).toBe(status);
      expect(await acknowledgements(id)).toHaveLength(status === 200 ? 1 : 0);
    },
  );

  it('is refused once the clock has ended, and of what never was', async () => {
    const id = await openBreached([{ to: 'holder' }]);
    await fixture.append(id, {
      type: 'ReplyPosted',
      message: { id: 'm', kind: 'agent', from: {}, text: 'はい' },
    });
    for (const who of ['lead', 'holder'] as const) {
      expect(await acknowledge(who, id)).toMatchObject({
        status: 409,
        body: { code: 'sla.escalation-over' },
      });
    }
    expect((await acknowledge('colleague', id)).status).toBe(403);
    expect(await acknowledge('lead', id, 'resolution-7')).toMatchObject({
      status: 404,
      body: { code: 'sla.unknown-escalation' },
    });
    expect((await acknowledge('rival', id)).body.code).toBe('access.not-found');
    expect(
      (await acknowledge('lead', '01931a5c-0000-7000-8000-000000000001' as InquiryId)).body.code,
    ).toBe('access.not-found');
    expect((await ask('lead', 'no-such-thing')).status).toBe(400);
  });
});

const recipient = (to: object) => NoticeRecipient.parse(to) as { to: 'person'; sub: never };

async function tokenOf(inquiryId: InquiryId, to: object, seconds = 60): Promise<string> {
  return makeEscalationToken(await makeTestSigning('escalation', noticeStageSecret), {
    inquiryId,
    escalation: EscalationId.parse('first_response-1'),
    to: recipient(to),
    expiresAt: addSeconds(fixture.clock.now, seconds),
  });
}

async function visit(method: 'GET' | 'POST', token: string, language?: string) {
  const answer = await handler(
    fakeGatewayEvent({
      routeKey: `${method} /escalations/{token}`,
      params: { token },
      headers: {
        ...(language === undefined ? {} : { 'accept-language': language }),
        // A browser posts a form without fields like this.
        ...(method === 'POST' ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
      },
    }),
    fakeLambdaContext(),
  );
  return { status: answer.statusCode, page: answer.body ?? '', headers: answer.headers };
}

describe('the page of a link', () => {
  const toHolder = { to: 'person', sub: 'holder' };

  it('shows number, clock, deadline and state, and following it acknowledges nothing', async () => {
    const id = await openBreached([{ to: 'holder' }]);
    const { number } = (await fixture.ledger.load(id))?.inquiry ?? {};
    const token = await tokenOf(id, toHolder);
    const { status, page, headers } = await visit('GET', token);
    await visit('GET', token);
    expect(status).toBe(200);
    for (const shown of [
      `<dd>${number}</dd>`,
      '<dd>初回応答</dd>',
      '12:00 (日本時間)</dd>',
      '<dd>期限を過ぎています</dd>',
      '<dd>確認待ち</dd>',
      '<form method="post"><button>確認しました</button></form>',
    ]) {
      expect(page).toContain(shown);
    }
    for (const hidden of ['VPN', 'yamada', '山田', '<script', id])
      expect(page).not.toContain(hidden);
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-robots-tag': 'noindex, nofollow',
    });
    expect(headers['content-security-policy']).toContain("form-action 'self'");
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(await acknowledgements(id)).toEqual([]);
  });

  it('acknowledges as the one to whom it was sent when its button is pressed', async () => {
    const id = await openBreached([{ to: 'holder' }]);
    const token = await tokenOf(id, toHolder);
    const { status, page } = await visit('POST', token, 'en');
    expect(status).toBe(200);
    expect(page).toContain('Your acknowledgement has been recorded.');
    expect(page).toContain('acknowledged by 佐藤 on ');
    expect(page).not.toContain('<form');
    await visit('POST', token);
    const [{ event } = { event: undefined }, ...more] = await acknowledgements(id);
    expect(event?.by).toEqual({ kind: 'agent', sub: 'holder', name: '佐藤', role: 'staff' });
    expect(more).toEqual([]);
  });

  it('says so when nothing is left to acknowledge', async () => {
    const id = await openBreached([{ to: 'holder' }]);
    const token = await tokenOf(id, toHolder);
    await fixture.append(id, {
      type: 'ReplyPosted',
      message: { id: 'm', kind: 'agent', from: {}, text: 'はい' },
    });
    expect((await visit('GET', token)).page).toContain('対応が済んだか、別の通知に替わりました');
    const pressed = await visit('POST', token);
    expect(pressed.status).toBe(409);
    expect(pressed.page).toContain('別の通知に替わったため、確認は不要です。');
  });

  it.each([
    [{ to: 'person', sub: 'boss' }, { kind: 'agent', name: '社長' }, '社長'],
    [
      { to: 'address', address: 'night@duty.example' },
      { kind: 'machine', address: 'night@duty.example' },
      'night@duty.example',
    ],
    [{ to: 'webhook', webhook: 'ops' }, { kind: 'machine' }, ''],
  ])('is good for whomever the policies tell: %j', async (to, by, name) => {
    const id = await openBreached(everyone);
    expect((await visit('POST', await tokenOf(id, to))).status).toBe(200);
    const [acknowledged] = await acknowledgements(id);
    expect(acknowledged?.event.by).toMatchObject(by);
    expect((await escalationOf(id))?.acknowledged?.name).toBe(name);
  });

  it("does not tell a vendor's operator who of us acknowledged", async () => {
    const id = await openBreached([{ to: 'desk' }, { to: 'leads' }], 'bpo');
    await acknowledge('lead', id);
    const { page } = await visit('GET', await tokenOf(id, { to: 'person', sub: 'operator' }));
    expect(page).toContain('<html lang="en">');
    expect(page).toMatch(/<dd>acknowledged on \w+, \d+ \w+ 2027, /);
    expect(page).not.toContain('部長');
  });

  it('is the same page for every link that is no good, or no longer', async () => {
    const id = await openBreached([{ to: 'holder' }]);
    const token = await tokenOf(id, toHolder);
    await fixture.person({ address: 'left@toritsugi.example', sub: 'left', state: 'left' });
    const before = { address: 'before@toritsugi.example', state: 'left' as const };
    await fixture.person({ ...before, sub: undefined });
    const bad = [
      `${token}x`,
      'x',
      await tokenOf(id, toHolder, -1),
      await tokenOf('01931a5c-0000-7000-8000-000000000001' as InquiryId, toHolder),
      await tokenOf(id, { to: 'person', sub: 'left' }),
      await tokenOf(id, { to: 'address', address: 'left@toritsugi.example' }),
      await tokenOf(id, { to: 'address', address: before.address }),
      await tokenOf(id, { to: 'person', sub: 'nobody' }),
      // At a desk that is not the vendor's.
      await tokenOf(id, { to: 'person', sub: 'operator' }),
    ];
    const answers = await Promise.all(
      bad.flatMap((one) => [visit('GET', one, 'ja'), visit('POST', one, 'ja')]),
    );
    expect(new Set(answers.map(({ status, page }) => `${status} ${page}`)).size).toBe(1);
    expect(answers[0]?.status).toBe(404);
    expect(answers[0]?.page).toContain('有効期限が切れています');
    expect(await acknowledgements(id)).toEqual([]);
  });
});
