import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectOne, type Json, waitUntil } from '../support/help-desk-host.ts';
import {
  type ReceivedRequest,
  startWebhookReceiver,
  type WebhookReceiver,
} from '../support/start-receiver.ts';
import { commandInquiry } from './play-mails.ts';
import {
  acceptAssignedInquiry,
  computeClockTimeAfter,
  findClockView,
  ordinaryText,
  outageText,
  parseIsoSeconds,
  type ServiceLevelDesk,
  startHelpDeskAt,
  sumCountedSeconds,
  tokyoDate,
  urgentText,
} from './service-level-steps.ts';

const hour = 3600;
const lead = 'lead-1@toritsugi.example';

let desk: ServiceLevelDesk;
let receiver: WebhookReceiver;

beforeAll(async () => {
  receiver = await startWebhookReceiver();
  desk = await startHelpDeskAt(tokyoDate('2026-11-24 10:00'), [receiver.origin]);
});
afterAll(async () => {
  await desk?.stop();
  await receiver?.stop();
});

describe('an outage reported by mail, which its holder does not answer', () => {
  let inquiry: Json;
  let holder: string;
  let dueAt: string;
  let link: string;
  const breachOf = ({ id }: Json) => `${id}.first_response.1`;

  beforeAll(async () => {
    inquiry = await desk.open('employee-1@toritsugi.example', outageText, '基幹システム停止');
    [, holder] = await acceptAssignedInquiry(desk, inquiry);
    dueAt = computeClockTimeAfter(inquiry.receivedAt, hour);
  });

  test('shows its clocks with their deadlines and the zone of these', async () => {
    const { clocks } = await desk.read(inquiry.id);
    const shown = (clocks as Json[]).map(({ clock, state, target, zone }) => [
      ...[clock, state, target, zone],
    ]);
    expect(shown).toEqual([
      ['first_response', 'running', 'PT1H', 'Asia/Tokyo'],
      ['resolution', 'running', 'PT8H', 'Asia/Tokyo'],
      ['pickup', 'met', 'PT30M', 'Asia/Tokyo'],
      ['ownership', 'running', 'PT7H', 'Asia/Tokyo'],
    ]);
    expect(findClockView({ clocks }, 'first_response').dueAt).toBe(dueAt);
    // Two hours till noon, four in the afternoon, and two on Wednesday from nine.
    const resolution = findClockView({ clocks }, 'resolution');
    expect(resolution.dueAt).toBe(computeClockTimeAfter(inquiry.receivedAt, 25 * hour));
    const own = await desk.read(inquiry.id, 'employee-1');
    expect(findClockView(own, 'first_response')).toMatchObject({ dueAt, zone: 'Asia/Tokyo' });
    expect((own.clocks as Json[]).map(({ clock }) => clock)).toEqual([
      'first_response',
      'resolution',
    ]);
  });

  test('warns its holder by mail when three quarters of the hour have passed', async () => {
    await desk.passTo(computeClockTimeAfter(inquiry.receivedAt, 0.75 * hour - 30));
    const before = await desk.mailsOf(holder, inquiry);
    await desk.passTo(computeClockTimeAfter(inquiry.receivedAt, 0.75 * hour));
    const warning = expectOne((await desk.mailsOf(holder, inquiry)).slice(before.length));
    expect(warning.headers['subject']).toBe(
      `[${inquiry.number}] 期限間近【初回応答】: 基幹システム停止`,
    );
    expect(warning.text).toMatch(/期限: 2026年11月24日\(火\) 11:\d\d \(日本時間\)/);
    expect(await desk.mailsOf(lead, inquiry)).toEqual([]);
    expect(await desk.clockOf(inquiry.id, 'first_response')).toMatchObject({
      ...{ state: 'running', warned: [75] },
    });
  });

  test('is a breach at its deadline, once, of which the lead is told by mail', async () => {
    await desk.passTo(computeClockTimeAfter(dueAt, 1));
    const passedAt = desk.host.clock.now();
    await desk.pass(120);
    const clock = await desk.clockOf(inquiry.id, 'first_response');
    expect(clock).toMatchObject({ state: 'running-after-miss', breachedAt: dueAt });
    expect(Date.parse(clock.detectedAt)).toBeGreaterThan(Date.parse(dueAt));
    // With what follows the deadline at once, and not with a later run of the schedule.
    expect(Date.parse(clock.detectedAt)).toBeLessThanOrEqual(passedAt);
    const types = await desk.eventsOf(inquiry.id);
    expect(types.filter((type) => type === 'ClockBreached')).toHaveLength(1);
    const breachMail = expectOne(await desk.mailsOf(lead, inquiry));
    expect(breachMail.headers['subject']).toBe(
      `[${inquiry.number}] 期限超過【初回応答】: 基幹システム停止`,
    );
    link = String(/https?:\/\/\S+\/escalations\/\w+/.exec(breachMail.text)?.[0]);
  });

  test('is acknowledged by the button of the page behind its link, and not by looking', async () => {
    const before = await desk.eventsOf(inquiry.id);
    for (const language of ['ja', 'en']) {
      const page = await fetch(link, { headers: { 'accept-language': language } });
      expect(page.status).toBe(200);
      expect(await page.text()).toMatch(/<form method="post">.*(確認しました|Acknowledge)/);
    }
    await desk.idle();
    expect(await desk.eventsOf(inquiry.id)).toEqual(before);
    const pressed = await fetch(link, { method: 'POST', headers: { 'accept-language': 'ja' } });
    expect(pressed.status).toBe(200);
    expect(await pressed.text()).toContain('確認を記録しました');
    const { escalations } = await desk.read(inquiry.id);
    expect(expectOne(escalations as Json[])).toMatchObject({
      ...{ id: `${inquiry.id}.first_response-1`, steps: 1, acknowledged: { name: '中村 六花' } },
    });
  });

  test('tells nobody any further once it is acknowledged', async () => {
    const counts = async () => [
      (await desk.mailsOf(lead, inquiry)).length,
      (await desk.mailsOf(holder, inquiry)).length,
    ];
    const before = await counts();
    await desk.passTo(computeClockTimeAfter(dueAt, 0.7 * hour));
    expect(await counts()).toEqual(before);
    const types = await desk.eventsOf(inquiry.id);
    // A warning to the holder, and the first step after the breach.
    expect(types.filter((type) => type === 'EscalationStepped')).toHaveLength(2);
  });

  test('accounts for every second of its clock', async () => {
    await desk.passTo(tokyoDate('2026-11-24 13:05'));
    const account = await desk.explain(inquiry.id, 'first_response');
    const states = (account.stretches as Json[]).map(({ state }) => state);
    expect(states).toEqual(['counting', 'out-of-hours', 'counting']);
    expect(parseIsoSeconds(account.elapsed)).toBe(sumCountedSeconds(account));
    const wall = Date.parse(account.asOf) - Date.parse(account.startedAt);
    expect(parseIsoSeconds(account.elapsed)).toBe(Math.floor(wall / 1000) - hour);
    expect(account.breach).toMatchObject({ at: dueAt });
    expect(parseIsoSeconds(account.breach.lateBy)).toBe(parseIsoSeconds(account.elapsed) - hour);
  });

  test('is reviewed by the lead, and listed as reviewed from then on', async () => {
    const listed = async (reviewed: boolean): Promise<Json[]> =>
      (await desk.call('lead-1', `GET /v1/sla/breaches?reviewed=${reviewed}`)).body.items;
    const first = expectOne(await listed(false));
    expect(first).toMatchObject({
      ...{ id: breachOf(inquiry), clock: 'first_response', desk: 'staff', priority: 'high' },
      ...{ state: 'running', breachedAt: dueAt, zone: 'Asia/Tokyo' },
    });
    const route = `POST /v1/sla/breaches/${breachOf(inquiry)}/review`;
    const refused = await desk.call('lead-1', route, { cause: 'weather', party: 'us' });
    expect([refused.status, refused.body.errors[0].pointer]).toEqual([400, '/cause']);
    const review = { cause: 'capacity', party: 'us', note: '担当者が一人でした。' };
    const reviewed = await desk.call('lead-1', route, review);
    expect(reviewed.status).toBe(200);
    await desk.idle();
    expect(await listed(false)).toEqual([]);
    expect(expectOne(await listed(true)).review).toMatchObject({
      ...review,
      by: { name: '中村 六花' },
    });
  });

  test("is counted with its cause in the month's report, whose CSV begins with a BOM", async () => {
    const { body: report } = await desk.call('lead-1', 'GET /v1/sla/report?month=2026-11');
    const row = expectOne(
      (report.groups as Json[]).filter(
        (one) => one.desk === 'staff' && one.clock === 'first_response',
      ),
    );
    expect(row).toMatchObject({
      priority: 'high',
      figures: {
        ...{ cycles: 1, met: 0, missed: 1, attainment: 0, running: 1, unreviewed: 0 },
        causes: [{ cause: 'capacity', party: 'us', count: 1 }],
      },
    });
    const again = await desk.call('lead-1', `GET /v1/sla/report?month=2026-11&asOf=${report.asOf}`);
    expect(again.body).toEqual(report);
    const csv = await fetch(`${desk.host.url}/v1/sla/report?month=2026-11&format=csv`, {
      headers: { authorization: `Bearer ${desk.host.token('lead-1')}` },
    });
    const bytes = new Uint8Array(await csv.arrayBuffer());
    expect([...bytes.slice(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    const text = new TextDecoder().decode(bytes);
    expect(text).toContain('初回応答');
    await desk.withdraw(inquiry);
  });
});

describe('a lead who closes the office for the afternoon, from earlier today on', () => {
  let inquiry: Json;
  let closed: Json;
  let shipped: Json;
  const from = '2026-11-24T12:00:00+09:00';
  const putting = (document: Json, query = '') =>
    desk.call('lead-1', `PUT /v1/config/calendars${query}`, { document, from, note: '台風' });

  beforeAll(async () => {
    inquiry = await desk.open('employee-2@toritsugi.example', outageText);
    await acceptAssignedInquiry(desk, inquiry);
    ({ document: shipped } = await desk.config('calendars'));
    closed = structuredClone(shipped);
    closed.calendars['tokyo-office'].overrides = [
      { date: '2026-11-24', intervals: ['09:00-12:00'], note: '台風' },
    ];
  });

  test('is shown the effect on open inquiries by a dry run, which changes nothing', async () => {
    const before = await desk.read(inquiry.id);
    const { status, body } = await putting(closed, '?dryRun=true');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      ...{ dryRun: true, version: 1, from: computeClockTimeAfter(from, 0) },
      effect: { complete: true, inquiries: 1, clocks: 3, later: 3, earlier: 0, missed: 0 },
    });
    expect(body.effect.examples).toContainEqual(
      expect.objectContaining({
        ...{ inquiryId: inquiry.id, clock: 'first_response', shift: 'later' },
        ...{
          before: computeClockTimeAfter(inquiry.receivedAt, hour),
          after: computeClockTimeAfter('2026-11-25T10:00+09:00', 0),
        },
      }),
    );
    expect(await desk.config('calendars')).toEqual({ document: shipped, etag: '"0"' });
    expect(await desk.read(inquiry.id)).toEqual(before);
  });

  test('is told where a document is wrong, and that somebody else has put one', async () => {
    const wrong = structuredClone(closed);
    wrong.calendars['tokyo-office'].week.mon = ['09:00-12:00', '11:00-17:00'];
    wrong.calendars['bpo-weekdays'].zone = 'Asia/Edo';
    const invalid = await putting(wrong);
    expect([invalid.status, invalid.body.code]).toEqual([400, 'invalid.body']);
    expect((invalid.body.errors as Json[]).map(({ pointer }) => pointer).sort()).toEqual([
      '/document/calendars/bpo-weekdays/zone',
      '/document/calendars/tokyo-office/week/mon/1',
    ]);
    const { 'bpo-weekdays': _, ...rest } = closed.calendars;
    const missing = await putting({ calendars: rest });
    expect([missing.status, missing.body.code]).toEqual([400, 'invalid.body']);
    const yesterday = await desk.call('lead-1', 'PUT /v1/config/calendars', {
      ...{ document: closed, from: '2026-11-23T12:00:00+09:00' },
    });
    expect([yesterday.status, yesterday.body.errors[0].pointer]).toEqual([400, '/from']);
    const stale = await desk.call(
      'lead-1',
      'PUT /v1/config/calendars',
      { document: closed },
      { headers: { 'if-match': '"7"' } },
    );
    expect([stale.status, stale.body.code]).toEqual([412, 'config.stale']);
    expect((await desk.config('calendars')).etag).toBe('"0"');
  });

  test('moves the deadlines at once, and no alarm fires by an old one', async () => {
    const { status, body, headers } = await putting(closed);
    expect([status, body.version, headers.get('etag')]).toEqual([201, 1, '"1"']);
    const oldDue = computeClockTimeAfter(inquiry.receivedAt, hour);
    expect((await desk.clockOf(inquiry.id, 'first_response')).dueAt).toBe(
      computeClockTimeAfter('2026-11-25T10:00+09:00', 0),
    );
    await desk.idle();
    const { body: job } = await desk.call('lead-1', `GET ${body.job}`);
    expect(job).toMatchObject({ kind: 'sla-recomputation', state: 'done', errors: [] });
    await desk.passTo(computeClockTimeAfter(oldDue, 300));
    const types = await desk.eventsOf(inquiry.id);
    expect(types).toContain('ClocksReckoned');
    expect(types.filter((type) => /Warned|Breached|Stepped/.test(type))).toEqual([]);
    expect((await desk.clockOf(inquiry.id, 'first_response')).state).toBe('running');
  });

  test('leaves the miss of the morning as it was, and a stale version refused', async () => {
    const { body } = await desk.call('lead-1', 'GET /v1/sla/breaches');
    expect(expectOne(body.items as Json[]).clock).toBe('first_response');
    const sending = { headers: { 'if-match': '"0"' } };
    const put = { document: shipped };
    const stale = await desk.call('lead-1', 'PUT /v1/config/calendars', put, sending);
    expect([stale.status, stale.body.code]).toEqual([412, 'config.stale']);
    await desk.withdraw(inquiry);
  });
});

test('an alarm whose queue was lost is sent again, and the breach has its own deadline', async () => {
  // The closure does not touch the outsourced desk, which has its own hours.
  await desk.passTo(tokyoDate('2026-11-24 15:30'));
  const inquiry = await desk.open('employee-1@toritsugi.example', urgentText);
  const { startedAt, dueAt: breachedAt } = await desk.clockOf(inquiry.id, 'pickup');
  expect(breachedAt).toBe(computeClockTimeAfter(startedAt, hour / 2));
  await desk.passTo(computeClockTimeAfter(breachedAt, -100));
  desk.host.emptyQueues();
  await desk.passTo(computeClockTimeAfter(breachedAt, 5));
  expect(await desk.eventsOf(inquiry.id)).not.toContain('ClockBreached');
  await desk.pass(120);
  await desk.pass(120);
  const types = await desk.eventsOf(inquiry.id);
  expect(types.filter((type) => type === 'ClockBreached')).toHaveLength(1);
  const { detectedAt, ...pickup } = await desk.clockOf(inquiry.id, 'pickup');
  expect(pickup).toMatchObject({ state: 'running-after-miss', desk: 'bpo', breachedAt });
  expect(detectedAt > computeClockTimeAfter(breachedAt, 90)).toBe(true);
  await desk.withdraw(inquiry);
});

test('waiting over a weekend stops the clock until the requester answers by mail', async () => {
  await desk.passTo(tokyoDate('2026-11-27 10:00'));
  const requester = 'employee-1@toritsugi.example';
  const inquiry = await desk.open(requester, outageText);
  const [holder] = await acceptAssignedInquiry(desk, inquiry);
  const before = await desk.clockOf(inquiry.id, 'resolution');
  // Six hours of Friday, two of Monday.
  expect(before.dueAt).toBe(computeClockTimeAfter(inquiry.receivedAt, 73 * hour));
  await desk.passTo(tokyoDate('2026-11-27 11:00'));
  await commandInquiry(desk, holder, { inquiry }, 'wait', { message: '型番を教えてください。' });
  await desk.idle();
  const paused = await desk.clockOf(inquiry.id, 'resolution');
  expect(paused.state).toBe('paused');
  expect(paused).not.toHaveProperty('dueAt');
  await desk.passTo(tokyoDate('2026-11-30 10:00'));
  const question = (await desk.mailsOf(requester, inquiry)).at(-1);
  await desk.send({
    from: requester,
    to: String(question?.headers['reply-to']),
    text: 'A-100です。',
  });
  await desk.idle();
  const { state, dueAt } = await desk.clockOf(inquiry.id, 'resolution');
  const account = await desk.explain(inquiry.id, 'resolution');
  const pause = expectOne(account.pauses as Json[]);
  const spent = (Date.parse(pause.from) - Date.parse(before.startedAt)) / 1000;
  // The rest of the eight hours begins on Monday: six that day, the others on Tuesday from nine.
  const left = 8 * hour - spent;
  const monday = (tokyoDate('2026-11-30 17:00').getTime() - Date.parse(pause.to)) / 1000 - hour;
  expect([state, dueAt]).toEqual([
    'running',
    computeClockTimeAfter('2026-12-01T09:00+09:00', left - monday),
  ]);
  expect((account.stretches as Json[]).map((one) => one.state)).toContain('paused');
  expect(parseIsoSeconds(account.elapsed)).toBe(sumCountedSeconds(account));
  await desk.withdraw(inquiry);
});

describe("a vendor's operator", () => {
  let inquiry: Json;
  const secret = '役員報酬の一覧';

  beforeAll(async () => {
    await desk.passTo(tokyoDate('2026-12-01 10:00'));
    inquiry = await desk.open('employee-1@toritsugi.example', urgentText, secret);
  });
  afterAll(() => desk.withdraw(inquiry));

  test('is warned without the subject or anybody’s name', async () => {
    const readWarnings = async () =>
      (await desk.mailsOf('operator-a1@vendor-a.example', inquiry)).filter(({ headers }) =>
        headers['subject']?.includes('期限'),
      );
    await desk.passTo(computeClockTimeAfter(inquiry.receivedAt, 0.75 * hour - 60));
    const { lease } = await commandInquiry(desk, 'operator-a1', { inquiry }, 'claim');
    await commandInquiry(desk, 'operator-a1', { inquiry }, 'heartbeat', { fence: lease.fence });
    await desk.passTo(computeClockTimeAfter(inquiry.receivedAt, 0.75 * hour));
    const warning = expectOne(await readWarnings());
    expect(warning.headers['subject']).toBe(`[${inquiry.number}] 期限間近【初回応答】`);
    for (const hidden of [secret, '佐藤', 'employee-1', '至急']) {
      expect(warning.raw + warning.text).not.toContain(hidden);
    }
  });

  test('sees the clocks of its own desk, and not those of another', async () => {
    const { clocks } = await desk.read(inquiry.id, 'operator-a1');
    expect((clocks as Json[]).map(({ clock, desk: at }) => [clock, at])).toEqual([
      ['first_response', undefined],
      ['resolution', undefined],
      ['pickup', 'bpo'],
      ['ownership', 'bpo'],
    ]);
    const route = `/v1/inquiries/${inquiry.id}`;
    for (const path of [route, `${route}/clocks/pickup/explain`]) {
      expect((await desk.call('operator-b1', `GET ${path}`)).status).toBe(404);
    }
    await commandInquiry(desk, 'lead-1', { inquiry }, 'transfer', { desk: 'bpo-b' });
    await desk.idle();
    const there = await desk.read(inquiry.id, 'operator-b1');
    expect(findClockView(there, 'pickup')).toMatchObject({ desk: 'bpo-b', state: 'running' });
    expect((there.clocks as Json[]).map(({ desk: at }) => at)).not.toContain('bpo');
    expect(await desk.read(inquiry.id, 'operator-a1')).not.toHaveProperty('clocks');
    const gone = await desk.call('operator-a1', `GET ${route}/clocks/pickup/explain`);
    expect(gone.status).toBe(403);
    const former = `GET ${route}/clocks/pickup/explain?cycle=1`;
    expect((await desk.call('lead-1', former)).body).toMatchObject({ desk: 'bpo', cycle: 1 });
    const foreign = await desk.call('operator-b1', former);
    expect([foreign.status, foreign.body.code]).toEqual([404, 'sla.unknown-clock']);
  });

  test('can read no breaches, reports or configuration, and change none', async () => {
    const body = { cause: 'capacity', party: 'us' };
    const requests = [
      ['GET /v1/sla/breaches'],
      [`POST /v1/sla/breaches/${inquiry.id}.pickup.1/review`, body],
      ['GET /v1/sla/report?month=2026-12'],
      ['POST /v1/sla/restatements', { month: '2026-12', policies: 0 }],
      ['GET /v1/config/calendars'],
      ['PUT /v1/config/calendars', { document: (await desk.config('calendars')).document }],
      ['GET /v1/config/policies'],
      ['PUT /v1/config/policies', { document: (await desk.config('policies')).document }],
      ['GET /v1/config/policies/webhooks/ops'],
    ] as const;
    for (const [route, sent] of requests) {
      const { status, body: problem } = await desk.call('operator-a1', route, sent);
      expect([route, status, problem.code]).toEqual([route, 403, 'access.forbidden']);
    }
  });
});

describe('a webhook of the policies', () => {
  let inquiry: Json;
  let breachedAt: string;

  beforeAll(async () => {
    const { document, etag } = await desk.config('policies');
    document.webhooks = { ops: { url: `${receiver.origin}/hooks/ops` } };
    document.chains.unshift({
      ...{ id: 'vendor-pickup', on: 'clock', clocks: ['pickup'], desks: ['bpo'] },
      steps: [{ afterMinutes: 0, tell: [{ to: 'webhook', webhook: 'ops' }] }],
    });
    const sending = { headers: { 'if-match': etag } };
    const put = await desk.call('lead-1', 'PUT /v1/config/policies', { document }, sending);
    expect(put.status).toBe(201);
    await desk.idle();
    inquiry = await desk.open('employee-1@toritsugi.example', ordinaryText, '印刷');
    const { startedAt, dueAt } = await desk.clockOf(inquiry.id, 'pickup');
    expect(dueAt).toBe(computeClockTimeAfter(startedAt, 2 * hour));
    breachedAt = dueAt;
  });
  afterAll(() => desk.withdraw(inquiry));

  test('may not lead anywhere but where the stage allows', async () => {
    const { document } = await desk.config('policies');
    for (const url of [
      'http://127.0.0.1:9/hook',
      'https://169.254.169.254/',
      'https://10.0.0.1/',
    ]) {
      document.webhooks.ops.url = url;
      const { status, body } = await desk.call('lead-1', 'PUT /v1/config/policies', { document });
      expect([status, body.errors[0].pointer]).toEqual([400, '/document/webhooks/ops/url']);
    }
  });

  test('is told of a breach, and again after it has failed, and no more once it has it', async () => {
    receiver.answers.push({ status: 500 });
    await desk.passTo(computeClockTimeAfter(breachedAt, 1));
    await waitUntil(() => (receiver.received.length === 2 ? true : undefined));
    await desk.pass(60);
    await desk.pass(600);
    expect(receiver.received).toHaveLength(2);
    const [first, second] = receiver.received as [ReceivedRequest, ReceivedRequest];
    expect(first).toMatchObject({ method: 'POST', path: '/hooks/ops' });
    expect(second.headers['webhook-id']).toBe(first.headers['webhook-id']);
    const payload = JSON.parse(second.body);
    expect(payload).toMatchObject({
      ...{ type: 'escalation.stepped', version: 1 },
      data: {
        escalation: { id: `${inquiry.id}.pickup-1`, reason: 'breach', step: 1, state: 'open' },
        inquiry: { id: inquiry.id, number: inquiry.number, desk: 'bpo', priority: 'medium' },
        clock: { name: 'pickup', cycle: 1, dueAt: breachedAt, breachedAt },
      },
    });
    expect(second.body).not.toMatch(/印刷|employee|佐藤/);
    const { pathname } = new URL(payload.data.links.acknowledge);
    const acknowledged = await desk.call('lead-1', `POST ${pathname}`, {});
    expect([acknowledged.status, acknowledged.body.acknowledged.name]).toEqual([200, '中村 六花']);
  });

  test('proves by the secret that the lead reads that its messages are ours', async () => {
    const route = 'GET /v1/config/policies/webhooks';
    const { body, headers } = await desk.call('lead-1', `${route}/ops`);
    expect(body).toMatchObject({ webhook: 'ops', url: `${receiver.origin}/hooks/ops` });
    expect(headers.get('cache-control')).toBe('no-store');
    const key = Buffer.from(String(body.secret).replace('whsec_', ''), 'base64');
    expect(key.length).toBeGreaterThanOrEqual(24);
    for (const { headers: sent, body: text } of receiver.received) {
      const signed = `${sent['webhook-id']}.${sent['webhook-timestamp']}.${text}`;
      const signature = `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
      expect(String(sent['webhook-signature']).split(' ')).toContain(signature);
    }
    expect((await desk.call('lead-1', `${route}/none`)).body.code).toBe('config.unknown-webhook');
  });
});

describe('under a policy by which only the link reopens', () => {
  const requester = 'employee-1@toritsugi.example';
  let inquiry: Json;
  let link: string;

  beforeAll(async () => {
    await desk.passTo(tokyoDate('2026-12-02 10:00'));
    const { document } = await desk.config('policies');
    document.policies.standard.afterResolution = 'link-reopens';
    const put = await desk.call('lead-1', 'PUT /v1/config/policies', { document });
    expect(put.status).toBe(201);
    inquiry = await desk.open(requester, ordinaryText);
    const { lease } = await commandInquiry(desk, 'operator-a1', { inquiry }, 'claim');
    const answer = { message: 'ドライバーを更新しました。', fence: lease.fence };
    await commandInquiry(desk, 'operator-a1', { inquiry }, 'resolve', answer);
    await desk.idle();
  });
  afterAll(() => desk.withdraw(inquiry));

  test('a word of thanks reopens nothing and starts no clock', async () => {
    const answer = (await desk.mailsOf(requester, inquiry)).at(-1);
    expect(answer?.text).toContain('「まだ解決していません」を押してください');
    link = String(/https?:\/\/\S+\/status\/\w+/.exec(String(answer?.text))?.[0]);
    const to = String(answer?.headers['reply-to']);
    await desk.send({ from: requester, to, text: 'ありがとうございました。' });
    await desk.idle();
    const { status, messages, clocks } = await desk.read(inquiry.id);
    expect([status, messages]).toEqual(['resolved', 3]);
    expect((clocks as Json[]).map(({ clock, state }) => [clock, state])).toEqual([
      ['first_response', 'met'],
      ['resolution', 'met'],
      ['pickup', 'met'],
      ['ownership', 'met'],
    ]);
  });

  test('the button of the status page does, and starts the next cycle', async () => {
    const page = await (await fetch(link, { headers: { 'accept-language': 'ja' } })).text();
    const [, action = ''] = /<form method="post" action="([^"]+)">/.exec(page) ?? [];
    expect(page).toContain('<button>まだ解決していません</button>');
    await desk.idle();
    expect((await desk.read(inquiry.id)).status).toBe('resolved');
    const pressed = await fetch(new URL(action, link), { method: 'POST' });
    expect(pressed.status).toBe(200);
    const shown = await pressed.text();
    expect(shown).toContain('対応を再開します');
    expect(shown).not.toContain('<button>');
    await desk.idle();
    const after = await desk.read(inquiry.id);
    expect(after).toMatchObject({ status: 'queued', desk: 'bpo' });
    expect(findClockView(after, 'resolution')).toMatchObject({ cycle: 2, state: 'running' });
    expect(findClockView(after, 'first_response')).toMatchObject({ cycle: 1, state: 'met' });
  });
});

test('the documents printed for leads are taken as they are printed', async () => {
  const printed = readFileSync(new URL('../../docs/service-levels.md', import.meta.url), 'utf8');
  const { body: api } = await desk.call(undefined, 'GET /openapi.json');
  const example = (kind: string) =>
    api.paths[`/v1/config/${kind}`].put.requestBody.content['application/json'].example;
  const documents = [
    ...[...printed.matchAll(/```json\n(.*?)```/gs)].map(([, text]) => ['calendars', text]),
    ...['calendars', 'policies'].map((kind) => [kind, JSON.stringify(example(kind))]),
  ];
  expect(documents).toHaveLength(3);
  for (const [kind, raw = ''] of documents) {
    const route = `PUT /v1/config/${kind}?dryRun=true`;
    const { status, body } = await desk.call('lead-1', route, undefined, { raw });
    expect([status, body.errors]).toEqual([200, undefined]);
  }
});
