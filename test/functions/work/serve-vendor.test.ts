import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { stageSecret, startVendorFixture, type VendorFixture } from './vendor-fixture.ts';

let work: VendorFixture;
beforeAll(async () => {
  work = await startVendorFixture();
});
afterAll(() => work.stop());
beforeEach(() => work.configureKeys({ k1: 'active' }));

const claims = '/desks/bpo/claims';

describe("a vendor's system", () => {
  it('claims, sees the masked view, and answers under the fence it was given', async () => {
    const { id, number } = await work.open({
      message: {
        ...{ id: 'first', kind: 'requester', from: {}, attachments: [] },
        text: 'パスワード: hunter2-Geheim です。',
      },
    });
    const claimed = await work.askSigned('POST', claims, {});
    expect(claimed.status).toBe(200);
    expect(claimed.body).toMatchObject({ id, number, desk: 'bpo', lease: { fence: 1 } });
    expect(claimed.body.requester.address).toBe('⟦mail⟧');

    const thread = await work.askSigned('GET', `/inquiries/${id}/messages`);
    expect(JSON.stringify(thread.body)).not.toContain('hunter2-Geheim');
    expect(thread.body.items[0].masked).not.toEqual([]);

    const { fence } = claimed.body.lease;
    const alive = await work.askSigned('POST', `/inquiries/${id}/heartbeat`, { fence });
    expect(alive).toMatchObject({ status: 200, body: { fence } });
    const stale = await work.askSigned('POST', `/inquiries/${id}/resolve`, { fence: fence + 1 });
    expect(stale).toMatchObject({ status: 409, body: { code: 'work.lease-lost' } });
    const resolved = await work.askSigned('POST', `/inquiries/${id}/resolve`, {
      fence,
      message: '再設定しました。',
    });
    expect(resolved).toMatchObject({ status: 200, body: { status: 'resolved' } });
    const seen = await work.askSigned('GET', `/inquiries/${number}`);
    expect(seen.body.status).toBe('resolved');
  });

  it('sends no attachments, since it uploads none', async () => {
    const { id } = await work.open();
    const { fence } = (await work.askSigned('POST', `/inquiries/${id}/claim`, {})).body.lease;
    const message = { kind: 'public', text: '添付します。', fence, attachments: ['an-upload'] };
    expect(await work.askSigned('POST', `/inquiries/${id}/messages`, message)).toMatchObject({
      ...{ status: 400, body: { code: 'invalid.body' } },
    });
  });

  it('replies, waits, resumes, gives back and hands over by the rules of the console', async () => {
    const { id } = await work.open();
    const deed = (name: string, body: object) =>
      work.askSigned('POST', `/inquiries/${id}/${name}`, body);
    const { lease } = (await deed('claim', {})).body;
    const { fence } = lease;
    const reply = await deed('messages', { kind: 'public', text: '確認します。', fence });
    expect(reply).toMatchObject({
      status: 201,
      body: { kind: 'agent', from: { name: '委託先A' } },
    });
    expect((await deed('wait', { fence, message: '型番は？' })).body.status).toBe('waiting');
    expect((await deed('resume', {})).body.status).toBe('queued');
    const again = (await deed('claim', {})).body.lease.fence;
    expect(again).toBe(fence + 1);
    expect((await deed('release', { fence: again })).body.status).toBe('queued');
    const third = (await deed('claim', {})).body.lease.fence;
    expect(await deed('transfer', { fence: third, desk: 'bpo-b' })).toMatchObject({ status: 403 });
    const given = await deed('transfer', { fence: third, desk: 'staff' });
    expect(given).toMatchObject({ status: 200, body: { stub: true } });
    expect(await deed('claim', {})).toMatchObject({ status: 403 });
  });

  it('keeps what it holds while its keys are changed, and shuts the old one out at once', async () => {
    const { id } = await work.open();
    const claimed = await work.askSigned('POST', `/inquiries/${id}/claim`, {});
    await work.configureKeys({ k1: 'active', k2: 'active' });
    const { fence } = claimed.body.lease;
    const byNew = { key: 'k2' };
    const alive = await work.askSigned('POST', `/inquiries/${id}/heartbeat`, { fence }, byNew);
    expect(alive.status).toBe(200);
    await work.configureKeys({ k1: 'retired', k2: 'active' });
    expect((await work.askSigned('GET', `/inquiries/${id}`)).status).toBe(401);
    expect((await work.askSigned('GET', `/inquiries/${id}`, undefined, byNew)).status).toBe(200);
    await work.configureKeys({ k2: 'active' });
    expect((await work.askSigned('GET', `/inquiries/${id}`)).status).toBe(401);
  });

  it('gets the same answer for the same id, also by another key, and nothing is done twice', async () => {
    const { id } = await work.open();
    await work.configureKeys({ k1: 'active', k2: 'active' });
    const messageId = 'once-and-only-once';
    const fence = (await work.askSigned('POST', `/inquiries/${id}/claim`, {})).body.lease.fence;
    const say = (text: string, key = 'k1') => {
      const body = { kind: 'public', text, fence };
      return work.askSigned('POST', `/inquiries/${id}/messages`, body, { messageId, key });
    };
    const first = await say('一度だけ。');
    const second = await say('一度だけ。', 'k2');
    expect(second.body).toEqual(first.body);
    expect(second.headers['idempotency-replayed']).toBe('true');
    expect(await say('別の文。')).toMatchObject({ status: 422 });
    const thread = await work.askSigned('GET', `/inquiries/${id}/messages`);
    expect(thread.body.items.filter(({ kind }: { kind: string }) => kind === 'agent')).toHaveLength(
      1,
    );
  });

  it('is recorded with its key, what it was refused included', async () => {
    const { id } = await work.open({ desk: 'bpo-b' });
    const before = work.audit.entries.length;
    const refused = await work.askSigned('POST', `/inquiries/${id}/claim`, {});
    expect(refused.status).toBe(404);
    expect(work.audit.entries.slice(before)).toMatchObject([
      {
        actor: { sub: 'vendor:vendor-a', role: 'system', vendor: 'vendor-a', key: 'k1' },
        action: 'claim',
        inquiries: [{ id, right: [] }],
        outcome: { status: 404, code: 'access.not-found' },
      },
    ]);
  });

  it("reaches nothing of another vendor's, nor desks that are not its own", async () => {
    const { id } = await work.open({ desk: 'bpo-b' });
    expect((await work.askSigned('GET', `/inquiries/${id}`)).status).toBe(404);
    expect((await work.askSigned('GET', `/inquiries/${id}/messages`)).status).toBe(404);
    const nowhere = await work.askSigned('POST', '/desks/bpo-b/claims', {});
    expect(nowhere).toMatchObject({ status: 404, body: { code: 'work.unknown-desk' } });
    expect((await work.askSigned('POST', '/desks/staff/claims', {})).status).toBe(404);
    const theirs = await work.askSigned('GET', `/inquiries/${id}`, undefined, {
      vendor: 'vendor-b',
    });
    expect(theirs.status).toBe(200);
  });
});

