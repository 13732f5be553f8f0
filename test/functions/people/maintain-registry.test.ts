import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Person } from '../../../core/access/person.ts';
import { EmailAddress } from '../../../core/inquiry/values/ids.ts';
import type { JobId } from '../../../core/job/job.ts';
import { makeHandler as makeAdmission } from '../../../functions/people/admit-people.ts';
import { type StartedEngines, startEngines } from '../../support/start-engines.ts';
import { makeRecordingTelemetry } from '../edge/telemetry/recording-telemetry.ts';
import { employeePerson, leadPerson, operatorPerson } from '../job/import-fixture.ts';
import { type RegistryRequest, startRegistryRoutes } from './registry-routes.ts';

let engines: StartedEngines;
let parts: Awaited<ReturnType<typeof startRegistryRoutes>>;

beforeAll(async () => {
  engines = await startEngines();
});
afterAll(() => engines.stop());
beforeEach(async () => {
  parts = await startRegistryRoutes(engines);
});

const ask = (routeKey: string, given: RegistryRequest = {}) => parts.ask(routeKey, given);
const put = (address: string, body: object) =>
  ask('PUT /v1/people/{address}', { params: { address }, body });

describe('the routes of the registry', () => {
  it('enter and change a person', async () => {
    const body = { name: 'Staff One', role: 'staff', desks: ['staff'], sub: 'staff-1' };
    const first = await put('Staff-1@toritsugi.example', body);
    expect(first).toMatchObject({
      statusCode: 201,
      body: { address: 'staff-1@toritsugi.example', presence: 'away', state: 'active' },
    });
    const second = await put('staff-1@toritsugi.example', { ...body, vip: true });
    expect(second).toMatchObject({ statusCode: 200, body: { vip: true } });
  });

  it.each([
    [{ name: 'X', role: 'operator' }, 400, 'invalid.body'],
    [{ name: 'X', role: 'operator', vendor: 'vendor-a', desks: ['staff'] }, 400, 'invalid.body'],
    [{ name: 'X', role: 'staff', presence: 'present' }, 400, 'invalid.body'],
    [{ name: 'X', role: 'staff', desks: ['moon'] }, 404, 'work.unknown-desk'],
  ])('refuse %j', async (body, statusCode, code) => {
    expect(await put('x@toritsugi.example', body)).toMatchObject({ statusCode, body: { code } });
  });

  it('keep the last lead', async () => {
    expect(
      await put(leadPerson.address, { name: 'Lead', role: 'lead', sub: 'lead-1', state: 'left' }),
    ).toMatchObject({
      statusCode: 409,
      body: { code: 'people.last-lead' },
    });
  });

  it('end all rights at once when somebody leaves', async () => {
    const second = { name: 'Lead Two', role: 'lead', sub: 'lead-2' };
    await put('lead-2@toritsugi.example', second);
    const two = { ...leadPerson, sub: 'lead-2' as NonNullable<Person['sub']> };
    expect((await ask('GET /v1/people', { by: two, query: { role: 'lead' } })).statusCode).toBe(
      200,
    );
    await put('lead-2@toritsugi.example', { ...second, state: 'left' });
    expect(await ask('GET /v1/people', { by: two, query: { role: 'lead' } })).toMatchObject({
      statusCode: 403,
      body: { code: 'access.not-registered' },
    });
  });

  it('list people of a role in pages, whose cursors are bound to caller and role', async () => {
    for (const number of [1, 2, 3]) {
      await put(`form-${number}@toritsugi.example`, { name: 'Form', role: 'system' });
    }
    const query = { role: 'system', limit: '2' };
    const first = await ask('GET /v1/people', { query });
    expect(first.body.items.map(({ address }: Person) => address)).toEqual([
      'form-1@toritsugi.example',
      'form-2@toritsugi.example',
    ]);
    const cursor = first.body.next;
    expect(Buffer.from(cursor).toString()).not.toContain('form-2');
    const second = await ask('GET /v1/people', { query: { ...query, cursor } });
    expect(second.body).toMatchObject({
      items: [{ address: 'form-3@toritsugi.example' }],
      next: null,
    });
    expect(await ask('GET /v1/people', { query: { role: 'staff', cursor } })).toMatchObject({
      statusCode: 400,
      body: { code: 'invalid.cursor' },
    });
  });

  it('are for leads', async () => {
    for (const by of [operatorPerson, employeePerson]) {
      expect((await ask('GET /v1/people', { by, query: { role: 'lead' } })).statusCode).toBe(403);
    }
  });

  it('start an import, once for an idempotency key', async () => {
    const given = { 'content-type': 'text/csv', 'idempotency-key': 'import-1' };
    const body = 'address,name,role\nx@toritsugi.example,X,requester\n';
    const first = await ask('POST /v1/people/import', { body, headers: given });
    expect(first).toMatchObject({
      statusCode: 202,
      body: { kind: 'people-import', state: 'queued' },
    });
    expect(first.headers['location']).toBe(`/v1/jobs/${first.body.id}`);
    const second = await ask('POST /v1/people/import', { body, headers: given });
    expect(second.body.id).toBe(first.body.id);
    await parts.deliver(first.body.id as JobId);
    expect(await parts.people.byAddress(EmailAddress.parse('x@toritsugi.example'))).toMatchObject({
      role: 'requester',
    });
  });
});

