import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DynamoPersonRegistry } from '../../../adapters/dynamo/people/dynamo-person-registry.ts';
import { Person } from '../../../core/access/person.ts';
import { StageDesks } from '../../../core/inquiry/terms/desk.ts';
import { EmailAddress, type Instant } from '../../../core/inquiry/values/ids.ts';
import { admitPeople } from '../../../core/people/admit-people.ts';
import { importPerson } from '../../../core/people/import-person.ts';
import { savePerson, setPresence } from '../../../core/people/save-person.ts';
import { type StartedDynamo, startDynamo } from '../../support/start-dynamo.ts';

const names = { ja: '窓口', en: 'desk' };
const queueUrl = 'http://127.0.0.1/queue';
const desks = StageDesks.parse([
  { id: 'staff', kind: 'internal', mode: 'push', name: names, queueUrl },
  { id: 'bpo', kind: 'outsourced', mode: 'pull', vendor: 'vendor-a', name: names, queueUrl },
  { id: 'bpo-b', kind: 'outsourced', mode: 'pull', vendor: 'vendor-b', name: names, queueUrl },
]);
const now = '2026-11-22T01:00:00.000Z' as Instant;

let dynamo: StartedDynamo;
let people: DynamoPersonRegistry;

beforeEach(async () => {
  dynamo = await startDynamo();
  people = new DynamoPersonRegistry(dynamo.table);
});
afterEach(() => dynamo.stop());

function person(name: string, changed: object = {}): Person {
  const address = `${name}@toritsugi.example`;
  return Person.parse({ address, sub: name, name, role: 'staff', ...changed });
}

const keep = (one: Person) => savePerson(people, desks, one, () => one);
const lead = (name: string, changed: object = {}) => person(name, { role: 'lead', ...changed });
const addressOf = (name: string) => EmailAddress.parse(`${name}@toritsugi.example`);

describe('keeping a person', () => {
  it('creates, changes, and leaves alone what is the same', async () => {
    expect(await keep(person('anna'))).toMatchObject({ outcome: 'created' });
    expect(await keep(person('anna', { vip: true }))).toMatchObject({ outcome: 'updated' });
    expect(await keep(person('anna', { vip: true }))).toMatchObject({ outcome: 'unchanged' });
  });

  it('keeps the presence that a person has set', async () => {
    await keep(person('anna'));
    await setPresence(people, addressOf('anna'), 'present', now);
    expect(await keep(person('anna', { vip: true }))).toMatchObject({
      person: { vip: true, presence: 'present', presenceAt: now },
    });
  });

  it.each([
    [
      'an operator at the desk of another vendor',
      { role: 'operator', vendor: 'vendor-a', desks: ['bpo-b'] },
    ],
    [
      'an operator at a desk of the house',
      { role: 'operator', vendor: 'vendor-a', desks: ['staff'] },
    ],
    ['staff at the desk of a vendor', { desks: ['bpo'] }],
    ['a requester at a desk', { role: 'requester', desks: ['staff'] }],
  ])('refuses %s', async (_, changed) => {
    expect(await keep(person('anna', changed))).toMatchObject({ refused: 'invalid.body' });
    expect(await people.byAddress(addressOf('anna'))).toBeUndefined();
  });

  it('refuses an operator without a vendor, and a vendor for others', async () => {
    for (const wrong of [{ role: 'operator' }, { vendor: 'vendor-a' }]) {
      const given = { ...person('anna'), ...wrong } as Person;
      const kept = await savePerson(people, desks, person('anna'), () => given);
      expect(kept).toMatchObject({
        refused: 'invalid.body',
        detail: expect.stringContaining('vendor'),
      });
    }
  });

  it('refuses a desk that is not there', async () => {
    expect(await keep(person('anna', { desks: ['moon'] }))).toMatchObject({
      refused: 'work.unknown-desk',
    });
  });

  it('accepts operators at desks of their vendor', async () => {
    const operator = person('olga', { role: 'operator', vendor: 'vendor-b', desks: ['bpo-b'] });
    expect(await keep(operator)).toMatchObject({ outcome: 'created' });
  });

  it('refuses a sub that belongs to somebody else, until they have left', async () => {
    await keep(person('anna'));
    const renamed = person('anna.new', { sub: 'anna' });
    expect(await keep(renamed)).toMatchObject({ refused: 'invalid.body' });
    await keep(person('anna', { state: 'left' }));
    expect(await keep(renamed)).toMatchObject({ outcome: 'created' });
  });

  it.each([
    ['leaves', { state: 'left' }],
    ['becomes staff', { role: 'staff' }],
    ['can no longer sign in', { sub: undefined }],
  ])('refuses that the last lead %s', async (_, changed) => {
    await keep(lead('lena'));
    await keep(lead('gone', { state: 'left' }));
    await keep(lead('without-sub', { sub: undefined }));
    expect(await keep(lead('lena', changed))).toMatchObject({ refused: 'people.last-lead' });
    expect(await people.byAddress(addressOf('lena'))).toEqual(lead('lena'));
    await keep(lead('laura'));
    expect(await keep(lead('lena', changed))).toMatchObject({ outcome: 'updated' });
  });

  it('leaves one lead when two take the right from each other at once', async () => {
    for (let round = 0; round < 5; round += 1) {
      const pair = [lead(`a${round}`), lead(`b${round}`)];
      for (const one of pair) await keep(one);
      const others = (await people.byRole('lead')).filter(
        (one) => !pair.some(({ address }) => address === one.address),
      );
      for (const other of others) await keep({ ...other, role: 'staff' });
      await Promise.all(pair.map((one) => keep({ ...one, role: 'staff' })));
      expect(await people.byRole('lead')).toHaveLength(1);
    }
  });

  it('does not bring back who is offboarded while their presence changes', async () => {
    await keep(person('anna'));
    await Promise.all([
      setPresence(people, addressOf('anna'), 'present', now),
      keep(person('anna', { state: 'left' })),
    ]);
    expect((await people.byAddress(addressOf('anna')))?.state).toBe('left');
    expect(await setPresence(people, addressOf('anna'), 'away', now)).toMatchObject({
      refused: 'access.not-registered',
    });
  });

  it('keeps since when somebody is there', async () => {
    await keep(person('anna'));
    await setPresence(people, addressOf('anna'), 'present', now);
    const again = await setPresence(
      people,
      addressOf('anna'),
      'present',
      '2026-11-22T02:00:00.000Z' as Instant,
    );
    expect(again).toEqual({ presence: 'present', presenceAt: now });
  });
});

