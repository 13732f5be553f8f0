import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DynamoRoundRobin } from '../../../adapters/dynamo/work/dynamo-round-robin.ts';
import { nodeRandomness } from '../../../adapters/random/node-randomness.ts';
import { Absence, type Person } from '../../../core/access/person.ts';
import { CalendarId } from '../../../core/calendar/calendar-definition.ts';
import { ServiceLevels } from '../../../core/inquiry/clock/service-levels.ts';
import {
  shippedCalendars,
  shippedPolicies,
} from '../../../core/inquiry/terms/shipped-service-levels.ts';
import { addSeconds, DeskId, type InquiryId } from '../../../core/inquiry/values/ids.ts';
import { announceWaitingInquiries } from '../../../core/work/announce-waiting-inquiries.ts';
import { assignInquiry } from '../../../core/work/assign/assign-inquiry.ts';
import { helpDeskActors, workStart } from '../../core/help-desk.ts';
import {
  type AssignmentFixture,
  type PushDeskAgent,
  pushDeskAgents,
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
const holderOf = (id: InquiryId) => offering.holderOf(id);

describe('a desk that is closed', () => {
  const night = addSeconds(workStart, 13 * 3600);
  const { body } = shippedPolicies;
  const deskCalendars = { ...body.deskCalendars, [staff]: CalendarId.parse('bpo-weekdays') };
  const policies = { ...shippedPolicies, body: { ...body, deskCalendars } };
  const serviceLevels = new ServiceLevels([policies], [shippedCalendars]);

  it('does not trouble the leads because nobody is there, until it opens', async () => {
    await present();
    const { id } = await work.open({ desk: 'staff' });
    const terms = { ...(await work.terms.read()), serviceLevels };
    const { ledger, index, people: registry, deskQueue, engines } = work;
    const assigning = {
      ...{ ledger, index, people: registry, random: nodeRandomness },
      reservations: new DynamoRoundRobin(engines.table),
      pause: async () => {},
    };
    const announcing = { index, people: registry, deskQueue };
    const desk = work.deskOf('staff');
    while ((await work.deskQueue.receiveNext(desk, 0)) !== undefined);
    expect(await assignInquiry(assigning, id, terms, night)).toEqual({ nobody: 'absent' });
    expect((await ledger.load(id))?.inquiry.nobodyAt).toBeUndefined();
    expect(await announceWaitingInquiries(announcing, desk, terms, night)).toMatchObject({
      announced: 0,
    });
    const morning = addSeconds(workStart, 86_400);
    expect(await assignInquiry(assigning, id, terms, morning)).toEqual({ nobody: 'absent' });
    expect((await ledger.load(id))?.inquiry.nobodyAt).toBe(morning);
  });
});

describe('the settings of a desk', () => {
  const everyday = ['2026-11-24T00:00:00.000Z', '2026-12-24T00:00:00.000Z'] as const;
  const standInOf = (standIn: string): Partial<Person> => {
    const [from, until] = everyday;
    const absence = { id: 'a', from, until, standIn, categories: ['network'] };
    return { absences: [Absence.parse(absence)] };
  };
  afterAll(() => work.configure({}));

  it('leave work to be claimed where agents pull', async () => {
    await work.configure({ desks: { [staff]: { assignment: { policy: 'pull' } } } });
    await present('staff1');
    const { id } = await work.open({ desk: 'staff' });
    await work.assign(id);
    expect(await holderOf(id)).toBeUndefined();
    expect((await work.claimNext('staff1', 'staff')).body.id).toBe(id);
  });

  it('give work to each by round-robin, though several consumers assign', async () => {
    await work.configure({ desks: { [staff]: { assignment: { policy: 'round-robin' } } } });
    await present('staff1', 'staff2', 'lead');
    const opened = [];
    for (let count = 0; count < 9; count += 1) opened.push(await work.open({ desk: 'staff' }));
    const ids = opened.map(({ id }) => id);
    await Promise.all([0, 3, 6].map((from) => work.assign(...ids.slice(from, from + 3))));
    const holders = await Promise.all(ids.map(holderOf));
    for (const name of pushDeskAgents)
      expect(holders.filter((holder) => holder === name)).toHaveLength(3);
  });

  it('keep an inquiry with who had it, and a requester with who answered them', async () => {
    await work.configure({ desks: { [staff]: { assignment: { policy: 'sticky' } } } });
    await present('staff2');
    const known = await work.open({ desk: 'staff' });
    await work.assign(known.id);
    await work.command('staff2', known.id, 'transfer', { desk: 'bpo' });
    await work.command('lead', known.id, 'transfer', { desk: 'staff' });
    await present('staff1', 'staff2', 'lead');
    await work.assign(known.id);
    expect(await holderOf(known.id)).toBe('staff2');
    await work.command('staff2', known.id, 'resolve', { message: '直りました。' });
    for (let count = 0; count < 3; count += 1) {
      const { id } = await work.open({ desk: 'staff' });
      await work.assign(id);
      const { inquiry } = (await work.ledger.load(id)) ?? {};
      expect(inquiry?.holder?.agent).toBe('staff2');
      const events = await work.ledger.events(id, 2, 10);
      expect(events.map(({ event }) => event)).toContainEqual(
        expect.objectContaining({ policy: 'sticky', because: 'knows-requester' }),
      );
    }
  });

  it('give the work of an absent agent to their stand-in of another desk, by category', async () => {
    await work.configure({});
    await work.put({ ...helpDeskActors.staff1, ...standInOf('staff2@toritsugi.example') });
    await work.put({ ...helpDeskActors.staff2, desks: [] });
    await work.put({ ...helpDeskActors.lead, presence: 'away' });
    const covered = await work.open({ desk: 'staff', category: 'network' });
    const other = await work.open({ desk: 'staff', category: 'hardware' });
    await work.assign(covered.id, other.id);
    expect(await holderOf(covered.id)).toBe('staff2');
    expect(await holderOf(other.id)).toBeUndefined();
    expect((await work.command('staff2', covered.id, 'heartbeat')).status).toBe(200);
    const replied = { kind: 'public', text: '確認します。' };
    expect((await work.command('staff2', covered.id, 'messages', replied)).status).toBe(201);
  });

  it('leave what somebody holds with them when they become absent', async () => {
    await work.configure({});
    await present('staff1');
    const held = await work.open({ desk: 'staff' });
    await work.assign(held.id);
    await work.command('staff1', held.id, 'heartbeat');
    await work.put({ ...helpDeskActors.staff1, ...standInOf('lead@toritsugi.example') });
    await work.put({ ...helpDeskActors.staff2, presence: 'present' });
    const next = await work.open({ desk: 'staff' });
    await work.assign(held.id, next.id);
    expect(await holderOf(held.id)).toBe('staff1');
    expect(await holderOf(next.id)).toBe('staff2');
  });

  it('ask everybody else before who has declined', async () => {
    await work.configure({});
    await present('staff1', 'staff2', 'lead');
    const { id } = await work.open({ desk: 'staff' });
    const offeredTo: string[] = [];
    for (let round = 0; round < 6; round += 1) {
      await work.assign(id);
      const holder = (await holderOf(id)) ?? '';
      offeredTo.push(holder);
      await work.command(holder, id, 'decline');
    }
    expect(new Set(offeredTo.slice(0, 3)).size).toBe(3);
    expect(new Set(offeredTo.slice(3)).size).toBe(3);
  });
});
