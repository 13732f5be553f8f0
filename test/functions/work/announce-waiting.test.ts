import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DeskId, type InquiryId } from '../../../core/inquiry/values/ids.ts';
import { helpDeskActors } from '../../core/help-desk.ts';
import {
  type AssignmentFixture,
  type PushDeskAgent,
  startAssignmentFixture,
} from './assignment-fixture.ts';

const staff = DeskId.parse('staff');

let offering: AssignmentFixture;
let work: AssignmentFixture['work'];
beforeAll(async () => {
  offering = await startAssignmentFixture();
  work = offering.work;
});
afterAll(() => work.stop());
beforeEach(() => offering.withdrawAll());

const present = (...names: readonly PushDeskAgent[]) => offering.present(...names);

describe('announcing what waits', () => {
  const drain = async (desk: string) => {
    const announced: (InquiryId | undefined)[] = [];
    for (;;) {
      const message = await work.deskQueue.receiveNext(work.deskOf(desk), 0);
      if (message === undefined) return announced;
      announced.push(message.inquiryId);
      await work.deskQueue.acknowledge(work.deskOf(desk), message);
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
    expect(await work.deskQueue.depth(work.deskOf('bpo'))).toBe(10);
    await work.announce();
    expect(await work.deskQueue.depth(work.deskOf('bpo'))).toBe(10);
    expect(await drain('bpo')).toContain(urgent.id);
  });

  it('counts what somebody is just looking at', async () => {
    for (let count = 0; count < 12; count += 1) await work.open();
    await work.announce();
    const taken = await work.deskQueue.receiveNext(work.deskOf('bpo'), 0);
    expect(taken).toBeDefined();
    await work.announce();
    expect(await work.deskQueue.depth(work.deskOf('bpo'))).toBe(10);
  });

  it('leaves a push desk alone until somebody is present, once that is known', async () => {
    await present();
    const { id } = await work.open({ desk: 'staff' });
    await work.announce();
    expect(await drain('staff')).toEqual([id]);
    await work.assign(id);
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

  it('announces past what asks for too much, as soon as somebody has room for what follows', async () => {
    await work.put({ ...helpDeskActors.staff1, presence: 'present', capacity: 4 });
    await work.put({ ...helpDeskActors.staff2, presence: 'away' });
    await work.put({ ...helpDeskActors.lead, presence: 'away' });
    const held = await work.open({ desk: 'staff', priority: 'high' });
    await work.assign(held.id);
    const urgent = [];
    for (let count = 0; count < 12; count += 1) {
      urgent.push(await work.open({ desk: 'staff', priority: 'critical' }));
    }
    const small = await work.open({ desk: 'staff', priority: 'low' });
    await work.assign(...urgent.map(({ id }) => id));
    await work.announce();
    expect(await drain('staff')).toEqual([small.id]);
    await work.command('staff1', held.id, 'resolve', {});
    await work.announce();
    const [first] = urgent;
    // The small one no longer fits; it is announced so that the leads are told.
    expect((await drain('staff')).sort()).toEqual([first?.id, small.id]);
  });

  it('announces at once all that those who have come have room for, and no more', async () => {
    await present();
    const opened = [];
    for (let count = 0; count < 14; count += 1) opened.push(await work.open({ desk: 'staff' }));
    await work.assign(...opened.map(({ id }) => id));
    for (const [name, capacity] of [
      ['staff1', 4],
      ['staff2', 8],
    ] as const) {
      await work.put({ ...helpDeskActors[name], presence: 'present', capacity });
    }
    await work.announce();
    const announced = await drain('staff');
    expect(announced.sort()).toEqual(opened.slice(0, 12).map(({ id }) => id as string));
    await work.assign(...opened.slice(0, 12).map(({ id }) => id));
    await work.announce();
    expect(await drain('staff')).toEqual([]);
  });

  it('announces nothing at a desk whose agents claim', async () => {
    await work.configure({ desks: { [staff]: { assignment: { policy: 'pull' } } } });
    await present('staff1');
    await work.open({ desk: 'staff' });
    await work.announce();
    expect(await drain('staff')).toEqual([]);
    await work.configure({});
  });
});