describe('a row of an import', () => {
  const row = { address: 'Anna@Toritsugi.example', name: 'Anna', role: 'Operator' };

  it('holds every column', async () => {
    const full = {
      ...row,
      sub: 'anna',
      vendor: 'vendor-a',
      desks: 'bpo; ',
      department: '情報',
      vip: 'YES',
      language: 'EN',
      state: '',
    };
    expect(await importPerson(people, desks, full)).toMatchObject({
      outcome: 'created',
      person: {
        address: 'anna@toritsugi.example',
        sub: 'anna',
        role: 'operator',
        vendor: 'vendor-a',
        desks: ['bpo'],
        department: '情報',
        vip: true,
        language: 'en',
        state: 'active',
      },
    });
    expect(await importPerson(people, desks, full)).toMatchObject({ outcome: 'unchanged' });
  });

  it('leaves what a missing column holds and empties what an empty cell held', async () => {
    const before = person('anna', { department: 'IT', vip: true, forms: ['general'] });
    await keep(before);
    const short = { address: before.address, name: 'Anna', role: 'staff', department: '' };
    const { department: _, ...rest } = before;
    expect(await importPerson(people, desks, short)).toEqual({
      outcome: 'updated',
      person: { ...rest, name: 'Anna' },
    });
  });

  it.each([
    [{ address: 'anna' }, 'address'],
    [{ name: '' }, 'name'],
    [{ role: 'boss' }, 'role'],
    [{ vip: 'perhaps' }, 'vip'],
    [{ desks: 'bpo;BPO 2' }, 'desks'],
    [{ vendor: '' }, 'vendor'],
  ])('is refused for %j', async (changed, column) => {
    const cells = { ...row, vendor: 'vendor-a', ...changed };
    expect(await importPerson(people, desks, cells)).toMatchObject({
      refused: 'invalid.body',
      detail: expect.stringContaining(column),
    });
  });
});

describe('admitting people', () => {
  it('changes nothing when repeated, and keeps presence', async () => {
    const admission = { people: [lead('lena'), person('anna')] };
    expect(await admitPeople(people, admission)).toEqual({ created: 2, updated: 0, unchanged: 0 });
    await setPresence(people, addressOf('anna'), 'present', now);
    expect(await admitPeople(people, admission)).toEqual({ created: 0, updated: 0, unchanged: 2 });
    expect((await people.byAddress(addressOf('anna')))?.presence).toBe('present');
  });

  it('does not take the last lead away', async () => {
    await admitPeople(people, { people: [lead('lena')] });
    const refused = await admitPeople(people, { people: [person('lena')] });
    expect(refused).toMatchObject({ refused: 'people.last-lead' });
  });

  it('releases the account of the only lead, who is linked anew at the next sign-in', async () => {
    await admitPeople(people, { people: [lead('lena')] });
    const released = await admitPeople(people, { people: [lead('lena', { sub: undefined })] });
    expect(released).toMatchObject({ updated: 1 });
    expect(await people.byAddress(addressOf('lena'))).not.toHaveProperty('sub');
  });
});
