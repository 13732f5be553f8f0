import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HelpDesk, startHelpDesk } from '../support/help-desk-host.ts';

let desk: HelpDesk;
beforeAll(async () => {
  desk = await startHelpDesk();
});
afterAll(() => desk.stop());

describe('what is asked of the API', () => {
  it('stands in the audit, as JSON and as CSV, for leads alone', async () => {
    const fields = { subject: 'VPN', description: '社外から VPN につながりません。' };
    const opened = await desk.call('employee-1', 'POST /v1/inquiries', { form: 'general', fields });
    expect(opened.status).toBe(201);
    const { id, number } = opened.body as { id: string; number: string };
    await desk.idle();
    await desk.call('employee-1', `GET /v1/inquiries/${id}`);
    await desk.call('staff-1', `GET /v1/inquiries/${number}`);
    await desk.call('staff-1', `GET /v1/inquiries/${id}/messages`);
    await desk.call('operator-b1', `GET /v1/inquiries/${id}`);

    expect((await desk.call('staff-1', `GET /v1/audit?inquiry=${id}`)).status).toBe(403);
    const seen = await desk.call('lead-1', `GET /v1/audit?inquiry=${number}`);
    const { items } = seen.body as {
      items: { actor: { role: string }; action: string; outcome: { status: number } }[];
    };
    expect(
      items.map(({ actor, action, outcome }) => [actor.role, action, outcome.status]).reverse(),
    ).toEqual([
      ['requester', 'open-inquiry', 201],
      ['staff', 'read', 200],
      ['staff', 'read-messages', 200],
      ['operator', 'read', 404],
    ]);
    const headers = { accept: 'text/csv' };
    const csv = await desk.call('lead-1', `GET /v1/audit?inquiry=${id}`, undefined, { headers });
    expect(csv.headers.get('content-type')).toContain('text/csv');
    expect(String(csv.body).trimEnd().split('\r\n')).toHaveLength(5);
    expect(JSON.stringify([items, csv.body])).not.toMatch(/VPN|@/);
  });
});
