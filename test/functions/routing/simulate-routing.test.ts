import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServiceLevels } from '../../../core/inquiry/clock/service-levels.ts';
import { DeskSettings, shippedDeskSettings } from '../../../core/inquiry/terms/desk-settings.ts';
import { applyDeskSettings, buildShippedTerms } from '../../../core/inquiry/terms/terms.ts';
import {
  addSeconds,
  EmailAddress,
  type InquiryId,
  type Instant,
  instantOf,
} from '../../../core/inquiry/values/ids.ts';
import { decideRoute } from '../../../core/routing/decide-route.ts';
import { makeCalendarMomentLookup } from '../../../core/routing/rules/calendar-moment.ts';
import { buildRoutingFacts } from '../../../core/routing/rules/routing-facts.ts';
import { RuleSet } from '../../../core/routing/rules/rule-set.ts';
import { deskList } from '../../core/help-desk.ts';
import { foldAll } from '../../support/inquiries.ts';
import { routeSlowly } from '../../support/slow-rules.ts';
import { readSpecimen } from '../../support/specimens.ts';
import { novemberRange, startSimulationFixture } from './simulation-fixture.ts';

type SimulationFixture = Awaited<ReturnType<typeof startSimulationFixture>>;

const otherwise = { desk: 'bpo', priority: 'low', category: 'general' };
/** Rules that use every fact a decision may depend on. */
const rules = [
  { id: 'mail', when: { text: ['メール', 'outlook'] }, set: { category: 'mail' } },
  { id: 'vpn', when: { words: ['vpn'] }, set: { category: 'network', impact: 'high' } },
  { id: 'urgent', when: { text: ['至急'] }, set: { urgency: 'high', expedite: true } },
  { id: 'vip', when: { vip: true }, set: { priority: 'high', tags: ['vip'], desk: 'staff' } },
  {
    id: 'again',
    when: { earlier: { withinDays: 7, atLeast: 2 } },
    set: { tags: ['again'], desk: 'staff', flag: '何度も届いています' },
  },
  {
    id: 'quiet',
    when: { desk: { id: 'staff', depth: { under: 3 }, open: true } },
    set: { tags: ['quiet'] },
  },
  {
    id: 'night',
    when: { all: [{ time: { calendar: 'tokyo-office', open: false } }, { category: ['mail'] }] },
    set: { hold: true, desk: 'bpo-b' },
  },
  { id: 'network', when: { category: ['network'] }, set: { pool: 'vendors' } },
  {
    id: 'uncovered',
    when: { contract: { desk: 'bpo', volumeLeft: false } },
    set: { tags: ['full'] },
  },
];
const settings = {
  desks: {
    staff: { overflow: { to: 'bpo-b', enter: { depth: 8 }, leave: { depth: 4 } } },
    bpo: {
      contract: {
        otherwise: 'bpo-b',
        outsideCoverage: { desk: 'staff' },
        monthlyVolume: { inquiries: 9 },
      },
    },
    'bpo-b': { contract: { otherwise: 'staff', categories: ['network', 'mail'] } },
  },
  pools: {
    vendors: {
      name: { ja: '委託先', en: 'Vendors' },
      ...{ choose: 'share', members: [{ desk: 'bpo', share: 2 }, { desk: 'bpo-b' }] },
    },
  },
};
const texts = [
  'VPN につながりません',
  'メールが届きません',
  '至急お願いします。VPN が切れます',
  '印刷できません',
  'Outlook の予定表',
  '席を替えたい',
];

let fixture: SimulationFixture;
const ids: InquiryId[] = [];
const receivedAt = (index: number) =>
  instantOf(Date.parse('2026-11-16T00:10:00.000Z') + index * 1000 * 60 * 97);

beforeAll(async () => {
  fixture = await startSimulationFixture();
  await fixture.putSettings(settings);
  await fixture.putRules(rules, otherwise);
  for (let index = 0; index < 90; index += 1) {
    const at = receivedAt(index);
    const address = EmailAddress.parse(`employee-${index % 13}@toritsugi.example`);
    const id = await fixture.open(`${texts[index % texts.length]} ${index}`, [], {
      receivedAt: at,
      requester: { address, ...(index % 11 === 0 ? { vip: true } : {}) },
    });
    await fixture.receive(id, at);
    await fixture.router(deskList, addSeconds(at, 2)).deliver(id);
    ids.push(id);
  }
  // Observations are cached by router, so each of these routers has observed anew.
});
afterAll(() => fixture?.stop());

