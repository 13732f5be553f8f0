import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { S3ContentStore } from '../../../adapters/s3/content-store.ts';
import { buildAttachmentKey } from '../../../core/inquiry/values/attachment-key.ts';
import { instantOf } from '../../../core/inquiry/values/ids.ts';
import { bucketNames } from '../../support/start-engines.ts';
import { startWorkFixture, type WorkFixture } from './work-fixture.ts';

let work: WorkFixture;
beforeAll(async () => {
  work = await startWorkFixture();
});
afterAll(() => work.stop());

const read = (as: string, id: string, what = '', query = {}) =>
  work.ask({ as, route: `GET /v1/inquiries/{id}${what}`, params: { id }, query });
const list = (as: string, query: Readonly<Record<string, string>>) =>
  work.ask({ as, route: 'GET /v1/inquiries', query });

describe('an inquiry', () => {
  it('is shown to its requester without what concerns the work on it', async () => {
    const { id } = await work.open();
    await work.command('a1', id, 'claim');
    const { body } = await read('requester', id);
    expect(body).toMatchObject({ id, status: 'in_progress', agent: { name: 'a1' }, tags: [] });
    expect(body.agent.sub).toBeUndefined();
    for (const field of ['lease', 'links', 'undeliverable']) expect(body).not.toHaveProperty(field);
  });

  it('is hidden from strangers and from other vendors', async () => {
    const { id } = await work.open();
    expect(await read('stranger', id)).toMatchObject({ status: 404 });
    expect(await read('b1', id)).toMatchObject({ status: 404 });
    expect(await read('b1', id, '/messages')).toMatchObject({ status: 404 });
  });

  it('shows its lease to its holder alone', async () => {
    const { id } = await work.open();
    const { body: claim } = await work.command('a1', id, 'claim');
    expect((await read('a1', id)).body.lease).toEqual(claim.lease);
    expect((await read('a2', id)).body.lease).toBeUndefined();
    expect((await read('lead', id)).body.lease).toBeUndefined();
  });
});

describe('the thread of an inquiry', () => {
  it('has its messages in order, and notes for those at work only', async () => {
    const { id } = await work.open();
    await work.command('staff1', id, 'messages', { kind: 'internal', text: '社外秘のメモ' });
    await work.command('lead', id, 'messages', { kind: 'public', text: '確認します。' });
    await work.command('requester', id, 'messages', { kind: 'public', text: 'お願いします。' });
    const texts = async (as: string) =>
      (await read(as, id, '/messages')).body.items.map(({ text }: { text: string }) => text);
    const shown = ['朝からです。', '確認します。', 'お願いします。'];
    expect(await texts('requester')).toEqual(shown);
    expect(await texts('a1')).toEqual([shown[0], '社外秘のメモ', ...shown.slice(1)]);
  });

  it('comes in pages that miss and repeat nothing', async () => {
    const { id } = await work.open();
    for (const text of ['1', '2', '3', '4']) {
      await work.command('requester', id, 'messages', { kind: 'public', text });
      await work.command('staff1', id, 'messages', { kind: 'internal', text: '…' });
    }
    const texts: string[] = [];
    let cursor: string | null | undefined;
    do {
      const query = { limit: '2', ...(cursor ? { cursor } : {}) };
      const { body } = await read('requester', id, '/messages', query);
      texts.push(...body.items.map(({ text }: { text: string }) => text));
      cursor = body.next;
    } while (cursor);
    expect(texts).toEqual(['朝からです。', '1', '2', '3', '4']);
  });

  it('is read whole where a body was too large for the ledger', async () => {
    const text = '長い'.repeat(30_000);
    const { id } = await work.open();
    await work.command('requester', id, 'messages', { kind: 'public', text });
    const { body } = await read('requester', id, '/messages');
    expect(body.items[1].text).toBe(text);
  });
});

describe('the audit trail', () => {
  it('is for staff and leads', async () => {
    const { id } = await work.open();
    expect(await read('a1', id, '/events')).toMatchObject({ status: 403 });
    expect(await read('requester', id, '/events')).toMatchObject({ status: 403 });
    const first = await read('staff1', id, '/events', { limit: '1' });
    expect(first.body.items).toMatchObject([{ seq: 1, type: 'InquiryReceived' }]);
    const rest = await read('staff1', id, '/events', { limit: '1', cursor: first.body.next });
    expect(rest.body).toMatchObject({ items: [{ seq: 2, type: 'InquiryRouted' }], next: null });
  });
});

describe('an attachment', () => {
  const attachment = {
    id: 'att-1',
    name: '障害 "画面".png',
    type: 'image/png',
    size: 4,
    sha256: '0'.repeat(64),
  };
  const withAttachments = () =>
    work.open({
      message: {
        id: 'first',
        kind: 'requester',
        from: {},
        text: '画面です。',
        attachments: [attachment, { ...attachment, id: 'att-2', held: 'executable' }],
      },
    });
  const fetchLink = (as: string, id: string, which: string) =>
    work.ask({
      as,
      route: 'GET /v1/inquiries/{id}/attachments/{attachment}',
      params: { id, attachment: which },
    });

  it('is given by a link that downloads it under its name', async () => {
    const { id } = await withAttachments();
    const content = new S3ContentStore(work.engines.s3, bucketNames.content);
    const bytes = Buffer.from('data');
    await content.putFile(buildAttachmentKey(id, 'att-1'), bytes, attachment.name);
    const { body } = await fetchLink('requester', id, 'att-1');
    expect(body).toMatchObject({ name: attachment.name, type: 'image/png', size: 4 });
    const answer = await fetch(body.url);
    expect(await answer.text()).toBe('data');
    expect(answer.headers.get('content-disposition')).toMatch(
      /^attachment; filename="__ __.*\.png"; filename\*=UTF-8''/,
    );
  });

  it('whose file is gone is answered 404, and not by a link that leads nowhere', async () => {
    const { id } = await withAttachments();
    const gone = await fetchLink('requester', id, 'att-1');
    expect(gone).toMatchObject({ status: 404, body: { code: 'inquiry.attachment-gone' } });
  });

  it('that is held back is not given to anybody', async () => {
    const { id } = await withAttachments();
    const held = await fetchLink('lead', id, 'att-2');
    expect(held).toMatchObject({ status: 422, body: { code: 'invalid.attachment' } });
    expect(held.body.detail).toContain('executable');
  });

  it('is unknown when the message that has it is not for the caller', async () => {
    const { id } = await work.open();
    expect(await fetchLink('requester', id, 'att-9')).toMatchObject({ status: 404 });
    expect(await fetchLink('stranger', id, 'att-1')).toMatchObject({ status: 404 });
  });
});