describe('presence', () => {
  it('is set by agents for themselves and shown to staff and leads', async () => {
    const set = await ask('PUT /v1/agents/me/presence', {
      by: operatorPerson,
      body: { presence: 'present' },
    });
    expect(set).toMatchObject({
      statusCode: 200,
      body: { presence: 'present', presenceAt: '2026-11-22T03:00:00.000Z' },
    });
    const { body } = await ask('GET /v1/agents', { query: { desk: 'bpo' } });
    expect(body.items).toEqual([
      {
        address: operatorPerson.address,
        sub: 'operator-a1',
        name: 'Operator A1',
        role: 'operator',
        vendor: 'vendor-a',
        desks: ['bpo'],
        presence: 'present',
        presenceAt: '2026-11-22T03:00:00.000Z',
        ...{ skills: [], absences: [], standsInFor: [], load: 0, workload: 0, capacity: 40 },
      },
    ]);
  });

  it('is not for requesters to set nor for operators to see', async () => {
    const body = { presence: 'present' };
    expect((await ask('PUT /v1/agents/me/presence', { by: employeePerson, body })).statusCode).toBe(
      403,
    );
    expect((await ask('GET /v1/agents', { by: operatorPerson })).statusCode).toBe(403);
  });

  it('shows nobody who has left, and no desk that is not there', async () => {
    await put('gone@toritsugi.example', { name: 'Gone', role: 'staff', state: 'left' });
    const { body } = await ask('GET /v1/agents');
    expect(body.items.map(({ address }: Person) => address)).not.toContain(
      'gone@toritsugi.example',
    );
    expect(await ask('GET /v1/agents', { query: { desk: 'moon' } })).toMatchObject({
      statusCode: 404,
      body: { code: 'work.unknown-desk' },
    });
  });
});

describe('admitting people', () => {
  it('answers how many were entered, and fails for what no person can be', async () => {
    const admit = makeAdmission({ people: parts.people, logger: makeRecordingTelemetry().logger });
    const people = [{ address: 'first@toritsugi.example', sub: 'f', name: 'First', role: 'lead' }];
    expect(await admit({ people })).toEqual({ created: 1, updated: 0, unchanged: 0 });
    expect(await admit({ people })).toEqual({ created: 0, updated: 0, unchanged: 1 });
    const wrong = [{ ...people[0], role: 'operator' }];
    await expect(admit({ people: wrong })).rejects.toThrow('vendor');
  });
});
