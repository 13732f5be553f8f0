import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AuditFixture, startAuditFixture } from './audit-fixture.ts';

let audited: AuditFixture;
beforeEach(async () => {
  audited = await startAuditFixture();
});
afterEach(() => audited.work.stop());

/** An entry's actor, action, outcome, and the rights by which each inquiry was seen. */
async function summarizeAudit(query: Readonly<Record<string, string>> = {}) {
  const entries = await audited.readRecorded(query);
  return entries.map(({ actor, action, outcome, inquiries }) => [
    actor.sub,
    action,
    outcome.status,
    inquiries.map(({ right }) => right.join(' ')),
  ]);
}

describe('the audit', () => {
  it('tells what an operator saw and did of an inquiry, and by which right', async () => {
    const { work } = audited;
    const { id, number } = await work.open();
    await work.ask({ as: 'a1', route: 'GET /v1/inquiries/{id}', params: { id: number } });
    const claimed = await work.claimNext('a1');
    const { fence } = claimed.body.lease;
    await work.command('a1', id, 'heartbeat', { fence });
    await work.command('a1', id, 'messages', { kind: 'internal', text: '内緒', fence });
    await work.command('a1', id, 'transfer', { fence, desk: 'staff' });
    await work.ask({ as: 'a1', route: 'GET /v1/inquiries/{id}', params: { id } });
    await work.ask({ as: 'a1', route: 'GET /v1/inquiries/{id}/messages', params: { id } });
    await work.ask({ as: 'b1', route: 'GET /v1/inquiries/{id}', params: { id } });
    expect(await summarizeAudit()).toEqual([
      ['a1', 'read', 200, ['desk']],
      ['a1', 'claim', 200, ['desk']],
      ['a1', 'note', 201, ['desk']],
      ['a1', 'transfer', 200, ['desk']],
      ['a1', 'read', 200, ['former']],
      ['a1', 'read-messages', 403, ['']],
      ['b1', 'read', 404, ['']],
    ]);
    const entries = await audited.readRecorded();
    expect(entries.map(({ inquiries }) => inquiries[0]?.id)).toEqual(entries.map(() => id));
    expect(JSON.stringify(entries)).not.toMatch(/内緒|@/);
  });

  it('tells what staff saw in lists, and of requesters what they did alone', async () => {
    const { work } = audited;
    const first = await work.open();
    const second = await work.open();
    const query = { desk: 'bpo' };
    await work.ask({ as: 'a1', route: 'GET /v1/desks/{desk}/worklist', params: query });
    await work.ask({ as: 'staff1', route: 'GET /v1/inquiries', query });
    const mine = { requester: 'me' };
    await work.ask({ as: 'requester', route: 'GET /v1/inquiries', query: mine });
    await work.ask({ as: 'requester', route: 'GET /v1/inquiries/{id}', params: { id: first.id } });
    await work.ask({ as: 'stranger', route: 'GET /v1/inquiries/{id}', params: { id: first.id } });
    await work.command('requester', first.id, 'withdraw');
    expect(await summarizeAudit()).toEqual([
      ['a1', 'read-worklist', 200, ['desk', 'desk']],
      ['staff1', 'list-inquiries', 200, ['office', 'office']],
      ['stranger', 'read', 404, ['']],
      ['requester', 'withdraw', 200, ['own']],
    ]);
    expect(await summarizeAudit({ inquiry: second.number })).toEqual([
      ['a1', 'read-worklist', 200, ['desk', 'desk']],
      ['staff1', 'list-inquiries', 200, ['office', 'office']],
    ]);
    expect(
      await summarizeAudit({ inquiry: first.id, role: 'requester', outcome: 'granted' }),
    ).toEqual([['requester', 'withdraw', 200, ['own']]]);
  });

  it('names both inquiries of a merge', async () => {
    const { work } = audited;
    const [one, into] = [await work.open(), await work.open()];
    await work.command('staff1', one.id, 'merge', { into: into.number });
    const [entry] = await audited.readRecorded({ inquiry: into.id });
    expect(entry).toMatchObject({
      action: 'merge',
      object: into.number,
      inquiries: [
        { id: one.id, right: ['office'] },
        { id: into.id, number: into.number, right: ['office'] },
      ],
    });
  });

  it('tells of an answer that was given again for its key', async () => {
    const { work } = audited;
    const { id } = await work.open();
    const key = { 'idempotency-key': 'k-1' };
    await work.claimNext('a1', 'bpo', 0, key);
    await work.claimNext('a1', 'bpo', 0, key);
    const entries = await audited.readRecorded();
    expect(entries).toMatchObject([
      { action: 'claim', object: 'bpo', inquiries: [{ id }] },
      { action: 'claim', object: 'bpo', inquiries: [{ id }], repeated: true },
    ]);
    expect(entries[0]).not.toHaveProperty('repeated');
  });

  it('says nothing of a claim that found nothing', async () => {
    expect((await audited.work.claimNext('a1')).status).toBe(204);
    expect(await summarizeAudit()).toEqual([]);
  });

  it('records that it was read, and by whom it was asked for in vain', async () => {
    const { work, ask } = audited;
    const { id } = await work.open();
    await ask({ inquiry: id });
    expect((await ask({}, { as: 'staff1' })).status).toBe(403);
    const { items } = JSON.parse((await ask()).text);
    expect(items).toMatchObject([
      { actor: { sub: 'staff1' }, action: 'read-audit', outcome: { status: 403 } },
      { actor: { sub: 'lead' }, action: 'read-audit', object: id, outcome: { status: 200 } },
    ]);
  });
});

