import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { planAppend } from '../../../core/inquiry/decide-and-append.ts';
import type { InquiryEvent } from '../../../core/inquiry/events/events.ts';
import { isRefusal } from '../../../core/inquiry/refusal.ts';
import { DeskSettings, shippedDeskSettings } from '../../../core/inquiry/terms/desk-settings.ts';
import { applyDeskSettings, buildShippedTerms } from '../../../core/inquiry/terms/terms.ts';
import {
  addSeconds,
  EmailAddress,
  type InquiryId,
  type Instant,
} from '../../../core/inquiry/values/ids.ts';
import { decideRoute } from '../../../core/routing/decide-route.ts';
import { makeCalendarMomentLookup } from '../../../core/routing/rules/calendar-moment.ts';
import { compileRules } from '../../../core/routing/rules/compile/compile-rules.ts';
import { buildRoutingFacts } from '../../../core/routing/rules/routing-facts.ts';
import { RuleSet } from '../../../core/routing/rules/rule-set.ts';
import { deskList, helpDeskActors } from '../../core/help-desk.ts';
import { foldAll } from '../../support/inquiries.ts';
import { onClientCommand } from '../../support/start-dynamo.ts';
import { routerTime, startRouterFixture } from './router-fixture.ts';

type RouterFixture = Awaited<ReturnType<typeof startRouterFixture>>;
let fixture: RouterFixture;

beforeAll(async () => {
  fixture = await startRouterFixture();
  for (const name of ['a1', 'b1', 'staff1', 'lead'] as const)
    await fixture.people.put(helpDeskActors[name]);
});
afterAll(() => fixture?.stop());
// An hour later, nothing that an earlier test read counts as fresh.
beforeEach(() => {
  fixture.clock.milliseconds += 3_600_000;
});

const openAll = (count: number) =>
  Promise.all(Array.from({ length: count }, () => fixture.open('件名のみ')));
const desksOf = async (ids: Parameters<RouterFixture['routedOf']>[0][]) =>
  Promise.all(ids.map(async (id) => (await fixture.routedOf(id)).desk));

describe('a contract', () => {
  it('has what comes by night held until the vendor opens, and nothing waits there meanwhile', async () => {
    await fixture.putSettings({ desks: { bpo: { contract: { otherwise: 'staff' } } } });
    const friday = '2026-11-20T13:00:00.000Z' as Instant;
    const id = await fixture.open('件名のみ', [], { receivedAt: friday });
    await fixture.router(deskList, friday).deliver(id);
    // Monday is a holiday, and bpo opens at eight on Tuesday.
    const availableAt = '2026-11-23T23:00:00.000Z';
    const event = await fixture.routedOf(id);
    expect(event).toMatchObject({ desk: 'bpo', availableAt, announceAt: availableAt });
    expect(event).not.toHaveProperty('observed');
    const { inquiry } = (await fixture.ledger.load(id)) ?? {};
    expect(inquiry).toMatchObject({ status: 'queued', availableAt });
  });

  it('sends on what goes beyond its volume, counted over all routers', async () => {
    const before = await count('bpo');
    const contract = { otherwise: 'bpo-b', monthlyVolume: { inquiries: before + 9 } };
    await fixture.putSettings({ desks: { bpo: { contract } } });
    const ids = await openAll(14);
    const routers = [fixture.router(), fixture.router()];
    for (const [index, id] of ids.entries()) {
      // Long enough for each router to count anew.
      fixture.clock.milliseconds += 60_000;
      await routers[index % 2]?.deliver(id);
    }
    const desks = await desksOf(ids);
    expect(desks.filter((desk) => desk === 'bpo')).toHaveLength(9);
    expect(desks.slice(9)).toEqual(Array.from({ length: 5 }, () => 'bpo-b'));
    const [last] = ids.slice(-1);
    if (last === undefined) throw new TypeError('there is none');
    const event = await fixture.routedOf(last);
    expect(event.observed?.desks).toMatchObject({
      bpo: { open: true, volume: { used: before + 9, limit: before + 9 } },
    });
    expect(event.trace.at(-1)).toMatchObject({ rule: 'contract-volume' });
  });

  it('is not exceeded by a burst, by ones and tens, while a count is taken for fresh', async () => {
    const before = await count('bpo');
    const contract = { otherwise: 'bpo-b', monthlyVolume: { inquiries: before + 5 } };
    await fixture.putSettings({ desks: { bpo: { contract } } });
    const ids = await openAll(12);
    const router = fixture.router();
    for (const id of ids.slice(0, 2)) await router.deliver(id);
    await router.deliver(...ids.slice(2));
    expect((await desksOf(ids)).filter((desk) => desk === 'bpo')).toHaveLength(5);
  });

  it('is not used up by what could not be routed, once it is counted anew', async () => {
    const before = await count('bpo');
    const contract = { otherwise: 'bpo-b', monthlyVolume: { inquiries: before + 1 } };
    await fixture.putSettings({ desks: { bpo: { contract } } });
    const id = await fixture.open('件名のみ');
    const { ledger } = fixture;
    let isDown = true;
    const router = fixture.router(deskList, routerTime, {
      load: (one) => ledger.load(one),
      loadOpening: (one) => ledger.loadOpening(one),
      events: (one, after, limit) => ledger.events(one, after, limit),
      append: (pendingAppend) => {
        if (isDown) throw new Error('the table is away');
        return ledger.append(pendingAppend);
      },
    });
    expect(await router.deliver(id)).toEqual({ batchItemFailures: [{ itemIdentifier: id }] });
    isDown = false;
    fixture.clock.milliseconds += 2_000;
    await router.deliver(id);
    expect(await desksOf([id])).toEqual(['bpo']);
  });

  async function count(desk: string): Promise<number> {
    const answer = await fixture.engines.client.send(
      new ScanCommand({
        TableName: fixture.engines.table.name,
        FilterExpression: 'begins_with(pk, :volume)',
        ExpressionAttributeValues: { ':volume': { S: `VOLUME#${desk}#2026-11#` } },
      }),
    );
    return answer.Items?.length ?? 0;
  }
});

