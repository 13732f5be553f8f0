import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildSnapshotItem } from '../../../adapters/dynamo/inquiry/inquiry-items.ts';
import { nodeRandomness } from '../../../adapters/random/node-randomness.ts';
import { Person } from '../../../core/access/person.ts';
import { noAlarmAt } from '../../../core/inquiry/fire-alarm.ts';
import { EmailAddress } from '../../../core/inquiry/values/ids.ts';
import type { Priority } from '../../../core/inquiry/values/vocabulary.ts';
import { makeInquiryIn } from '../../support/inquiries.ts';
import { type StartedEngines, startEngines } from '../../support/start-engines.ts';
import { employeePerson, leadPerson, operatorPerson } from '../job/import-fixture.ts';
import { startRegistryRoutes } from './registry-routes.ts';

let engines: StartedEngines;
let parts: Awaited<ReturnType<typeof startRegistryRoutes>>;

const person = (sub: string, given: object = {}) =>
  Person.parse({
    ...{ address: `${sub}@toritsugi.example`, sub, name: sub, role: 'staff' },
    ...given,
  });
const anna = person('anna', { desks: ['staff'], skills: ['vpn'], capacity: 9 });
const ben = person('ben', { department: 'Accounts' });

beforeAll(async () => {
  engines = await startEngines();
});
afterAll(() => engines.stop());
beforeEach(async () => {
  parts = await startRegistryRoutes(engines);
  for (const one of [anna, ben]) await parts.people.put(one);
});

/** From yesterday until tomorrow: the routes' clock shows the 22nd. */
const now = { from: '2026-11-21T00:00:00.000Z', until: '2026-11-23T00:00:00.000Z' };
const covered = { ...now, standIn: ben.address, categories: ['network'] };

const put = (by: Person, agent: string, ...absences: readonly object[]) =>
  parts.ask('PUT /v1/agents/{agent}/absences', { by, params: { agent }, body: { absences } });
const read = (by: Person, agent: string) =>
  parts.ask('GET /v1/agents/{agent}/absences', { by, params: { agent } });

