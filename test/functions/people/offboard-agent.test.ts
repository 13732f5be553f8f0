import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DynamoOffboardings } from '../../../adapters/dynamo/people/dynamo-offboardings.ts';
import { Person } from '../../../core/access/person.ts';
import { instantOf, Sub } from '../../../core/inquiry/values/ids.ts';
import type { JobId } from '../../../core/job/job.ts';
import { offboardAgent } from '../../../core/people/offboarding/offboard-agent.ts';
import type { Actor } from '../../../core/work/actor.ts';
import { helpDeskActors } from '../../core/help-desk.ts';
import { type OffboardingFixture, startOffboardingFixture } from './offboarding-fixture.ts';

let fixture: OffboardingFixture;
beforeAll(async () => {
  fixture = await startOffboardingFixture();
});
afterAll(() => fixture.work.engines.stop());

let count = 0;
async function newPerson(given: object = {}): Promise<Actor> {
  count += 1;
  const sub = Sub.parse(`person-${count}`);
  const address = `${sub}@toritsugi.example`;
  const base = { address, sub, name: `Person ${count}`, role: 'staff', desks: ['staff'] };
  const person = Person.parse({ ...base, presence: 'present', ...given });
  await fixture.work.put(person);
  return { ...person, sub };
}

const jobOf = (started: { body: { id: string } }) => started.body.id as JobId;
const stateOf = async (sub: Sub) => (await fixture.work.people.bySub(sub))?.state;
const daysAgo = (days: number) => instantOf(Date.parse(fixture.work.now()) - days * 86_400_000);

describe('offboarding', () => {
  it('ends all rights at once, and answers with the job', async () => {
    const agent = await newPerson();
    const held = await fixture.openHeld(agent, 'accepted');
    const started = await fixture.offboard(agent.sub, { note: '異動' });
    expect(started).toMatchObject({
      statusCode: 202,
      headers: { location: `/v1/jobs/${jobOf(started)}` },
      body: { kind: 'offboarding', state: 'queued', progress: { done: 0 }, errors: [] },
    });
    expect(await fixture.work.people.bySub(agent.sub)).toMatchObject({
      ...{ state: 'left', presence: 'away', name: agent.name },
    });
    expect(await fixture.work.command(agent.sub, held.id, 'heartbeat')).toMatchObject({
      ...{ status: 403, body: { code: 'access.not-registered' } },
    });
  });

  it('leaves the person as they are when the job cannot be written', async () => {
    const agent = await newPerson();
    const other = await newPerson();
    const taken = jobOf(await fixture.offboard(other.sub));
    const { people: registry } = fixture.work;
    const offboardings = new DynamoOffboardings(
      ...([fixture.work.engines.table, registry, fixture.jobs, { id: () => taken }] as const),
    );
    const deps = { people: registry, offboardings };
    const now = fixture.work.now();
    expect(await offboardAgent(deps, helpDeskActors.lead, agent.sub, {}, now)).toMatchObject({
      refused: 'transient.conflict',
    });
    expect(await stateOf(agent.sub)).toBe('active');
  });

  it.each([
    ['oneself', 'lead', {}, 'access.forbidden'],
    ['nobody known', 'nobody-known', {}, 'people.unknown'],
    ['with an unknown field', 'staff2', { heir: 'x' }, 'invalid.body'],
    ['for themselves', 'staff2', { successor: helpDeskActors.staff2.address }, 'invalid.body'],
    ['for a requester', 'staff2', { successor: helpDeskActors.colleague.address }, 'invalid.body'],
    ['for an operator', 'staff2', { successor: helpDeskActors.a1.address }, 'invalid.body'],
    ['for nobody known', 'staff2', { successor: 'x@toritsugi.example' }, 'invalid.body'],
    ['an operator, for staff', 'a2', { successor: helpDeskActors.staff1.address }, 'invalid.body'],
  ])('is refused of %s', async (_, agent, body, code) => {
    const { state } = helpDeskActors[agent as 'staff2'] ?? { state: undefined };
    expect((await fixture.offboard(agent, body)).body).toMatchObject({ code });
    expect(await stateOf(Sub.parse(agent))).toBe(state);
  });

  it('is for leads', async () => {
    for (const as of ['staff1', 'a1', 'requester']) {
      expect(await fixture.offboard('staff2', {}, as)).toMatchObject({ statusCode: 403 });
      const handover = await fixture.ask('GET /v1/agents/{agent}/handover', as, 'staff2');
      expect(handover).toMatchObject({ statusCode: 403 });
    }
  });

  it('of two leads by each other at once takes one of them at most, when there is no third', async () => {
    const one = await newPerson({ role: 'lead' });
    await fixture.work.put({ ...helpDeskActors.lead, state: 'left' });
    const answers = await Promise.all([
      fixture.offboard(one.sub, {}, 'lead'),
      fixture.offboard(one.sub, {}, one.sub),
    ]);
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([403, 403]);
    await fixture.work.put(helpDeskActors.lead);
    await Promise.all([
      fixture.offboard(one.sub, {}, 'lead'),
      fixture.offboard('lead', {}, one.sub),
    ]);
    const states = await Promise.all([one.sub, helpDeskActors.lead.sub].map(stateOf));
    expect(states.filter((state) => state === 'active')).toHaveLength(1);
    await fixture.work.put(helpDeskActors.lead);
  });

  it('asked again while it is under way answers with the same job, also at once', async () => {
    const agent = await newPerson();
    const started = await Promise.all(Array.from({ length: 6 }, () => fixture.offboard(agent.sub)));
    expect(new Set(started.map(({ statusCode }) => statusCode))).toEqual(new Set([202]));
    expect(new Set(started.map(jobOf)).size).toBe(1);
    const [first] = started;
    if (first === undefined) throw new TypeError('six were started');
    await fixture.deliver(jobOf(first));
    expect(jobOf(await fixture.offboard(agent.sub))).toBe(jobOf(first));
    await fixture.runToEnd(jobOf(first));
    const after = await fixture.offboard(agent.sub);
    expect(jobOf(after)).not.toBe(jobOf(first));
    expect(await fixture.runToEnd(jobOf(after))).toMatchObject({ state: 'done', checkpoint: 0 });
  });

  it('repeated under one key answers the same', async () => {
    const agent = await newPerson();
    const order = () =>
      fixture.ask('POST /v1/agents/{agent}/offboard', 'lead', agent.sub, {
        body: {},
        headers: { 'idempotency-key': 'once-0001' },
      });
    const first = await order();
    await fixture.runToEnd(jobOf(first));
    const second = await order();
    expect(second.headers).toMatchObject({ 'idempotency-replayed': 'true' });
    expect(second.body).toEqual(first.body);
  });

  it('clears what somebody holds who had left before, and stops when they are entered again', async () => {
    const agent = await newPerson();
    const [cleared, kept] = [
      await fixture.openHeld(agent, 'accepted'),
      await fixture.openHeld(await newPerson(), 'accepted'),
    ];
    await fixture.work.put({ ...agent, state: 'left' });
    await fixture.runToEnd(jobOf(await fixture.offboard(agent.sub)));
    expect((await fixture.work.ledger.load(cleared.id))?.inquiry.holder).toBeUndefined();
    const back = Sub.parse(kept.holder?.agent);
    const person = await fixture.work.people.bySub(back);
    const id = jobOf(await fixture.offboard(back));
    if (person !== undefined) await fixture.work.put(person);
    expect(await fixture.runToEnd(id)).toMatchObject({
      ...{ state: 'failed', reason: expect.stringContaining('entered again') },
    });
    expect((await fixture.work.ledger.load(kept.id))?.inquiry.holder?.agent).toBe(back);
  });
});