describe('overflow', () => {
  const makeOverflowSettings = (over: object) => ({
    overflow: { to: 'bpo-b', enter: { depth: 6 }, leave: { depth: 2 }, ...over },
  });

  it('begins when a desk is full, says so once, and ends when the desk has emptied', async () => {
    await fixture.putSettings({ desks: { staff: makeOverflowSettings({}) } });
    await fixture.putRules([
      { id: 'all', when: { channel: ['mail', 'form'] }, set: { desk: 'staff' } },
    ]);
    const router = fixture.router();
    const ids = await openAll(10);
    for (const id of ids) await router.deliver(id);
    const desks = await desksOf(ids);
    expect(desks).toEqual([...Array(6).fill('staff'), ...Array(4).fill('bpo-b')]);
    const changes = router.lines.filter(({ fields }) =>
      String(fields['step']).includes('overflow'),
    );
    expect(changes.map(({ fields }) => fields)).toEqual([
      { step: 'routing.overflow-begun', desk: 'staff', measure: 'depth' },
    ]);
    expect(router.counts).toMatchObject({ OverflowBegun: 1 });
    const [seventh] = ids.slice(6);
    if (seventh === undefined) throw new TypeError('there is none');
    const { observed, trace } = await fixture.routedOf(seventh);
    expect(observed?.desks).toMatchObject({
      staff: { depth: 6, present: 2, waitMinutes: 45, overflowing: false },
    });
    expect(trace.at(-1)?.because).toEqual(['overflow: staff bpo-b', 'desk.depth: staff 6']);
    // Other routers see it too, while those that wait are taken.
    const other = fixture.router();
    const eighth = await fixture.open('件名のみ');
    await other.deliver(eighth);
    expect(await desksOf([eighth])).toEqual(['bpo-b']);
    expect(other.counts).not.toHaveProperty('OverflowBegun');
    const withdrawn = { v: 1, at: routerTime, by: { kind: 'system', part: 'work' } } as const;
    for (const id of ids.slice(0, 4)) {
      await append(id, { ...withdrawn, type: 'InquiryWithdrawn' });
    }
    fixture.clock.milliseconds += 2_000;
    const last = await fixture.open('件名のみ');
    await other.deliver(last);
    expect(await desksOf([last])).toEqual(['staff']);
    expect(other.counts).toMatchObject({ OverflowEnded: 1 });
  });
});

/** Appends an event to an inquiry as it is. */
async function append(id: InquiryId, event: InquiryEvent): Promise<void> {
  const found = await fixture.ledger.load(id);
  if (found === undefined) throw new TypeError('there is none');
  const pendingAppend = planAppend(
    id,
    found,
    { events: [event] },
    buildShippedTerms(deskList),
    routerTime,
  );
  if (isRefusal(pendingAppend)) throw new TypeError(pendingAppend.detail);
  expect(await fixture.ledger.append(pendingAppend)).toEqual({ appended: true });
}