describe('a simulation of what is in force', () => {
  it('differs in nothing, whatever the decisions were made from', async () => {
    const events = await Promise.all(ids.map(fixture.routedOf));
    const because = events.flatMap(({ trace }) => trace.map(({ rule }) => rule));
    // So what is simulated includes a case of each.
    for (const rule of [
      ...rules.map(({ id }) => id),
      'pool',
      'contract-coverage',
      'hold',
      'overflow',
      'contract-volume',
      'contract-category',
    ]) {
      expect(because, rule).toContain(rule);
    }
    const { summary, rows } = await fixture.simulate(novemberRange);
    expect(rows).toEqual([]);
    expect(summary).toMatchObject({
      ...{ inquiries: 90, differing: 0, unrouted: 0, missing: 0, changed: {}, levels: [] },
      ...{ unseen: [], earlierUnseen: 0 },
    });
    expect(summary.desks.every(({ old, new: anew }) => old === anew)).toBe(true);
    expect(summary.desks.reduce((sum, { count }) => sum + count, 0)).toBe(90);
  });

  it('gives every row on request, each as it was recorded', async () => {
    const { id } = await fixture.simulate();
    const rows = await fixture.rowsOf(id, true);
    expect(rows.map(({ inquiry }) => inquiry.id)).toEqual(ids);
    for (const row of rows) {
      const { desk, priority, category, availableAt } = await fixture.routedOf(row.inquiry.id);
      expect(row.old).toMatchObject({ desk, priority, category });
      expect(row.old.availableAt).toBe(availableAt);
      expect(row.new).toEqual(row.old);
    }
  });
});

/** Routes again by the slow reference, under the same settings. */
async function routeAgainSlowly(id: InquiryId, set: RuleSet, body: object = settings) {
  const events = await fixture.eventsOf(id);
  const place = events.findIndex(({ type }) => type === 'InquiryRouted');
  const [opening] = events;
  const routed = events[place];
  if (routed?.type !== 'InquiryRouted' || opening?.type !== 'InquiryReceived') {
    throw new TypeError('it is not routed');
  }
  const { at, observed = { desks: {} } } = routed;
  const terms = applyDeskSettings(buildShippedTerms(deskList), deskList, {
    ...{ ...shippedDeskSettings, version: 1 },
    body: DeskSettings.parse(body),
  });
  const facts = buildRoutingFacts(foldAll(events.slice(0, place)), opening.received.message, {
    ...{ at, calendar: makeCalendarMomentLookup(terms.serviceLevels, at), observed },
  });
  const decided = decideRoute({ id, route: routeSlowly(set, facts), observed, at }, terms);
  if (decided === undefined) throw new TypeError('there are no desks');
  return { routed, again: decided.event };
}

