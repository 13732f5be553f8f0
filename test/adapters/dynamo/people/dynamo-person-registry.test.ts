import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DynamoPersonRegistry } from '../../../../adapters/dynamo/people/dynamo-person-registry.ts';
import { Person, type Role } from '../../../../core/access/person.ts';
import { EmailAddress, type Sub } from '../../../../core/inquiry/values/ids.ts';
import type { StartedDynamo } from '../../../support/start-dynamo.ts';
import { startDynamo } from '../../../support/start-dynamo.ts';

let dynamo: StartedDynamo;
let people: DynamoPersonRegistry;
let testNumber = 0;

beforeAll(async () => {
  dynamo = await startDynamo();
  people = new DynamoPersonRegistry(dynamo.table);
});
afterAll(() => dynamo.stop());
beforeEach(() => {
  testNumber += 1;
});

/** A person whose address and `sub` no other test uses. */
function person(name: string, changed: object = {}): Person {
  return Person.parse({
    address: `${name}.${testNumber}@toritsugi.example`,
    sub: `${name}.${testNumber}`,
    name,
    role: 'staff',
    ...changed,
  });
}

const both = async (one: Person) => [
  await people.byAddress(one.address),
  one.sub === undefined ? undefined : await people.bySub(one.sub),
];

describe('the registry of people', () => {
  it('finds a person by address and by sub', async () => {
    const anna = person('anna', { department: 'IT', desks: ['staff'] });
    await people.put(anna);
    expect(await both(anna)).toEqual([anna, anna]);
    expect(await people.byAddress(EmailAddress.parse('nobody@toritsugi.example'))).toBeUndefined();
    expect(await people.bySub('nobody' as Sub)).toBeUndefined();
  });

  it('puts a person in place of what stood under the address', async () => {
    await people.put(person('anna', { department: 'IT' }));
    const changed = person('anna', { name: 'Anna' });
    await people.put(changed);
    expect(await both(changed)).toEqual([changed, changed]);
  });

  it('forgets the old sub when it changes or goes', async () => {
    const before = person('anna');
    await people.put(before);
    await people.put(person('anna', { sub: 'other' }));
    expect(await people.bySub(before.sub as Sub)).toBeUndefined();
    await people.put(person('anna', { sub: undefined }));
    expect(await people.bySub('other' as Sub)).toBeUndefined();
  });

  it('moves a sub from one address to another and leaves the first without', async () => {
    const before = person('anna');
    await people.put(before);
    const after = person('anna.new', { sub: before.sub });
    await people.put(after);
    expect(await people.bySub(before.sub as Sub)).toEqual(after);
    expect((await people.byAddress(before.address))?.sub).toBeUndefined();
  });

  it('reads many addresses, each once, and leaves out who is not there', async () => {
    const some = Array.from({ length: 120 }, (_, index) => person(`p${index}`));
    await Promise.all(some.map((one) => people.put(one)));
    const addresses = [...some, ...some.slice(0, 3)].map(({ address }) => address);
    const found = await people.byAddresses([...addresses, person('nobody').address]);
    expect(found.map(({ address }) => address)).toEqual(some.map(({ address }) => address));
    expect(await people.byAddresses([])).toEqual([]);
  });

  it('pages through a role by address, each person once', async () => {
    const role: Role = 'system';
    const some = Array.from({ length: 7 }, (_, index) => person(`s${index}`, { role }));
    await Promise.all(some.map((one) => people.put(one)));
    const seen: EmailAddress[] = [];
    let after: EmailAddress | undefined;
    for (let page = 0; page < 3; page += 1) {
      const read = await people.page(role, 3, after);
      seen.push(...read.people.map(({ address }) => address));
      expect(read.next === undefined).toBe(page === 2);
      after = read.next;
    }
    expect(seen).toEqual(some.map(({ address }) => address));
    expect(await people.page(role, 7)).not.toHaveProperty('next');
  });

  it('lists a person under the role they have now, once', async () => {
    const anna = person('anna', { role: 'lead' });
    await people.put(anna);
    await people.put({ ...anna, role: 'staff' });
    const isAnna = ({ address }: Person) => address === anna.address;
    expect((await people.byRole('lead')).filter(isAnna)).toEqual([]);
    expect((await people.byRole('staff')).filter(isAnna)).toHaveLength(1);
  });

  it('keeps both items alike when many put the same person at once', async () => {
    const writers = Array.from({ length: 12 }, (_, index) =>
      person('anna', { name: `Anna ${index}`, sub: `anna.${testNumber}.${index % 3}` }),
    );
    await Promise.all(writers.map((one) => people.put(one)));
    const standing = await people.byAddress(person('anna').address);
    const subs = [0, 1, 2].map((index) => `anna.${testNumber}.${index}` as Sub);
    const copies = (await Promise.all(subs.map((sub) => people.bySub(sub)))).filter(Boolean);
    expect(copies).toEqual([standing]);
  });

  it('loses no change when two change different things of a person at once', async () => {
    const anna = person('anna');
    await people.put(anna);
    const change = (changed: object) =>
      people.change(anna.address, undefined, (before) => ({
        person: Person.parse({ ...before, ...changed }),
        needsLead: false,
      }));
    await Promise.all([
      change({ department: 'IT' }),
      change({ vip: true }),
      change({ presence: 'present' }),
      change({ language: 'en' }),
    ]);
    expect(await people.byAddress(anna.address)).toMatchObject({
      department: 'IT',
      vip: true,
      presence: 'present',
      language: 'en',
    });
  });

  it('lets one of two people have a sub that both are given at once', async () => {
    const sub = `shared.${testNumber}`;
    const rivals = [person('anna', { sub }), person('berta', { sub })];
    await Promise.all(rivals.map((one) => people.put(one)));
    const standing = await people.byAddresses(rivals.map(({ address }) => address));
    const owner = await people.bySub(sub as Sub);
    expect(standing.filter((one) => one.sub === sub)).toEqual([owner]);
  });
});
