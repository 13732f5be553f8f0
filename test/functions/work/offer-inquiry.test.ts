import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Presence } from '../../../core/access/person.ts';
import type { InquiryId } from '../../../core/inquiry/ids.ts';
import { leastLoaded } from '../../../core/work/assign-inquiry.ts';
import { people } from '../../core/work/help-desk.ts';
import { startWork, type Work } from './work-world.ts';

let work: Work;
beforeAll(async () => {
  work = await startWork();
});
afterAll(() => work.stop());

const agents = ['staff1', 'staff2', 'lead'] as const;

async function present(...names: readonly (typeof agents)[number][]): Promise<void> {
  for (const name of agents) {
    const presence: Presence = names.includes(name) ? 'present' : 'away';
    await work.put({ ...people[name], presence });
  }
}

beforeEach(async () => {
  const open = await work.index.page({ by: 'open' }, 100);
  for (const { id } of open.inquiries) await work.command('lead', id, 'withdraw');
});

const holderOf = async (id: InquiryId) => (await work.ledger.load(id))?.inquiry.holder?.agent;

describe('assigning at a push desk', () => {
  it('offers an inquiry to an agent who is present, until a time', async () => {
    await present('staff2');
    const { id } = await work.open({ desk: 'staff' });
    expect(await work.assign(id)).toEqual({ batchItemFailures: [] });
    const { inquiry } = (await work.ledger.load(id)) ?? {};
    expect(inquiry?.holder).toMatchObject({ agent: 'staff2', by: 'assignment', fence: 1 });
    expect(inquiry?.holder?.offeredUntil).toEqual(expect.any(String));
  });

  it('spreads a batch over the agents by their load', async () => {
    await present('staff1', 'staff2', 'lead');
    const opened = [];
    for (let count = 0; count < 6; count += 1) opened.push(await work.open({ desk: 'staff' }));
    await work.assign(...opened.map(({ id }) => id));
    const holders = await Promise.all(opened.map(({ id }) => holderOf(id)));
    for (const name of agents) expect(holders.filter((holder) => holder === name)).toHaveLength(2);
  });

  it('assigns one inquiry once, however often its news comes', async () => {
    await present('staff1', 'staff2');
    const { id } = await work.open({ desk: 'staff' });
    await Promise.all([work.assign(id), work.assign(id), work.assign(id, id)]);
    const events = await work.ledger.events(id, 0, 100);
    expect(events.filter(({ event }) => event.type === 'InquiryAssigned')).toHaveLength(1);
  });

  it('offers what somebody declined to another who is present', async () => {
    await present('staff1', 'staff2');
    const { id } = await work.open({ desk: 'staff' });
    await work.assign(id);
    const first = (await holderOf(id)) ?? '';
    await work.command(first, id, 'decline', { note: '手が離せません' });
    await work.assign(id);
    const second = await holderOf(id);
    expect(second).toBeDefined();
    expect(second).not.toBe(first);
  });

  it('offers what somebody let lapse to another, and to them again when alone', async () => {
    await present('staff1', 'staff2');
    const { id } = await work.open({ desk: 'staff' });
    await work.assign(id);
    const first = (await holderOf(id)) as (typeof agents)[number];
    work.later(1900);
    await work.command('lead', id, 'messages', { kind: 'internal', text: '?' });
    expect(await holderOf(id)).toBeUndefined();
    await present(first);
    await work.assign(id);
    expect(await holderOf(id)).toBe(first);
  });

  it('leaves an inquiry in the worklist when nobody is present, and settles its news', async () => {
    await present();
    const { id } = await work.open({ desk: 'staff' });
    expect(await work.assign(id)).toEqual({ batchItemFailures: [] });
    expect(await holderOf(id)).toBeUndefined();
    const waiting = await work.index.waiting(work.deskOf('staff').id, 10);
    expect(waiting.map((one) => one.id)).toEqual([id]);
  });

  it('leaves alone what waits at a pull desk', async () => {
    await present('lead');
    const { id } = await work.open({ desk: 'bpo' });
    expect(await work.assign(id)).toEqual({ batchItemFailures: [] });
    expect(await holderOf(id)).toBeUndefined();
  });
});

describe('the choice of an agent', () => {
  const ids = Array.from(
    { length: 30 },
    (_, at) => `019a0000-0000-7000-8000-${String(at * 7919).padStart(12, '0')}` as InquiryId,
  );

  it('falls on the least loaded one', () => {
    const loads = [
      { agent: people.staff1, load: 2 },
      { agent: people.staff2, load: 1 },
    ];
    for (const id of ids) expect(leastLoaded(loads, id, undefined)).toBe(people.staff2);
  });

  it('spreads over equals, the same inquiry always falling on the same one', () => {
    const loads = [
      { agent: people.staff1, load: 0 },
      { agent: people.staff2, load: 0 },
    ];
    const chosen = ids.map((id) => leastLoaded(loads, id, undefined)?.sub);
    expect(new Set(chosen).size).toBe(2);
    const turned = ids.map((id) => leastLoaded(loads.toReversed(), id, undefined)?.sub);
    expect(turned).toEqual(chosen);
  });

  it('falls on nobody when nobody is there', () => {
    expect(leastLoaded([], ids[0] as InquiryId, undefined)).toBeUndefined();
  });
});

describe('ringing for what waits', () => {
  const drain = async (desk: string) => {
    const rung: (InquiryId | undefined)[] = [];
    for (;;) {
      const message = await work.news.next(work.deskOf(desk), 0);
      if (message === undefined) return rung;
      rung.push(message.inquiryId);
      await work.news.settle(work.deskOf(desk), message);
    }
  };

  beforeEach(async () => {
    await drain('bpo');
    await drain('staff');
  });

  it('fills an empty queue with the most urgent ten, and a full one with nothing', async () => {
    await present();
    for (let count = 0; count < 12; count += 1) await work.open({ priority: 'low' });
    const urgent = await work.open({ priority: 'critical' });
    await work.announce();
    expect(await work.news.depth(work.deskOf('bpo'))).toBe(10);
    await work.announce();
    expect(await work.news.depth(work.deskOf('bpo'))).toBe(10);
    expect(await drain('bpo')).toContain(urgent.id);
  });

  it('counts what somebody is just looking at', async () => {
    for (let count = 0; count < 12; count += 1) await work.open();
    await work.announce();
    const taken = await work.news.next(work.deskOf('bpo'), 0);
    expect(taken).toBeDefined();
    await work.announce();
    expect(await work.news.depth(work.deskOf('bpo'))).toBe(10);
  });

  it('leaves a push desk alone until somebody is present', async () => {
    await present();
    const { id } = await work.open({ desk: 'staff' });
    await work.announce();
    expect(await drain('staff')).toEqual([]);
    await present('staff1');
    await work.announce();
    expect(await drain('staff')).toEqual([id]);
  });

  it('brings all work back after every queue was emptied', async () => {
    await present('staff1');
    const opened = [];
    for (let count = 0; count < 4; count += 1) opened.push(await work.open());
    const done: string[] = [];
    for (let round = 0; round < 4; round += 1) {
      await drain('bpo');
      await work.announce();
      const claimed = await work.claimNext('a1', 'bpo', 1);
      const { fence } = claimed.body.lease;
      await work.command('a1', claimed.body.id, 'resolve', { fence });
      done.push(claimed.body.id);
    }
    expect(done.sort()).toEqual(opened.map(({ id }) => id as string).sort());
    expect(await work.claimNext('a1')).toMatchObject({ status: 204 });
  });
});
