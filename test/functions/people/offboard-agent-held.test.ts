import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Person } from '../../../core/access/person.ts';
import type { InquiryIndex, InquiryLedger } from '../../../core/inquiry/ports.ts';
import { isRefusal } from '../../../core/inquiry/refusal.ts';
import type { Inquiry } from '../../../core/inquiry/snapshot.ts';
import { addSeconds, type InquiryId, Sub } from '../../../core/inquiry/values/ids.ts';
import { Priority } from '../../../core/inquiry/values/vocabulary.ts';
import type { JobId } from '../../../core/job/job.ts';
import type { Actor } from '../../../core/work/actor.ts';
import type { Command } from '../../../core/work/commands.ts';
import { performCommand } from '../../../core/work/perform-command.ts';
import { helpDeskActors } from '../../core/help-desk.ts';
import {
  crashAfterAppends,
  type OffboardingFixture,
  startOffboardingFixture,
} from './offboarding-fixture.ts';

let fixture: OffboardingFixture;
beforeAll(async () => {
  fixture = await startOffboardingFixture();
  const capacity = { assignment: { capacity: 10_000 } };
  await fixture.work.configure({ desks: { staff: capacity } });
});
afterAll(() => fixture.work.engines.stop());

let count = 0;
/** A new lead, who may work an internal and an outsourced desk. */
async function newAgent(given: object = {}): Promise<Actor> {
  count += 1;
  const sub = Sub.parse(`leaver-${count}`);
  const address = `${sub}@toritsugi.example`;
  const desks = ['staff', 'bpo'];
  const base = { address, sub, name: `Leaver ${count}`, role: 'lead', desks, presence: 'present' };
  const person = Person.parse({ ...base, ...given });
  await fixture.work.put(person);
  return { ...person, sub };
}

const ways = ['claimed', 'offered', 'accepted'] as const;

/** Has the agent hold so many at two desks, by claims and assignments, of all priorities. */
async function heldBy(agent: Actor, many: number): Promise<Inquiry[]> {
  const held: Inquiry[] = [];
  for (let at = 0; at < many; at += 1) {
    const desk = at % 2 === 0 ? 'staff' : 'bpo';
    // Only push desks assign work.
    const how = desk === 'bpo' ? 'claimed' : ways[(at / 2) % 3];
    const priority = Priority.options[at % 4];
    if (how === undefined || priority === undefined) throw new TypeError('a list ended');
    held.push(await fixture.openHeld(agent, how, { desk, priority }));
  }
  return held;
}

const idOf = (started: { body: { id: string } }) => started.body.id as JobId;
const load = async (id: InquiryId) => {
  const loaded = await fixture.work.ledger.load(id);
  if (loaded === undefined) throw new TypeError('it is gone');
  return loaded;
};

const clocksOf = ({ clocks }: Inquiry) =>
  ['pickup', 'first_response'].map((name) => clocks.find(({ clock }) => clock === name));

/** Expects each to wait at its desk, released exactly once, with its clocks running on. */
async function expectReleased(held: readonly Inquiry[], agent: Actor): Promise<void> {
  for (const before of held) {
    const { inquiry, lease } = await load(before.id);
    expect(lease).toBeUndefined();
    expect(inquiry).toMatchObject({ status: 'queued', desk: before.desk });
    expect(inquiry.holder).toBeUndefined();
    const events = await fixture.work.ledger.events(before.id, before.version, 100);
    const released = events.flatMap(({ event }) =>
      event.type === 'InquiryReleased' ? [event] : [],
    );
    expect(released).toMatchObject([
      { agent: agent.sub, desk: before.desk, reason: 'offboarded', by: { part: 'people' } },
    ]);
    const [pickup, response] = clocksOf(inquiry);
    const [picked, responding] = clocksOf(before);
    expect(responding).toBeDefined();
    expect(response?.dueAt).toBe(responding?.dueAt);
    // An offered inquiry was not picked up yet, so its pickup clock never stopped.
    const wasPickedUp = picked?.verdict === 'met';
    expect(pickup?.endedAt).toBeUndefined();
    expect(pickup?.run).toBe(wasPickedUp ? 2 : 1);
  }
}

/** Expects others to be able to take all of them. */
async function expectTakenOver(held: readonly Inquiry[], agent: Actor): Promise<void> {
  const atStaff = held.filter(({ desk }) => desk === 'staff');
  for (const { id } of held.filter(({ desk }) => desk === 'bpo')) {
    expect((await fixture.work.command('a1', id, 'claim')).status).toBe(200);
  }
  for (let start = 0; start < atStaff.length; start += 10) {
    await fixture.work.assign(...atStaff.slice(start, start + 10).map(({ id }) => id));
  }
  for (const { id } of held) {
    const { inquiry } = await load(id);
    expect(inquiry.status).toBe('in_progress');
    expect(inquiry.holder?.agent).not.toBe(agent.sub);
  }
}