describe('who has left', () => {
  const settingsOf = async () => (await fixture.work.terms.read()).settings;
  const soon = () => ({
    from: instantOf(Date.parse(fixture.work.now()) + 3_600_000),
    until: instantOf(Date.parse(fixture.work.now()) + 7_200_000),
  });

  it.each([['a successor'], ['nobody']])('is followed by %s where they were named', async (by) => {
    const agent = await newPerson({ skills: ['vpn'] });
    const follower = await newPerson();
    const successor = by === 'nobody' ? undefined : follower.address;
    const times = soon();
    const absence = { ...times, id: 'a', standIn: agent.address, categories: ['network'] };
    const absent = await newPerson({ absences: [absence] });
    // Nobody is their own stand-in.
    await fixture.work.put({ ...follower, absences: [{ ...absence, standIn: agent.address }] });
    const standing = [{ agent: agent.address, categories: ['network'] }];
    await fixture.work.configure({
      desks: { staff: { handleMinutes: 33, assignment: { standing } } },
    });
    const before = await settingsOf();
    const body = successor === undefined ? {} : { successor };
    const id = jobOf(await fixture.offboard(agent.sub, body));
    await fixture.runToEnd(id);
    const after = await settingsOf();
    expect(after).toMatchObject({
      ...{ version: before.version + 1, by: { sub: 'lead', name: 'lead' } },
      note: `Offboarding: ${agent.name}`,
      body: {
        desks: {
          staff: {
            handleMinutes: 33,
            assignment: {
              standing: successor === undefined ? [] : [{ ...standing[0], agent: successor }],
            },
          },
        },
      },
    });
    const alone = { ...times, id: 'a', categories: [] };
    const absences = async (one: Actor) => (await fixture.work.people.bySub(one.sub))?.absences;
    expect(await absences(absent)).toEqual(
      successor === undefined ? [alone] : [{ ...absence, standIn: successor }],
    );
    expect(await absences(follower)).toEqual([alone]);
    const result = await fixture.resultOf(id);
    expect(result).toMatchObject({
      agent: { sub: agent.sub, name: agent.name },
      replaced: {
        standing: [{ desk: 'staff', categories: ['network'], services: [] }],
        settings: [after.version],
      },
      chains: [],
      released: { count: 0, inquiries: [] },
      ...(successor === undefined ? {} : { successor }),
    });
    expect(result.replaced.standIns).toHaveLength(2);
  });

  it('is taken out of settings and absences that were put just when they left', async () => {
    const agent = await newPerson();
    const absent = await newPerson();
    const id = jobOf(await fixture.offboard(agent.sub));
    await fixture.deliver(id);
    const standing = [{ agent: agent.address, categories: ['network'] }];
    await fixture.work.configure({ desks: { staff: { assignment: { standing } } } });
    const absence = { ...soon(), id: 'a', standIn: agent.address, categories: ['network'] };
    await fixture.work.put({ ...absent, absences: [absence] });
    await fixture.runToEnd(id);
    expect(JSON.stringify(await settingsOf())).not.toContain(agent.address);
    expect((await fixture.work.people.bySub(absent.sub))?.absences).toMatchObject([
      { categories: [] },
    ]);
  });
});