describe('a list of inquiries', () => {
  it('of one’s own has the newest first, in pages, and others’ have none of them', async () => {
    const ahead = (minutes: number) => instantOf(Date.parse(work.now()) + minutes * 60_000);
    const opened = [];
    for (const minutes of [1, 2, 3]) opened.push(await work.open({ receivedAt: ahead(minutes) }));
    const first = await list('requester', { requester: 'me', limit: '2' });
    expect(first.body.items.map(({ id }: { id: string }) => id)).toEqual([
      opened[2]?.id,
      opened[1]?.id,
    ]);
    const next = { requester: 'me', limit: '2', cursor: first.body.next };
    expect((await list('requester', next)).body.items[0].id).toBe(opened[0]?.id);
    expect((await list('stranger', { requester: 'me' })).body.items).toEqual([]);
  });

  it('refuses a cursor of another list or another caller', async () => {
    await work.open();
    await work.open();
    const { body } = await list('staff1', { status: 'open', limit: '1' });
    expect(body.next).toEqual(expect.any(String));
    const stolen = await list('lead', { status: 'open', limit: '1', cursor: body.next });
    expect(stolen).toMatchObject({ status: 400, body: { code: 'invalid.cursor' } });
    const moved = await list('staff1', { desk: 'bpo', limit: '1', cursor: body.next });
    expect(moved).toMatchObject({ status: 400, body: { code: 'invalid.cursor' } });
  });

  it('of an agent has what they hold', async () => {
    const { id } = await work.open();
    await work.command('a2', id, 'claim');
    const own = await list('a2', { agent: 'me' });
    expect(own.body.items.map((item: { id: string }) => item.id)).toEqual([id]);
    expect(own.body.items[0].commands).toContain('resolve');
    expect((await list('lead', { agent: 'a2' })).body.items).toHaveLength(1);
    expect(await list('a1', { agent: 'a2' })).toMatchObject({ status: 403 });
  });

  it('of a desk has what waits there, and only those who know the desk see it', async () => {
    const { id } = await work.open({ desk: 'bpo-b', priority: 'critical' });
    const ids = async (as: string) =>
      (await list(as, { desk: 'bpo-b' })).body.items.map((item: { id: string }) => item.id);
    expect(await ids('b1')).toEqual([id]);
    expect(await ids('staff1')).toEqual([id]);
    expect(await list('a1', { desk: 'bpo-b' })).toMatchObject({ status: 404 });
    expect(await list('requester', { desk: 'bpo-b' })).toMatchObject({ status: 403 });
    expect(await list('staff1', { desk: 'bpo-b', status: 'closed' })).toMatchObject({
      status: 400,
    });
  });

  it('of all that is open leaves out what is closed', async () => {
    const { id } = await work.open();
    const open = async () =>
      (await list('staff1', { status: 'open', limit: '100' })).body.items.map(
        (item: { id: string }) => item.id,
      );
    expect(await open()).toContain(id);
    await work.command('staff1', id, 'withdraw');
    expect(await open()).not.toContain(id);
    expect(await list('a1', { status: 'open' })).toMatchObject({ status: 403 });
  });

  it('by a number has the one inquiry, or none for whom it is hidden', async () => {
    const { id, number } = await work.open();
    expect((await list('a1', { number })).body.items).toMatchObject([{ id }]);
    expect((await list('b1', { number })).body.items).toEqual([]);
    expect((await list('a1', { number: 'HD-0000-0001' })).body.items).toEqual([]);
  });
});

describe('the desks', () => {
  it('are listed with how many wait and since when, an operator’s own to an operator', async () => {
    const desks = async (as: string) => (await work.ask({ as, route: 'GET /v1/desks' })).body.items;
    expect((await desks('b1')).map(({ id }: { id: string }) => id)).toEqual(['bpo-b']);
    const all = await desks('staff1');
    expect(all.map(({ id }: { id: string }) => id)).toEqual(['staff', 'bpo', 'bpo-b']);
    const waiting = await work.index.listWaiting(work.deskOf('bpo').id, 100);
    const oldest = waiting.map(({ inquiry }) => inquiry.receivedAt).sort()[0];
    expect(all[1]).toMatchObject({ depth: waiting.length, oldest, vendor: 'vendor-a' });
  });

  it('show their worklist to those who know them', async () => {
    const worklist = (as: string) =>
      work.ask({ as, route: 'GET /v1/desks/{desk}/worklist', params: { desk: 'bpo' } });
    expect((await worklist('a1')).body.items[0].commands).toContain('claim');
    expect((await worklist('staff1')).status).toBe(200);
    expect(await worklist('b1')).toMatchObject({
      status: 404,
      body: { code: 'work.unknown-desk' },
    });
  });
});