describe('what routing looks at', () => {
  it('is read once for a burst, however many come', async () => {
    await fixture.putSettings({ desks: { bpo: { overflow: full } } });
    await fixture.putRules([
      {
        id: 'busy',
        when: { desk: { id: 'staff', depth: { over: 900 } } },
        set: { tags: ['busy'] },
      },
    ]);
    const ids = await openAll(20);
    const router = fixture.router();
    // Reads the configuration, which then stays fresh.
    await router.deliver(await fixture.open('件名のみ'));
    fixture.clock.milliseconds += 2_000;
    const queries: string[] = [];
    onClientCommand(fixture.engines.client, (name) => queries.push(name));
    for (const start of [0, 10]) await router.deliver(...ids.slice(start, start + 10));
    // Four shards for each of two desks, and the people of three roles.
    expect(queries.filter((name) => name === 'QueryCommand')).toHaveLength(4 * 2 + 3);
    expect(new Set(await desksOf(ids))).toEqual(new Set(['bpo']));
  });

  it('is recorded, with earlier inquiries where rules ask for them, and nothing else', async () => {
    await fixture.putSettings({});
    const address = EmailAddress.parse('repeats@toritsugi.example');
    await fixture.putRules([
      {
        id: 'again',
        when: { earlier: { withinDays: 7 } },
        set: { desk: 'staff', tags: ['again'] },
      },
    ]);
    const router = fixture.router();
    const given = (days: number) => ({
      requester: { address },
      receivedAt: addSeconds(routerTime, -days * 86_400),
    });
    await fixture.open('件名のみ', [], given(100));
    const before = await fixture.open('印刷', [], given(6));
    await router.deliver(before);
    const id = await fixture.open('件名のみ', [], given(0));
    await router.deliver(id);
    const event = await fixture.routedOf(id);
    expect(event).toMatchObject({ desk: 'staff', tags: ['again'] });
    expect(event.observed).toEqual({
      desks: {},
      earlier: [{ at: addSeconds(routerTime, -6 * 86_400), category: 'general' }],
    });
    expect((await fixture.routedOf(before)).observed).toEqual({ desks: {}, earlier: [] });
  });

  it('is looked at again when the inquiry was changed so that it goes another way', async () => {
    await fixture.putSettings({ desks: { 'bpo-b': { overflow: full } } });
    const set = { desk: 'bpo-b' };
    await fixture.putRules([{ id: 'loans', when: { category: ['loan'] }, set }], { desk: 'bpo' });
    const id = await fixture.open('件名のみ');
    const { ledger } = fixture;
    const amended = { v: 1, at: routerTime, by: { kind: 'system', part: 'work' } } as const;
    let isChanged = false;
    const router = fixture.router(deskList, routerTime, {
      load: (one) => ledger.load(one),
      loadOpening: (one) => ledger.loadOpening(one),
      events: (one, after, limit) => ledger.events(one, after, limit),
      append: async (pendingAppend) => {
        if (!isChanged) {
          isChanged = true;
          await append(id, { ...amended, type: 'InquiryAmended', category: 'loan' });
        }
        return ledger.append(pendingAppend);
      },
    });
    expect(await router.deliver(id)).toEqual({ batchItemFailures: [{ itemIdentifier: id }] });
    expect(await router.deliver(id)).toEqual({ batchItemFailures: [] });
    const { desk, observed } = await fixture.routedOf(id);
    expect([desk, Object.keys(observed?.desks ?? {})]).toEqual(['bpo-b', ['bpo-b']]);
  });

  it('is enough to make the same decision again', async () => {
    const settings = {
      desks: {
        bpo: {
          overflow: full,
          contract: { otherwise: 'staff', monthlyVolume: { inquiries: 9999 } },
        },
      },
      pools: {
        vendors: {
          name: { ja: '委託先', en: 'Vendors' },
          ...{ choose: 'share', members: [{ desk: 'bpo', share: 2 }, { desk: 'bpo-b' }] },
        },
      },
    };
    const version = await fixture.putSettings(settings);
    const rules = [
      { id: 'calm', when: { desk: { id: 'bpo-b', open: true } }, set: { tags: ['calm'] } },
      { id: 'all', when: { channel: ['mail', 'form'] }, set: { pool: 'vendors', skills: ['x'] } },
    ];
    const number = await fixture.putRules(rules);
    const ids = await openAll(10);
    await fixture.router().deliver(...ids);
    const stage = buildShippedTerms(deskList);
    const terms = applyDeskSettings(stage, deskList, {
      ...{ ...shippedDeskSettings, version },
      body: DeskSettings.parse(settings),
    });
    const compiled = compileRules(
      RuleSet.parse({
        ...{ version: number, rules },
        otherwise: { desk: 'bpo', priority: 'low', category: 'general' },
      }),
    );
    const desks = new Set<string>();
    for (const id of ids) {
      const recorded = await fixture.routedOf(id);
      const [opening] = await fixture.eventsOf(id);
      if (opening?.type !== 'InquiryReceived') throw new TypeError('nothing opens it');
      const { at, observed = { desks: {} } } = recorded;
      const calendar = makeCalendarMomentLookup(terms.serviceLevels, at);
      const facts = buildRoutingFacts(foldAll([opening]), opening.received.message, {
        ...{ at, calendar, observed },
      });
      const again = decideRoute({ id, route: compiled.route(facts), observed, at }, terms);
      const { clocks: _c, escalations: _e, levels: _l, ...bare } = recorded;
      expect(again?.event).toEqual(bare);
      expect(again?.unseen).toEqual([]);
      desks.add(recorded.desk);
    }
    expect([...desks].every((desk) => desk.startsWith('bpo'))).toBe(true);
  });

  const full = { to: 'staff', enter: { depth: 9000 }, leave: { depth: 8000 } };
});