describe('what somebody hands over', () => {
  it('is what they have handled in 90 days, that alone first, also once others have left', async () => {
    const agent = await newPerson({ name: '=SUM(1)' });
    const [other, gone] = [await newPerson(), await newPerson({ state: 'left' })];
    const operator = await newPerson({ role: 'operator', vendor: 'vendor-a', desks: ['bpo'] });
    const alone = { category: 'sap-month-end', service: 'sap' };
    const numbers: string[] = [];
    for (let day = 7; day > 0; day -= 1) {
      numbers.unshift((await fixture.openHandled(agent, daysAgo(day), alone)).number);
    }
    await fixture.openHandled(agent, daysAgo(91), { category: 'too-old' });
    for (let day = 20; day > 10; day -= 1) {
      await fixture.openHandled(agent, daysAgo(day), { category: 'shared' });
    }
    await fixture.openHandled(agent, daysAgo(3), { category: 'once' });
    for (const one of [other, gone])
      await fixture.openHandled(one, daysAgo(30), { category: 'shared' });
    await fixture.openHandled(operator, daysAgo(2), { category: 'shared', desk: 'bpo' });
    // Of another service, and too long ago.
    await fixture.openHandled(other, daysAgo(5), { category: alone.category, service: 'other' });
    await fixture.openHandled(other, daysAgo(95), alone);
    const route = 'GET /v1/agents/{agent}/handover';
    const { statusCode, body } = await fixture.ask(route, 'lead', agent.sub);
    expect(statusCode).toBe(200);
    expect(body.agent).toMatchObject({ sub: agent.sub, state: 'active' });
    const { groups } = body;
    expect(
      groups.map((one: { category: string; service: string; count: number; others: number }) => [
        ...[one.category, one.service, one.count, one.others],
      ]),
    ).toEqual([
      [alone.category, 'sap', 7, 0],
      ['once', null, 1, 0],
      ['shared', null, 10, 3],
    ]);
    expect(groups[0].inquiries.map(({ number }: { number: string }) => number)).toEqual(
      numbers.slice(0, 5),
    );
    expect(groups[0].lastAt.slice(0, 10)).toBe(daysAgo(1).slice(0, 10));

    const csv = await fixture.ask(route, 'lead', agent.sub, { headers: { accept: 'text/csv' } });
    expect(csv.headers).toMatchObject({
      'content-type': expect.stringContaining('text/csv'),
      'content-language': 'ja',
    });
    const [heading, first, ...rest] = String(csv.body).split('\r\n');
    expect(heading).toMatch(/^\uFEFF担当者,/);
    // A spreadsheet must not take the name for a formula.
    expect(first).toMatch(/^'=SUM\(1\),.*,sap-month-end,sap,7,.*,0,はい$/);
    expect(rest).toHaveLength(3);
    const english = { format: 'csv', lang: 'en' };
    const csvAnswer = await fixture.ask(route, 'lead', agent.sub, { query: english });
    expect(csvAnswer.body).toContain('Agent,From,Until,Category');

    const id = jobOf(await fixture.offboard(agent.sub));
    await fixture.runToEnd(id);
    const { handled } = await fixture.resultOf(id);
    expect(handled.groups).toEqual(groups);
    const after = await fixture.ask(route, 'lead', agent.sub);
    expect(after.body).toMatchObject({ agent: { state: 'left' }, groups });
  });

  it('is of nobody unknown', async () => {
    const answer = await fixture.ask('GET /v1/agents/{agent}/handover', 'lead', 'nobody-known');
    expect(answer).toMatchObject({ statusCode: 404, body: { code: 'people.unknown' } });
  });
});
