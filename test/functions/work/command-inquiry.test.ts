import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InquiryId } from '../../../core/inquiry/values/ids.ts';
import { helpDeskActors } from '../../core/help-desk.ts';
import { bucketNames } from '../../support/start-engines.ts';
import { startWorkFixture, type WorkFixture } from './work-fixture.ts';

let work: WorkFixture;
beforeAll(async () => {
  work = await startWorkFixture();
});
afterAll(() => work.stop());

async function openClaimed(as = 'a1') {
  const { id } = await work.open();
  const { body } = await work.command(as, id, 'claim');
  return { id: id as string, fence: body.lease.fence as number };
}

const typesOf = async (id: string) =>
  (await work.ledger.events(InquiryId.parse(id), 0, 100)).map(({ event }) => event.type);

describe('a command over HTTP', () => {
  it('answers with the inquiry as it then is, its ETag and what may be done next', async () => {
    const { id, fence } = await openClaimed();
    const resolved = await work.command('a1', id, 'resolve', { fence, message: '直りました。' });
    expect(resolved).toMatchObject({
      status: 200,
      headers: { etag: '"4"' },
      body: { id, status: 'resolved', version: 4, commands: ['reopen', 'ask-unmasking'] },
    });
    expect(resolved.body.lease).toBeUndefined();
  });

  it('takes the inquiry’s number in any spelling in place of its id', async () => {
    const { number } = await work.open();
    const written = number.toLowerCase().replaceAll('-', '');
    expect(await work.command('staff1', written, 'resolve')).toMatchObject({ status: 200 });
  });

  it('is refused with 412 where If-Match is stale', async () => {
    const { id } = await work.open();
    const stale = await work.command('staff1', id, 'resolve', {}, { 'if-match': '"1"' });
    expect(stale).toMatchObject({ status: 412, body: { code: 'inquiry.stale' } });
    const fresh = await work.command('staff1', id, 'resolve', {}, { 'if-match': '"2"' });
    expect(fresh.status).toBe(200);
  });

  it('is performed once under one Idempotency-Key, also when sent twice at once', async () => {
    const { id, fence } = await openClaimed();
    const body = { kind: 'public', text: '確認します。', fence };
    const send = () => work.command('a1', id, 'messages', body, { 'idempotency-key': 'reply-1' });
    const [first, second] = await Promise.all([send(), send()]);
    const third = await send();
    expect([first.status, second.status, third.status]).toEqual([201, 201, 201]);
    expect(second.body).toEqual(first.body);
    expect(third.body).toEqual(first.body);
    expect((await typesOf(id)).filter((type) => type === 'ReplyPosted')).toHaveLength(1);
  });

  it('is refused with 422 where the key was used with another body', async () => {
    const { id } = await work.open();
    const key = { 'idempotency-key': 'note-1' };
    await work.command('staff1', id, 'messages', { kind: 'internal', text: 'あ' }, key);
    const other = await work.command(
      'staff1',
      id,
      'messages',
      { kind: 'internal', text: 'い' },
      key,
    );
    expect(other).toMatchObject({ status: 422, body: { code: 'invalid.idempotency-key' } });
  });

  it('is refused with 404 for an inquiry that is not, or not for the caller', async () => {
    const { id } = await work.open();
    const absent = '019a0000-0000-7000-8000-00000000dead';
    expect(await work.command('lead', absent, 'resolve')).toMatchObject({ status: 404 });
    expect(await work.command('b1', id, 'resume')).toMatchObject({ status: 404 });
  });
});

describe('a heartbeat', () => {
  it('prolongs the lease and leaves the ETag alone', async () => {
    const { id, fence } = await openClaimed();
    const beat = await work.command('a1', id, 'heartbeat', { fence });
    expect(beat).toMatchObject({ status: 200, body: { fence } });
    const seconds = (Date.parse(beat.body.until) - Date.parse(work.now())) / 1000;
    expect(seconds).toBeGreaterThan(890);
    const read = await work.ask({ as: 'a1', route: 'GET /v1/inquiries/{id}', params: { id } });
    expect(read).toMatchObject({ headers: { etag: '"3"' }, body: { lease: beat.body } });
  });

  it('keeps an agent’s work beyond the claim’s first time', async () => {
    const { id, fence } = await openClaimed();
    await work.command('a1', id, 'heartbeat', { fence });
    work.later(600);
    const reply = { kind: 'public', text: '確認中です。', fence };
    expect(await work.command('a1', id, 'messages', reply)).toMatchObject({ status: 201 });
  });

  it('accepts an assignment without a fence', async () => {
    const { id } = await work.open({ desk: 'staff' });
    await work.assign(id);
    const loaded = await work.ledger.load(id);
    const agent = loaded?.inquiry.holder?.agent ?? '';
    expect(await work.command(agent, id, 'heartbeat')).toMatchObject({
      status: 200,
      body: { fence: 1 },
    });
    expect((await typesOf(id)).at(-1)).toBe('AssignmentAccepted');
  });
});

