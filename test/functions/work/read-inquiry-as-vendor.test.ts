import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DynamoRoutingConfigLedger } from '../../../adapters/dynamo/config/dynamo-routing-config-ledger.ts';
import { S3ContentStore } from '../../../adapters/s3/content-store.ts';
import { DeskSettings } from '../../../core/inquiry/terms/desk-settings.ts';
import { buildAttachmentKey } from '../../../core/inquiry/values/attachment-key.ts';
import { helpDeskActors } from '../../core/help-desk.ts';
import { bucketNames } from '../../support/start-engines.ts';
import { startWorkFixture, type WorkFixture } from './work-fixture.ts';

let work: WorkFixture;
beforeAll(async () => {
  work = await startWorkFixture();
  const versions = new DynamoRoutingConfigLedger(work.engines.table);
  const body = DeskSettings.parse({
    vendors: { 'vendor-b': { masking: { attachments: ['image/*'], phone: false } } },
  });
  const version = { version: 1, recordedAt: work.now(), body };
  expect(await versions.put('desks', version, await versions.readNewestNumbers())).toBe(true);
});
afterAll(() => work.stop());

const phone = '090-1234-5678';
const card = '4111 1111 1111 1111';
const file = (id: string, type: string) => ({
  ...{ id, type, name: `${phone}.${id}`, size: 4, sha256: '0'.repeat(64) },
});
const opened = (desk: string, text = `電話は ${phone}、カードは ${card} です。`) =>
  work.open({
    desk,
    message: {
      ...{ id: 'first', kind: 'requester', from: {}, text },
      attachments: [file('png', 'image/png'), file('pdf', 'application/pdf')],
    },
  });
const messages = async (as: string, id: string) =>
  (await work.ask({ as, route: 'GET /v1/inquiries/{id}/messages', params: { id } })).body.items;
const download = (as: string, id: string, attachment: string) =>
  work.ask({
    as,
    route: 'GET /v1/inquiries/{id}/attachments/{attachment}',
    params: { id, attachment },
  });
const list = (as: string, query: Readonly<Record<string, string>>) =>
  work.ask({ as, route: 'GET /v1/inquiries', query });

describe('a vendor’s operator', () => {
  it('reads the thread masked by their own vendor’s policy', async () => {
    const [ofA] = await messages('a1', (await opened('bpo')).id);
    expect(ofA).toMatchObject({ text: '電話は ⟦phone⟧、カードは ⟦card⟧ です。' });
    expect(ofA.masked).toContainEqual({ field: 'text', start: 4, end: 11, kind: 'phone' });
    const [ofB] = await messages('b1', (await opened('bpo-b')).id);
    expect(ofB).toMatchObject({ text: `電話は ${phone}、カードは ⟦card⟧ です。` });
  });

  it('reads a message masked that was too large for the ledger, as far as it is shown', async () => {
    const { id } = await opened('bpo', `${card}\n${'長い'.repeat(30_000)}\n${phone}\n`);
    const [message] = await messages('a1', id);
    for (const field of ['text', 'fullText']) expect(message[field]).toMatch(/^⟦card⟧\n長い/);
    expect(message).toMatchObject({ cut: true });
    expect(message.text.length).toBeLessThan(50_000);
    expect(JSON.stringify(message)).not.toContain(phone);
    const [whole] = await messages('staff1', id);
    expect(whole.text).toContain(phone);
    expect(whole).not.toHaveProperty('cut');
  });

  it('gets the attachments that their vendor’s policy names, under a masked name', async () => {
    const { id } = await opened('bpo-b');
    const content = new S3ContentStore(work.engines.s3, bucketNames.content);
    await content.putFile(buildAttachmentKey(id, 'png'), Buffer.from('data'), `${phone}.png`);
    const { status, body } = await download('b1', id, 'png');
    expect({ status, body }).toMatchObject({ status: 200, body: { name: `${phone}.png` } });
    expect(await download('b1', id, 'pdf')).toMatchObject({
      status: 403,
      body: { code: 'access.forbidden' },
    });
  });

  it('gets no attachment where the policy names none, and is told that there is one', async () => {
    const { id } = await opened('bpo');
    const withheld = { id: 'png', name: '⟦phone⟧.png', type: 'image/png', withheld: true };
    expect((await messages('a1', id))[0].attachments[0]).toEqual(withheld);
    expect(await download('a1', id, 'png')).toMatchObject({ status: 403 });
    expect(await download('a1', id, 'none')).toMatchObject({ status: 404 });
  });

  it('has no list of inquiries of their own', async () => {
    expect(await list('a1', { requester: 'me' })).toMatchObject({ status: 403 });
  });

  it('has no inquiry in any list that has left their desk, though they held it', async () => {
    const { id, number } = await opened('bpo');
    const { fence } = (await work.command('a2', id, 'claim')).body.lease;
    expect((await list('a2', { agent: 'me' })).body.items).toMatchObject([{ id }]);
    await work.command('a2', id, 'transfer', { fence, desk: 'staff' });
    expect((await list('a2', { agent: 'me' })).body).toEqual({ items: [], next: null });
    const atDesk = (await list('a2', { desk: 'bpo', limit: '100' })).body.items;
    expect(atDesk.map((item: { id: string }) => item.id)).not.toContain(id);
    const stub = { id, number, status: 'open', stub: true };
    expect((await list('a2', { number })).body).toEqual({ items: [stub], next: null });
  });

  it('who has moved to other desks has no list of what they still hold', async () => {
    const { id } = await opened('bpo');
    await work.command('a2', id, 'claim');
    await work.put({ ...helpDeskActors.a2, desks: [] });
    expect((await list('a2', { agent: 'me' })).body).toEqual({ items: [], next: null });
    await work.put(helpDeskActors.a2);
  });

  it('who is entered at another vendor’s desk does not know of it', async () => {
    await work.put({
      ...helpDeskActors.a2,
      desks: [...helpDeskActors.a2.desks, ...helpDeskActors.b1.desks],
    });
    const desks = (await work.ask({ as: 'a2', route: 'GET /v1/desks' })).body.items;
    expect(desks.map(({ id }: { id: string }) => id)).toEqual(['bpo']);
    expect(await list('a2', { desk: 'bpo-b' })).toMatchObject({ status: 404 });
    expect(await work.claimNext('a2', 'bpo-b')).toMatchObject({ status: 404 });
    await work.put(helpDeskActors.a2);
  });

  it('is not told who of another vendor wrote before', async () => {
    const { id } = await opened('bpo-b');
    const { fence } = (await work.command('b1', id, 'claim')).body.lease;
    const reply = { kind: 'public', text: '確認します。', fence };
    await work.command('b1', id, 'messages', reply);
    await work.command('lead', id, 'transfer', { desk: 'bpo' });
    const [, ofB] = await messages('a1', id);
    expect(ofB?.text).toBe('確認します。');
    expect(ofB?.from).toEqual({});
  });
});