describe('a simulation of other rules', () => {
  const changed = rules.map((rule) =>
    rule.id === 'vpn'
      ? { ...rule, set: { category: 'network', priority: 'critical', desk: 'staff' } }
      : rule,
  );
  const set = RuleSet.parse({ version: 2, rules: changed, otherwise });

  it('finds exactly what the slow reference finds, with the rules responsible', async () => {
    const { summary, rows } = await fixture.simulate({ document: { rules: changed, otherwise } });
    const expected = [];
    for (const id of ids) {
      const { routed, again } = await routeAgainSlowly(id, set);
      const of = ({ desk, priority, category }: typeof routed) => ({ desk, priority, category });
      const isSame =
        JSON.stringify(of(routed)) === JSON.stringify(of(again)) &&
        routed.availableAt === again.availableAt &&
        routed.pool === again.pool &&
        routed.flag === again.flag &&
        JSON.stringify(routed.tags) === JSON.stringify(again.tags);
      if (!isSame) expected.push({ id, old: of(routed), new: of(again) });
    }
    expect(expected.length).toBeGreaterThan(20);
    expect(expected.length).toBeLessThan(60);
    expect(
      rows.map(({ inquiry, old, new: anew }) => ({
        id: inquiry.id,
        old: { desk: old.desk, priority: old.priority, category: old.category },
        new: { desk: anew.desk, priority: anew.priority, category: anew.category },
      })),
    ).toEqual(expected);
    expect(summary).toMatchObject({
      differing: expected.length,
      rules: { of: 'document', version: 2 },
      settings: { of: 'in-force', version: 1 },
    });
    const vpn = rows.find(({ inquiry }) => inquiry.id === ids[6]);
    expect(vpn).toMatchObject({
      new: { deskRule: 'vpn', priorityRules: ['vpn'] },
      now: { status: 'queued' },
    });
    const counted = new Map<string, number>();
    for (const { old, new: anew } of rows) {
      const key = `${old.desk} ${anew.desk}`;
      if (old.desk !== anew.desk) counted.set(key, (counted.get(key) ?? 0) + 1);
    }
    const moved = summary.desks.filter(({ old, new: anew }) => old !== anew);
    expect(new Map(moved.map(({ old, new: anew, count }) => [`${old} ${anew}`, count]))).toEqual(
      counted,
    );
    // Those made critical get a two-hour target, long missed where nobody has answered.
    expect(summary.levels.length).toBeGreaterThan(0);
  });

  it('changes nothing in the ledger', async () => {
    const before = await Promise.all(ids.slice(0, 10).map(fixture.eventsOf));
    await fixture.simulate({ document: { rules: changed, otherwise } });
    expect(await Promise.all(ids.slice(0, 10).map(fixture.eventsOf))).toEqual(before);
  });

  it('knows the hours of a desk that nobody had looked at, takes it for quiet, and says so', async () => {
    const asking = [
      { id: 'shut', when: { desk: { id: 'bpo-b', open: false } }, set: { tags: ['shut'] } },
      { id: 'deep', when: { desk: { id: 'bpo-b', depth: { over: 0 } } }, set: { tags: ['deep'] } },
    ];
    const document = { rules: [...rules, ...asking], otherwise };
    const { summary, rows } = await fixture.simulate({ document });
    const isShut = (at: Instant) =>
      shut.deskCalendar('bpo-b' as never, at)?.isOpen(Math.floor(Date.parse(at) / 1000)) === false;
    const shut: ServiceLevels = buildShippedTerms(deskList).serviceLevels;
    const routed = await Promise.all(ids.map(fixture.routedOf));
    expect(rows).toHaveLength(routed.filter(({ at }) => isShut(at)).length);
    expect(rows.every(({ changed: [only] }) => only === 'tags')).toBe(true);
    expect(rows.some(({ new: { tags } }) => tags.includes('deep'))).toBe(false);
    const seen = routed.filter(({ observed }) => observed?.desks['bpo-b' as never]).length;
    expect(summary.unseen).toEqual([{ desk: 'bpo-b', count: 90 - seen }]);
  });

  it('goes by desk settings that are given, and by earlier versions', async () => {
    const open = { ...settings, desks: { staff: {}, bpo: {}, 'bpo-b': {} } };
    const { summary, rows } = await fixture.simulate({ settings: open });
    expect(summary.settings).toEqual({ of: 'document', version: 2 });
    expect(rows.length).toBeGreaterThan(10);
    expect(
      rows.every(({ new: { placedBy } }) =>
        placedBy.every((one) => one === 'pool' || one === 'hold'),
      ),
    ).toBe(true);
    const shipped = await fixture.simulate({ version: 0 });
    expect(shipped.summary.rules).toEqual({ of: 'version', version: 0 });
    expect(shipped.rows.length).toBeGreaterThan(50);
  });
});