describe('reading the audit', () => {
  it('goes on by its cursor, newest first', async () => {
    const { work, ask } = audited;
    const { id } = await work.open();
    for (const as of ['a1', 'a2', 'a1', 'staff1', 'a1']) {
      await work.ask({ as, route: 'GET /v1/inquiries/{id}', params: { id } });
    }
    const filter = { actor: 'a1', limit: '2' };
    const first = JSON.parse((await ask(filter)).text);
    const second = JSON.parse((await ask({ ...filter, cursor: first.next })).text);
    expect(first.items).toHaveLength(2);
    expect(second.items).toHaveLength(1);
    expect(second.next).toBeNull();
    const times = [...first.items, ...second.items].map(({ at }: { at: string }) => at);
    expect(times).toEqual([...times].sort().reverse());
    const stolen = await ask({ ...filter, actor: 'a2', cursor: first.next });
    expect(JSON.parse(stolen.text)).toMatchObject({ status: 400, code: 'invalid.cursor' });
  });

  it('shows the last seven days, and earlier ones when asked', async () => {
    const { work } = audited;
    const { id } = await work.open();
    const from = work.now();
    await work.ask({ as: 'a1', route: 'GET /v1/inquiries/{id}', params: { id } });
    work.later(8 * 86_400);
    expect(await summarizeAudit()).toEqual([]);
    expect(await summarizeAudit({ from })).toEqual([['a1', 'read', 200, ['desk']]]);
  });

  it.each([
    [{ from: '2026-11-20T00:00:00Z', to: '2026-11-19T00:00:00Z' }],
    [{ from: '2026-01-01T00:00:00Z', to: '2026-11-19T00:00:00Z' }],
  ])('refuses %j', async (query) => {
    const { status, text } = await audited.ask(query);
    expect(status).toBe(400);
    expect(JSON.parse(text)).toMatchObject({
      code: 'invalid.parameter',
      errors: [{ in: 'query', pointer: '/from' }],
    });
  });

  it('gives CSV with a row for each inquiry, which no spreadsheet runs, and a link to the rest', async () => {
    const { work, ask } = audited;
    const staff = await work.people.byAddress('staff1@toritsugi.example' as never);
    if (staff === undefined) throw new TypeError('nobody');
    await work.put({ ...staff, name: '=cmd()' });
    const ids = [(await work.open()).id, (await work.open()).id];
    await work.ask({ as: 'a1', route: 'GET /v1/inquiries/{id}', params: { id: ids[0] as string } });
    await work.ask({ as: 'staff1', route: 'GET /v1/inquiries', query: { desk: 'bpo' } });
    await work.ask({ as: 'lead', route: 'GET /v1/inquiries/{id}', params: { id: 'HD-7K3M-9QX5' } });
    const headers = { accept: 'text/csv', 'accept-language': 'en' };
    const answer = await ask({ limit: '2' }, { headers });
    expect(answer.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8; header=present',
      'content-language': 'en',
      'content-disposition': 'attachment; filename="audit-2026-11-24.csv"',
    });
    expect(answer.text.startsWith('\uFEFFAt,Entry,Person,Name,Role,')).toBe(true);
    const rows = answer.text.trimEnd().split('\r\n').slice(1);
    expect(rows).toHaveLength(3);
    expect(rows[0]).toContain(',lead,');
    expect(rows[0]).toContain(',HD-7K3M-9QX5,,,GET /v1/inquiries/{id},404,access.not-found,');
    expect(rows.slice(1).every((row) => row.includes(",'=cmd(),staff,"))).toBe(true);
    expect(ids.filter((id) => rows.some((row) => row.includes(id)))).toEqual(ids);
    const [, link = ''] = /^<(.*)>; rel="next"$/.exec(answer.headers['link'] ?? '') ?? [];
    const query = Object.fromEntries(new URL(link, 'https://api.example').searchParams);
    const rest = await ask(query, { headers });
    expect(rest.text.trimEnd().split('\r\n')).toHaveLength(2);
    expect(rest.headers).not.toHaveProperty('link');
    const japanese = await ask({ format: 'csv' });
    expect(japanese.text).toContain('日時,記録ID,');
  });
});