describe('an agent who holds 200 inquiries', () => {
  it('leaves none stranded though the worker dies over and over, and others take them', async () => {
    const agent = await newAgent();
    const held = await heldBy(agent, 200);
    const started = await fixture.offboard(agent.sub);
    expect(started).toMatchObject({ statusCode: 202, body: { kind: 'offboarding' } });
    const id = idOf(started);
    for (const appends of [0, 33, 7, 61, 3, 30]) {
      const { ledger, died } = crashAfterAppends(fixture.work.ledger, appends);
      // A minute until it is presumed dead, and after the second death in a row half a minute more.
      fixture.work.later(100);
      if (appends > 0) expect(await fixture.dueJobs()).toContain(id);
      void fixture.deliver(id, { ledger });
      await died;
    }
    const job = await fixture.runToEnd(id);
    expect(job).toMatchObject({ state: 'done', checkpoint: 200, counts: { released: 200 } });
    await expectReleased(held, agent);
    const result = await fixture.resultOf(id);
    expect(result.released.count).toBe(200);
    expect(result.released.inquiries).toHaveLength(200);
    // A sample of both desks and all priorities.
    await expectTakenOver(
      held.filter((_, at) => at % 5 === 0),
      agent,
    );
  });
});

describe('an interrupted offboarding', () => {
  it.each([4, 5, 9])('goes on after %i releases, and tells of all', async (appends) => {
    const agent = await newAgent();
    const held = await heldBy(agent, 10);
    const id = idOf(await fixture.offboard(agent.sub));
    const { ledger, died } = crashAfterAppends(fixture.work.ledger, appends);
    void fixture.deliver(id, { ledger });
    await died;
    expect(await fixture.deliver(id)).toEqual(['job.idle']);
    const job = await fixture.runToEnd(id);
    expect(job).toMatchObject({ state: 'done', checkpoint: 10 });
    await expectReleased(held, agent);
    expect((await fixture.resultOf(id)).released.count).toBe(10);
  });

  it('whose workers all die is still owed, and clears what is left', async () => {
    const agent = await newAgent();
    const held = await heldBy(agent, 8);
    const id = idOf(await fixture.offboard(agent.sub));
    for (const pause of [61, 91, 121]) {
      const { ledger, died } = crashAfterAppends(fixture.work.ledger, 1);
      void fixture.deliver(id, { ledger });
      await died;
      fixture.work.later(pause);
    }
    // Ordered again, it is the job that is still owed.
    expect(idOf(await fixture.offboard(agent.sub))).toBe(id);
    expect(await fixture.runToEnd(id)).toMatchObject({ state: 'done', failures: 0 });
    await expectReleased(held, agent);
    expect((await fixture.resultOf(id)).released.count).toBe(8);
  });

  it('sets aside what cannot be released, lists it once, and clears what is left', async () => {
    const agent = await newAgent();
    const held = await heldBy(agent, 12);
    const id = idOf(await fixture.offboard(agent.sub));
    const broken = held[4]?.id;
    const { ledger } = fixture.work;
    const breaking: InquiryLedger = {
      ...crashAfterAppends(ledger, Number.POSITIVE_INFINITY).ledger,
      load: async (one) => {
        if (one === broken) throw new TypeError('its snapshot is damaged');
        return ledger.load(one);
      },
    };
    expect(await fixture.runToEnd(id, { ledger: breaking })).toMatchObject({
      state: 'done',
      counts: { released: 11, 'set-aside': 1 },
    });
    expect(await fixture.jobs.lines(id)).toMatchObject([
      { outcome: 'set-aside', inquiryId: broken },
    ]);
    await expectReleased(
      held.filter((one) => one.id !== broken),
      agent,
    );
  });
});

