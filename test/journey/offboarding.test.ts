import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type HelpDesk, type Json, startHelpDesk } from '../support/help-desk-host.ts';

let desk: HelpDesk;
beforeAll(async () => {
  // Tuesday 10:00 in Tokyo, when every desk is open.
  desk = await startHelpDesk({ clock: { at: new Date('2026-11-24T01:00:00.000Z') } });
});
afterAll(() => desk?.stop());

async function openAt(where: string, many: number): Promise<string[]> {
  const ids: string[] = [];
  for (let at = 0; at < many; at += 1) {
    const fields = { subject: '件名', description: `印刷できません。${at}` };
    const { body } = await desk.call('employee-1', 'POST /v1/inquiries', {
      form: 'general',
      fields,
    });
    await desk.idle();
    const { body: opened } = await desk.call('lead-1', `GET /v1/inquiries/${body.id}`);
    if (opened.desk !== where) {
      const route = `POST /v1/inquiries/${body.id}/transfer`;
      expect((await desk.call('lead-1', route, { desk: where })).status).toBe(200);
    }
    ids.push(body.id);
  }
  await desk.idle();
  return ids;
}

const inquiry = async (id: string): Promise<Json> =>
  (await desk.call('lead-1', `GET /v1/inquiries/${id}`)).body;
const present = (who: string, presence: string) =>
  desk.call(who, 'PUT /v1/agents/me/presence', { presence });

/** Orders the offboarding and lets time pass until its job is over. */
async function offboard(agent: string, body: object = {}): Promise<Json> {
  const route = `POST /v1/agents/demo-${agent}/offboard`;
  const started = await desk.call('lead-1', route, body, {
    headers: { 'idempotency-key': `offboard-${agent}` },
  });
  expect(started.status).toBe(202);
  const job = async () => (await desk.call('lead-1', `GET /v1/jobs/${started.body.id}`)).body;
  await desk.idle();
  // The second look is still to come, but the first one's findings can be read.
  expect(await job()).toMatchObject({ state: 'queued', result: { released: {} } });
  for (let minute = 0; minute < 6; minute += 1) await desk.pass(60);
  return job();
}

describe('an agent who is offboarded', () => {
  test('leaves what was assigned to them to a colleague, and what they had claimed to the desk', async () => {
    await present('staff-1', 'present');
    for (const other of ['staff-2', 'lead-1']) await present(other, 'away');
    const assigned = await openAt('staff', 4);
    for (const id of assigned) {
      expect((await inquiry(id)).agent).toMatchObject({ sub: 'demo-staff-1' });
      await desk.call('staff-1', `POST /v1/inquiries/${id}/heartbeat`, {});
    }
    await present('staff-2', 'present');
    const job = await offboard('staff-1', { successor: 'staff-2@toritsugi.example' });
    expect(job).toMatchObject({
      state: 'done',
      result: { released: { count: 4 }, replaced: { standing: [] } },
    });
    for (const id of assigned) {
      expect((await inquiry(id)).agent).toMatchObject({ sub: 'demo-staff-2' });
    }
    expect((await desk.call('staff-1', 'GET /v1/desks')).status).toBe(403);

    const claimed = await openAt('bpo', 3);
    const claims = await Promise.all(
      claimed.map((id) => desk.call('operator-a1', `POST /v1/inquiries/${id}/claim`, {})),
    );
    expect(claims.map(({ status }) => status)).toEqual([200, 200, 200]);
    const [first] = claims;
    const fence = first?.body.lease.fence;
    const beaten = `POST /v1/inquiries/${claimed[0]}/heartbeat`;
    expect((await desk.call('operator-a1', beaten, { fence })).status).toBe(200);
    expect((await offboard('operator-a1')).result.released.count).toBe(3);
    expect((await desk.call('operator-a1', beaten, { fence })).status).toBe(403);
    for (const id of claimed) {
      const route = `POST /v1/inquiries/${id}/claim`;
      expect((await desk.call('operator-a2', route, {})).status).toBe(200);
    }
    const handover = 'GET /v1/agents/demo-operator-a1/handover';
    expect(await desk.call('lead-1', handover)).toMatchObject({
      status: 200,
      body: { agent: { state: 'left' }, groups: [] },
    });
    const audit = await desk.call('lead-1', 'GET /v1/audit?action=offboard');
    expect(audit.body.items.map(({ object }: Json) => object).sort()).toEqual([
      'demo-operator-a1',
      'demo-staff-1',
    ]);
  });
});
