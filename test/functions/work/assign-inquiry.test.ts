import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { InquiryId } from '../../../core/inquiry/values/ids.ts';
import { helpDeskActors } from '../../core/help-desk.ts';
import {
  type AssignmentFixture,
  type PushDeskAgent,
  pushDeskAgents,
  startAssignmentFixture,
} from './assignment-fixture.ts';

let offering: AssignmentFixture;
let work: AssignmentFixture['work'];
beforeAll(async () => {
  offering = await startAssignmentFixture();
  work = offering.work;
});
afterAll(() => work.stop());
beforeEach(() => offering.withdrawAll());

const present = (...names: readonly PushDeskAgent[]) => offering.present(...names);
const holderOf = (id: InquiryId) => offering.holderOf(id);

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
    for (const name of pushDeskAgents)
      expect(holders.filter((holder) => holder === name)).toHaveLength(2);
  });

  it('assigns one inquiry once, however often its message comes', async () => {
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
    const first = (await holderOf(id)) as PushDeskAgent;
    work.later(1900);
    await work.command('lead', id, 'messages', { kind: 'internal', text: '?' });
    expect(await holderOf(id)).toBeUndefined();
    await present(first);
    await work.assign(id);
    expect(await holderOf(id)).toBe(first);
  });

  it('leaves an inquiry in the worklist when nobody is present, and acknowledges its message', async () => {
    await present();
    const { id } = await work.open({ desk: 'staff' });
    expect(await work.assign(id)).toEqual({ batchItemFailures: [] });
    expect(await holderOf(id)).toBeUndefined();
    const waiting = await work.index.listWaiting(work.deskOf('staff').id, 10);
    expect(waiting.map((one) => one.id)).toEqual([id]);
  });

  it('leaves alone what waits at a pull desk', async () => {
    await present('lead');
    const { id } = await work.open({ desk: 'bpo' });
    expect(await work.assign(id)).toEqual({ batchItemFailures: [] });
    expect(await holderOf(id)).toBeUndefined();
  });
});

describe('what nobody can be given', () => {
  const nobodyIn = async (id: InquiryId) => {
    const events = await work.ledger.events(id, 0, 100);
    return events.flatMap(({ event }) => (event.type === 'NobodyFound' ? event.reason : []));
  };

  it('is told the leads once while it waits, and again when it waits anew', async () => {
    await present();
    const { id } = await work.open({ desk: 'staff' });
    await work.assign(id, id);
    await work.assign(id);
    expect(await nobodyIn(id)).toEqual(['absent']);
    await present('staff1');
    await work.assign(id);
    await present();
    await work.command('staff1', id, 'decline');
    await work.assign(id);
    expect(await nobodyIn(id)).toEqual(['absent', 'absent']);
  });

  it('is for want of room where all who are there carry as much as they can', async () => {
    await work.put({ ...helpDeskActors.staff1, presence: 'present', capacity: 3 });
    await work.put({ ...helpDeskActors.staff2, presence: 'away' });
    await work.put({ ...helpDeskActors.lead, presence: 'away' });
    const first = await work.open({ desk: 'staff', priority: 'high' });
    const second = await work.open({ desk: 'staff', priority: 'high' });
    await work.assign(first.id, second.id);
    expect(await holderOf(first.id)).toBe('staff1');
    expect(await holderOf(second.id)).toBeUndefined();
    expect(await nobodyIn(second.id)).toEqual(['full']);
  });

  it('is for want of a skill where nobody there has it', async () => {
    await work.put({ ...helpDeskActors.staff1, presence: 'present', skills: ['vpn'] });
    await work.put({ ...helpDeskActors.staff2, presence: 'away', skills: ['sap'] });
    await work.put({ ...helpDeskActors.lead, presence: 'away' });
    const asking = await work.open({ desk: 'staff', skills: ['sap'] });
    const other = await work.open({ desk: 'staff', skills: ['vpn'] });
    await work.assign(asking.id, other.id);
    expect(await nobodyIn(asking.id)).toEqual(['unskilled']);
    expect(await holderOf(other.id)).toBe('staff1');
  });
});