describe('a transfer', () => {
  it('leaves the vendor a stub of number and outcome', async () => {
    const { id, fence } = await openClaimed();
    const transferred = await work.command('a1', id, 'transfer', { fence, desk: 'staff' });
    const { number } = (await work.ledger.load(transferred.body.id))?.inquiry ?? {};
    const stub = { id, number, status: 'open', stub: true, warnings: [] };
    expect(transferred.body).toEqual(stub);
    expect(transferred.headers['etag']).toBeUndefined();
    expect(await work.command('a1', id, 'claim')).toMatchObject({ status: 403 });
  });
});

describe('a merge', () => {
  it('changes both inquiries at once, and commands on the merged one name the other', async () => {
    const [source, target] = [await work.open(), await work.open()];
    const merged = await work.command('staff1', source.id, 'merge', { into: target.number });
    expect(merged.body).toMatchObject({
      status: 'merged',
      mergedInto: target.number,
      commands: [],
    });
    expect((await typesOf(target.id)).at(-1)).toBe('InquiryAbsorbed');
    const late = await work.command('requester', source.id, 'messages', {
      kind: 'public',
      text: 'まだです。',
    });
    expect(late).toMatchObject({ status: 409, body: { code: 'inquiry.merged' } });
    expect(late.body.detail).toContain(target.number);
  });

  it('follows the chain of merges when the target is itself merged', async () => {
    const [first, second, third] = [await work.open(), await work.open(), await work.open()];
    await work.command('staff1', first.id, 'merge', { into: second.id });
    await work.command('staff1', second.id, 'merge', { into: third.id });
    const read = await work.ask({
      as: 'requester',
      route: 'GET /v1/inquiries/{id}',
      params: { id: first.id },
    });
    expect(read.body).toMatchObject({ status: 'merged', mergedInto: third.number });
    const back = await work.command('staff1', third.id, 'merge', { into: first.id });
    expect(back).toMatchObject({ status: 409, body: { code: 'work.merge-target' } });
  });

  it('of two into each other at once succeeds one way only', async () => {
    const [one, other] = [await work.open(), await work.open()];
    const answers = await Promise.all([
      work.command('staff1', one.id, 'merge', { into: other.id }),
      work.command('lead', other.id, 'merge', { into: one.id }),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  it('ends the lease of who holds the merged one', async () => {
    const { id, fence } = await openClaimed();
    const target = await work.open();
    await work.command('lead', id, 'merge', { into: target.id });
    const late = await work.command('a1', id, 'heartbeat', { fence });
    expect(late.status).toBe(403);
    expect((await work.ledger.load(target.id))?.inquiry.links).toEqual([id]);
  });
});

describe('a message with attachments', () => {
  const upload = (sub: string, id: string) =>
    work.engines.s3.send(
      new PutObjectCommand({
        Bucket: bucketNames.content,
        Key: `upload/${sub}/${id}`,
        Body: 'ログ',
        ContentType: 'text/plain',
        Metadata: { name: Buffer.from('ログ.txt').toString('base64url') },
      }),
    );

  it('takes the author’s own uploads', async () => {
    const { id, fence } = await openClaimed();
    await upload('a1', 'file-1');
    const body = { kind: 'public', text: '添付します。', fence, attachments: ['file-1'] };
    const posted = await work.command('a1', id, 'messages', body);
    expect(posted.body.attachments).toMatchObject([{ id: 'file-1', name: 'ログ.txt', size: 6 }]);
  });

  it('is refused for somebody else’s upload', async () => {
    const { id, fence } = await openClaimed();
    await upload('a2', 'file-2');
    const body = { kind: 'public', text: '添付します。', fence, attachments: ['file-2'] };
    const posted = await work.command('a1', id, 'messages', body);
    expect(posted).toMatchObject({ status: 422, body: { code: 'invalid.attachment' } });
  });

  it('touches no upload when the message itself is refused', async () => {
    const { id, fence } = await openClaimed();
    await upload('a1', 'file-3');
    const body = { kind: 'public', text: '?', fence: fence + 1, attachments: ['file-3'] };
    const posted = await work.command('a1', id, 'messages', body);
    expect(posted).toMatchObject({ status: 409, body: { code: 'work.lease-lost' } });
  });
});

describe('a correction', () => {
  it('brings with an address what the registry knows of the person', async () => {
    const { id } = await work.open();
    const amended = await work.ask({
      as: 'staff1',
      route: 'PATCH /v1/inquiries/{id}',
      params: { id },
      body: { requester: { address: 'Stranger@toritsugi.example' }, priority: 'critical' },
    });
    expect(amended.body).toMatchObject({
      priority: 'critical',
      requester: { address: helpDeskActors.stranger.address, name: 'stranger' },
    });
    const read = await work.ask({
      as: 'stranger',
      route: 'GET /v1/inquiries/{id}',
      params: { id },
    });
    expect(read.status).toBe(200);
  });
});