describe('a request that is not signed as it has to be', () => {
  const wrong: [string, Parameters<VendorFixture['askSigned']>[3]][] = [
    ['by the secret of another key', { signedBy: 'k2' }],
    ['by a key that the vendor does not have', { key: 'k9' }],
    ['for another path', { signedLine: 'POST /v1/vendors/vendor-a/desks/bpo-2/claims' }],
    ['for another method', { signedLine: `GET /v1/vendors/vendor-a${claims}` }],
    ['with another body', { signedBody: '{"fence":1}' }],
    ['too long ago', { at: -301 }],
    ['too far ahead', { at: 302 }],
    ['for a vendor without a system', { vendor: 'vendor-z' }],
    ['without a signature', { headers: { 'webhook-signature': '' } }],
    ['with a short one', { headers: { 'webhook-signature': 'v1,AAAA' } }],
    ['of another version', { headers: { 'webhook-signature': 'v2,AAAA' } }],
    ['without an id', { headers: { 'webhook-id': '' } }],
    ['with an id of two parts', { headers: { 'webhook-id': 'a.b' } }],
    ['without a number for a time', { headers: { 'webhook-timestamp': 'now' } }],
    ['under no key', { headers: { 'x-toritsugi-key': '' } }],
    [
      'with a query that was not signed',
      {
        query: { wait: '1' },
        signedLine: `POST /v1/vendors/vendor-a${claims}`,
      },
    ],
  ];

  it.each(wrong)('%s is refused without a hint, and does nothing', async (_what, otherwise) => {
    const before = work.audit.entries.length;
    const { status, body } = await work.askSigned('POST', claims, {}, otherwise);
    expect({ status, code: body.code, detail: body.detail }).toEqual({
      status: 401,
      code: 'access.unauthenticated',
      detail: 'The request is not signed as it has to be.',
    });
    expect(work.audit.entries).toHaveLength(before);
  });

  it('is let in within five minutes either way', async () => {
    expect(
      (await work.askSigned('POST', '/desks/bpo/claims', {}, { at: -298 })).status,
    ).toBeLessThan(300);
    expect(
      (await work.askSigned('POST', '/desks/bpo/claims', {}, { at: 298 })).status,
    ).toBeLessThan(300);
  });
});

it("signs by its secret until the stage's earlier signing secret is taken out", async () => {
  const rotated = await startVendorFixture('a newer secret', stageSecret);
  const taken = await startVendorFixture('a newer secret');
  expect((await rotated.askSigned('POST', claims, {})).status).toBe(204);
  expect((await taken.askSigned('POST', claims, {})).status).toBe(401);
  await Promise.all([rotated.stop(), taken.stop()]);
});