describe('what is found', () => {
  it('is what came in the period, by its receipt', async () => {
    const from = receivedAt(10);
    const until = receivedAt(20);
    const { summary, id } = await fixture.simulate({ from, until });
    expect(summary.inquiries).toBe(10);
    const rows = await fixture.rowsOf(id, true);
    expect(rows.map(({ inquiry }) => inquiry.id)).toEqual(ids.slice(10, 20));
  });

  it('are those never routed and those that are gone, counted apart', async () => {
    const at = '2026-10-05T01:00:00.000Z' as Instant;
    const lone = await fixture.open('印刷', [], { receivedAt: at });
    await fixture.receive(lone, at);
    await fixture.receive('019a0000-0000-7000-8000-00000000dead' as InquiryId, at);
    const period = { from: '2026-10-05T00:00:00.000Z', until: '2026-10-06T00:00:00.000Z' };
    const { summary } = await fixture.simulate(period);
    expect(summary).toMatchObject({ inquiries: 0, unrouted: 1, missing: 1 });
  });

  it('is read whole: long bodies, what was announced before, what was released', async () => {
    const at = '2026-10-07T01:00:00.000Z' as Instant;
    const long = await fixture.open(`${'あ'.repeat(15_000)} メール ${'い'.repeat(20_000)}`, [], {
      receivedAt: at,
    });
    const late = await fixture.open('メール', [], { receivedAt: at });
    const kept = await fixture.open('メール', [readSpecimen('InquiryQuarantined')], {
      receivedAt: at,
    });
    const opened = { fate: 'opened', at: addSeconds(at, 3_600) };
    await fixture.receive(long, at);
    await fixture.receive(late, at);
    await fixture.receive(kept, at, [{ fate: 'quarantined', reason: 'spam' }, opened]);
    await fixture.router(deskList, addSeconds(at, 4_000)).deliver(long, late, kept);
    expect((await fixture.eventsOf(late)).map(({ type }) => type)).toContain('InquiryAnnounced');
    const period = { from: '2026-10-07T00:00:00.000Z', until: '2026-10-08T00:00:00.000Z' };
    const { summary, rows } = await fixture.simulate(period);
    expect(rows).toEqual([]);
    expect(summary).toMatchObject({
      ...{ inquiries: 3, unrouted: 0, missing: 0 },
      categories: [{ old: 'mail', new: 'mail', count: 3 }],
    });
  });

  it('is counted once when a run stops half-way, or dies after its page was kept', async () => {
    const { id } = JSON.parse((await fixture.post({ version: 0 })).text);
    expect(await fixture.run(id, 1)).toBe('continues');
    const unfinished = { state: 'queued', items: [], next: null };
    expect(JSON.parse((await fixture.read(id)).text)).toEqual(unfinished);
    for (const key of ['sums-000001', 'differing-000002']) {
      fixture.broken.key = key;
      expect(await fixture.run(id)).toBe('failed-run');
    }
    fixture.broken.key = undefined;
    expect(await fixture.run(id)).toBe('done');
    expect(await fixture.run(id)).toBe('idle');
    const whole = await fixture.simulate({ version: 0 });
    expect(await fixture.rowsOf(id)).toEqual(whole.rows);
    expect(await fixture.summaryOf(id)).toEqual(whole.summary);
    expect(await fixture.jobs.find(id)).toMatchObject({
      ...{ state: 'done', checkpoint: 90 },
      counts: { simulated: 90, differing: whole.rows.length },
    });
  });
});

describe('the routes', () => {
  it('refuse faulty rules and settings together, each with a pointer', async () => {
    const document = {
      rules: [{ id: 'x', when: { vip: true }, set: { desk: 'moon' } }],
      otherwise,
    };
    const broken = { desks: { bpo: { contract: { otherwise: 'mars' } } } };
    const { status, text } = await fixture.post({ document, settings: broken });
    expect(status).toBe(400);
    const pointers = JSON.parse(text).errors.map(({ pointer }: { pointer: string }) => pointer);
    expect(pointers).toEqual(
      expect.arrayContaining([
        '/settings/desks/bpo/contract/otherwise',
        '/document/rules/0/set/desk',
      ]),
    );
  });

  it.each([
    [{ from: '2026-08-01T00:00:00.000Z' }, '/from'],
    [{ until: '2026-12-01T00:00:00.001Z' }, '/until'],
    [{ until: '2026-11-01T00:00:00.000Z' }, '/until'],
    [{ version: 1, document: {} }, '/version'],
  ])('refuse %o', async (body, pointer) => {
    const { status, text } = await fixture.post(body);
    expect([status, JSON.parse(text).errors[0].pointer]).toEqual([400, pointer]);
  });

  it('refuse a version that there is not, and whoever is no lead', async () => {
    expect((await fixture.post({ version: 99 })).status).toBe(404);
    expect((await fixture.post({}, { as: 'staff1' })).status).toBe(403);
    expect((await fixture.read('019a0000-0000-7000-8000-00000000dead')).status).toBe(404);
  });

  it('give CSV that spreadsheets read and do not run, a page at a time', async () => {
    const { id, rows } = await fixture.simulate({ version: 0 });
    const query = { format: 'csv', lang: 'ja', limit: '5' };
    const { headers, text } = await fixture.read(id, query);
    expect(headers['content-type']).toContain('text/csv');
    expect(headers['link']).toContain(`/v1/routing/simulations/${id}?`);
    expect(text.startsWith('\uFEFF問い合わせ番号,')).toBe(true);
    expect(text.trim().split('\r\n')).toHaveLength(6);
    expect(text).toContain(rows[0]?.inquiry.number);
    expect(text).toContain('社内');
  });
});