describe('what is under way when the rights end', () => {
  const doing = (agent: Actor, id: InquiryId, command: Command) => {
    const { terms, now } = fixture.work;
    // Admitted before the rights ended.
    return terms.read().then((inForce) =>
      performCommand(fixture.commandDependencies, id, command, {
        ...{ actor: agent, terms: inForce, now: now(), messageId: id },
      }),
    );
  };

  it('wins or loses each race, and nothing stays with who has left', async () => {
    const agent = await newAgent();
    const held = await heldBy(agent, 12);
    const waiting: Inquiry[] = [];
    for (let at = 0; at < 3; at += 1) waiting.push(await fixture.work.open({ desk: 'bpo' }));
    const id = idOf(await fixture.offboard(agent.sub));
    const commands: readonly Command[] = [
      { command: 'heartbeat', fence: 1 },
      { command: 'resolve', fence: 1, message: '直りました。' },
      { command: 'reply', fence: 1, text: '確認します。' },
      { command: 'wait', fence: 1 },
    ];
    const racing = held.map(({ id: one }, at) =>
      doing(agent, one, commands[at % commands.length] ?? { command: 'heartbeat' }),
    );
    const claiming = waiting.map(({ id: one }) => doing(agent, one, { command: 'claim' }));
    await Promise.all([...racing, ...claiming, fixture.deliver(id)]);
    // A claim that arrives even later, by a slow request.
    const late = await fixture.work.open({ desk: 'bpo' });
    expect(isRefusal(await doing(agent, late.id, { command: 'claim' }))).toBe(false);
    const job = await fixture.runToEnd(id);
    expect(job.state).toBe('done');
    for (const { id: one } of [...held, ...waiting, late]) {
      const { inquiry, lease } = await load(one);
      expect(inquiry.holder).toBeUndefined();
      expect(lease).toBeUndefined();
      expect(['queued', 'resolved', 'waiting']).toContain(inquiry.status);
    }
    expect((await load(late.id)).inquiry.status).toBe('queued');
    const { released } = await fixture.resultOf(id);
    expect(released.inquiries).toContainEqual(expect.objectContaining({ inquiryId: late.id }));
  });

  it('is found though the index lags, and the second look waits until nothing is under way', async () => {
    const agent = await newAgent();
    const held = await heldBy(agent, 12);
    const blind: Pick<InquiryIndex, 'listHeld'> = { listHeld: async () => [] };
    const id = idOf(await fixture.offboard(agent.sub));
    expect(await fixture.deliver(id, { index: blind })).toEqual(['job.continues']);
    expect((await load(held[0]?.id as InquiryId)).inquiry.holder?.agent).toBe(agent.sub);
    // Delivered too early, it keeps waiting.
    expect(await fixture.deliver(id)).toEqual(['job.continues']);
    const [job] = await Promise.all([fixture.jobs.find(id)]);
    expect(job).toMatchObject({ state: 'queued', checkpoint: 0 });
    expect(job?.announceAt).toBe(addSeconds(job?.createdAt ?? fixture.work.now(), 90));
    expect(await fixture.runToEnd(id)).toMatchObject({ state: 'done', checkpoint: 12 });
    await expectReleased(held, agent);
  });

  it('is not given back twice where the index still shows what was released', async () => {
    const agent = await newAgent();
    const held = await heldBy(agent, 4);
    const stale: Pick<InquiryIndex, 'listHeld'> = {
      listHeld: async () => held.map(({ id: one, priority }) => ({ id: one, priority })),
    };
    const id = idOf(await fixture.offboard(agent.sub));
    const job = await fixture.runToEnd(id, { index: stale });
    expect(job).toMatchObject({ state: 'done', checkpoint: 4 });
    await expectReleased(held, agent);
  });

  it('is looked at again where others keep changing it', async () => {
    const agent = await newAgent();
    const held = await heldBy(agent, 3);
    const id = idOf(await fixture.offboard(agent.sub));
    const { ledger } = crashAfterAppends(fixture.work.ledger, 0);
    const busy = { appended: false, conflict: 'busy' } as const;
    await fixture.deliver(id, { ledger: { ...ledger, append: async () => busy } });
    expect(await fixture.jobs.find(id)).toMatchObject({ state: 'queued', checkpoint: 0 });
    expect(await fixture.runToEnd(id)).toMatchObject({ state: 'done', checkpoint: 3 });
    await expectReleased(held, agent);
  });

  it('by a claim just made or an assignment of the last minute is found without the index', async () => {
    const agent = await newAgent({ role: 'staff', desks: ['staff'] });
    for (const one of [helpDeskActors.staff1, helpDeskActors.staff2, helpDeskActors.lead]) {
      await fixture.work.put({ ...one, presence: 'away' });
    }
    const waiting = await fixture.work.open({ desk: 'staff' });
    await fixture.work.assign(waiting.id);
    expect((await load(waiting.id)).inquiry.holder?.agent).toBe(agent.sub);
    const operator = await newAgent({ role: 'operator', vendor: 'vendor-b', desks: ['bpo-b'] });
    const open = await fixture.work.open({ desk: 'bpo-b' });
    const claimed = await fixture.work.claimNext(operator.sub, 'bpo-b');
    expect(claimed).toMatchObject({ status: 200, body: { id: open.id } });
    const blind: Pick<InquiryIndex, 'listHeld'> = { listHeld: async () => [] };
    for (const one of [agent, operator]) {
      await fixture.deliver(idOf(await fixture.offboard(one.sub)), { index: blind });
    }
    for (const { id } of [waiting, open]) {
      expect((await load(id)).inquiry).toMatchObject({ status: 'queued' });
    }
  });
});
