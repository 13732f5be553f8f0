import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addSeconds } from '../../../core/inquiry/values/ids.ts';
import { deskList } from '../../core/help-desk.ts';
import { readSpecimen } from '../../support/specimens.ts';
import { routerTime, startRouterFixture } from './router-fixture.ts';

type RouterFixture = Awaited<ReturnType<typeof startRouterFixture>>;
let fixture: RouterFixture;
let deliver: ReturnType<RouterFixture['router']>['deliver'];
let open: RouterFixture['open'];
let eventsOf: RouterFixture['eventsOf'];

beforeAll(async () => {
  fixture = await startRouterFixture();
  ({ open, eventsOf } = fixture);
  ({ deliver } = fixture.router());
});
afterAll(() => fixture?.stop());

const inquiryOf = async (id: Parameters<RouterFixture['eventsOf']>[0]) =>
  (await fixture.ledger.load(id))?.inquiry;

describe('routing', () => {
  it('puts desk, priority and category on a new inquiry by the shipped rules, and says why', async () => {
    const id = await open('ＶＰＮにつながりません');
    expect(await deliver(id)).toEqual({ batchItemFailures: [] });
    expect(await inquiryOf(id)).toMatchObject({
      status: 'queued',
      desk: 'bpo',
      priority: 'medium',
      category: 'network',
      vendors: ['vendor-a'],
      queuedAt: routerTime,
    });
    expect((await eventsOf(id)).at(-1)).toMatchObject({
      type: 'InquiryRouted',
      by: { kind: 'system', part: 'routing' },
      rules: 0,
      vendor: 'vendor-a',
      trace: [
        { rule: 'network', because: ['text: vpn'], set: ['category'] },
        { rule: 'otherwise', set: ['desk', 'priority'] },
      ],
      announceAt: addSeconds(routerTime, 86_400),
    });
  });

  it('does nothing when its message comes again, at once or later', async () => {
    const id = await open('印刷');
    await Promise.all([deliver(id), deliver(id), deliver(id, id)]);
    expect(await deliver(id)).toEqual({ batchItemFailures: [] });
    expect((await eventsOf(id)).map(({ type }) => type)).toEqual([
      'InquiryReceived',
      'InquiryRouted',
    ]);
  });

  it('acknowledges a message about an inquiry that does not exist', async () => {
    const nothing = '019a0000-0000-7000-8000-00000000dead';
    expect(await deliver(nothing)).toEqual({ batchItemFailures: [] });
  });

  it('announces first what was due while nobody routed it', async () => {
    const id = await open('印刷');
    await fixture.router(deskList, addSeconds(routerTime, 90)).deliver(id);
    expect((await eventsOf(id)).map(({ type }) => type)).toEqual([
      'InquiryReceived',
      'InquiryAnnounced',
      'InquiryRouted',
    ]);
  });

  it('reads the text of one that was released after weeks in quarantine', async () => {
    const aged = Array.from({ length: 25 }, () => readSpecimen('QuarantineAged'));
    const id = await open('ランサムウェア', [readSpecimen('InquiryQuarantined'), ...aged]);
    await deliver(id);
    expect(await inquiryOf(id)).toMatchObject({ desk: 'staff', category: 'security' });
  });

  it('reads the whole of a text that is too long for its event', async () => {
    const id = await open(`${'あ'.repeat(15_000)}\n${'い'.repeat(20_000)}`);
    const late = await open(`${'あ'.repeat(15_000)} ランサムウェア ${'い'.repeat(20_000)}`);
    await deliver(id, late);
    expect((await inquiryOf(id))?.category).toBe('general');
    expect((await inquiryOf(late))?.category).toBe('security');
  });

  it('falls to the first desk of the stage where a rule names one that is gone, and says so', async () => {
    const id = await open('印刷');
    const [staff] = deskList;
    if (staff === undefined) throw new TypeError('there are no desks');
    await fixture.router([staff]).deliver(id);
    expect((await eventsOf(id)).at(-1)).toMatchObject({
      desk: 'staff',
      trace: [
        { rule: 'printer' },
        { rule: 'otherwise' },
        { rule: 'missing-desk', because: ['missing: desk bpo'], set: ['desk'] },
      ],
    });
  });

  it('holds back what comes to a closed desk that holds, until it opens', async () => {
    const desks = deskList.map((desk) => ({ ...desk, whenClosed: 'hold' as const }));
    const evening = addSeconds(routerTime, 12 * 3600);
    const id = await open('印刷');
    await fixture.router(desks, evening).deliver(id);
    const opening = '2026-11-24T23:00:00.000Z';
    expect(await inquiryOf(id)).toMatchObject({
      status: 'queued',
      desk: 'bpo',
      availableAt: opening,
    });
    expect((await eventsOf(id)).at(-1)).toMatchObject({ announceAt: opening });
  });

  it('goes by the newest version in the ledger, within seconds of its putting in force', async () => {
    await fixture.putRules([{ id: 'vip', when: { vip: true }, set: { desk: 'staff' } }]);
    await fixture.putRules([{ id: 'two', when: { text: ['いんさつ'] }, set: { desk: 'staff' } }]);
    const before = await open('印刷、インサツ');
    await deliver(before);
    expect(await inquiryOf(before)).toMatchObject({ desk: 'bpo' });
    fixture.clock.milliseconds += 5_000;
    const after = await open('印刷、インサツ');
    await deliver(after);
    expect((await eventsOf(after)).at(-1)).toMatchObject({ desk: 'staff', rules: 2 });
    await fixture.putRules([], { desk: 'bpo-b' });
    fixture.clock.milliseconds += 5_000;
    const last = await open('印刷、インサツ');
    await deliver(last);
    expect((await eventsOf(last)).at(-1)).toMatchObject({ desk: 'bpo-b', rules: 3 });
  });
});