describe('absences', () => {
  it('are put in the offset of whoever puts them', async () => {
    const given = {
      ...covered,
      from: '2027-01-04T09:00:00+09:00',
      until: '2027-01-05T09:00:00+09:00',
    };
    const { statusCode, body } = await put(anna, 'me', given);
    expect([statusCode, body.absences]).toEqual([
      200,
      [
        {
          ...covered,
          id: '2027-01-04T00:00:00.000Z',
          from: '2027-01-04T00:00:00.000Z',
          until: '2027-01-05T00:00:00.000Z',
        },
      ],
    ]);
    await put(anna, 'me');
  });

  it('are put whole by agents for themselves', async () => {
    expect((await read(anna, 'me')).body).toEqual({ absences: [] });
    expect(await put(anna, 'me', covered)).toMatchObject({
      statusCode: 200,
      body: { absences: [{ ...covered, id: now.from }] },
    });
    expect((await read(anna, 'anna')).body.absences).toHaveLength(1);
    expect((await put(anna, 'me')).body).toEqual({ absences: [] });
    expect((await read(anna, 'me')).body).toEqual({ absences: [] });
  });

  it('of anybody are for leads alone', async () => {
    expect((await put(leadPerson, 'anna', covered)).statusCode).toBe(200);
    for (const named of ['anna', 'nobody']) {
      expect(await put(ben, named, now)).toMatchObject({
        statusCode: 403,
        body: { code: 'access.forbidden' },
      });
      expect((await read(ben, named)).statusCode).toBe(403);
    }
    for (const by of [operatorPerson, employeePerson]) {
      expect((await put(by, 'me', now)).statusCode).toBe(403);
      expect((await read(by, 'anna')).statusCode).toBe(403);
    }
  });

  it('are only of agents', async () => {
    for (const named of ['nobody', 'employee-1']) {
      expect(await put(leadPerson, named, now)).toMatchObject({
        statusCode: 404,
        body: { code: 'people.unknown' },
      });
      expect((await read(leadPerson, named)).statusCode).toBe(404);
    }
  });

  it.each([
    ['an operator with a stand-in', 'operator-a1', { ...covered }],
    ['oneself as a stand-in', 'ben', { ...covered }],
    ['an employee as a stand-in', 'anna', { ...covered, standIn: employeePerson.address }],
    ['a stand-in for everything', 'anna', { ...covered, categories: [] }],
    ['an end before the beginning', 'anna', { ...now, until: now.from }],
    ['an unknown field', 'anna', { ...now, reason: 'x' }],
  ])('refuse %s', async (_, agent, absence) => {
    expect(await put(leadPerson, agent, absence)).toMatchObject({
      statusCode: 400,
      body: { code: 'invalid.body' },
    });
  });

  it('of an operator, without a stand-in, are for a lead to put', async () => {
    expect((await put(leadPerson, 'operator-a1', now)).statusCode).toBe(200);
    expect((await put(leadPerson, 'operator-a1')).statusCode).toBe(200);
  });

  it('are kept when the person is entered anew or imported, as presence is', async () => {
    await put(anna, 'me', covered);
    const address = anna.address;
    const body = { name: 'Anna', role: 'staff', sub: 'anna', desks: ['staff'] };
    await parts.ask('PUT /v1/people/{address}', { params: { address }, body });
    const text = `address,name,role,skills,capacity\n${address},Anna B,staff,sap; vpn,7\n`;
    const headers = { 'content-type': 'text/csv', 'idempotency-key': 'import-anna' };
    const started = await parts.ask('POST /v1/people/import', { body: text, headers });
    await parts.deliver(started.body.id);
    expect(await parts.people.byAddress(EmailAddress.parse(address))).toMatchObject({
      ...{ name: 'Anna B', skills: ['sap', 'vpn'], capacity: 7 },
      absences: [covered],
    });
    const given = await parts.ask('PUT /v1/people/{address}', {
      params: { address },
      body: { ...body, absences: [] },
    });
    expect(given.statusCode).toBe(400);
  });
});

describe('the list of agents', () => {
  const agentsOf = async (query: Readonly<Record<string, string>> = {}) => {
    const { body } = await parts.ask('GET /v1/agents', { by: anna, query });
    return (sub: string) => body.items.find((one: { sub?: string }) => one.sub === sub);
  };

  it('shows who is absent, without why, and who stands in for them', async () => {
    const later = { from: '2026-12-01T00:00:00.000Z', until: '2026-12-02T00:00:00.000Z' };
    const over = { from: '2026-11-01T00:00:00.000Z', until: '2026-11-02T00:00:00.000Z' };
    await put(anna, 'me', { ...covered, note: '通院' }, later, over);
    const shown = await agentsOf();
    const { absences } = shown('anna');
    expect(absences).toEqual([
      { id: now.from, ...covered },
      { id: later.from, ...later, categories: [] },
    ]);
    expect(shown('ben').standsInFor).toEqual([
      { address: anna.address, name: 'anna', categories: ['network'] },
    ]);
    expect(shown('anna').standsInFor).toEqual([]);
    expect((await read(leadPerson, 'anna')).body.absences).toContainEqual(
      expect.objectContaining({ note: '通院' }),
    );
  });

  it('shows what each knows, carries and can carry, weighed by priority', async () => {
    for (const priority of ['critical', 'low'] satisfies Priority[]) {
      const id = nodeRandomness.inquiryId(parts.now());
      const held = makeInquiryIn('in_progress');
      if (held.holder === undefined) throw new TypeError('somebody holds it');
      const inquiry = { ...held, id, priority, holder: { ...held.holder, agent: 'anna' } };
      const Item = buildSnapshotItem(inquiry as typeof held, noAlarmAt);
      await engines.client.send(new PutItemCommand({ TableName: engines.table.name, Item }));
    }
    const shown = await agentsOf({ desk: 'staff' });
    expect(shown('anna')).toMatchObject({ skills: ['vpn'], load: 2, workload: 5, capacity: 9 });
    expect(shown('ben')).toBeUndefined();
  });
});
