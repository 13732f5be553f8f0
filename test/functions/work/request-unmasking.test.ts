import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Message } from '../../../core/inquiry/values/message.ts';
import { startWorkFixture, type WorkFixture, type WorkResponse } from './work-fixture.ts';

let work: WorkFixture;
beforeAll(async () => {
  work = await startWorkFixture();
});
afterAll(() => work.stop());

const message: Message = {
  id: 'first',
  kind: 'requester',
  from: { name: '佐藤' },
  text: '折り返しは 090-1234-5678 へ。番号は 1234 5678 9018 です。',
  attachments: [],
};
const unmaskingInput = { of: 'first', kinds: ['phone'], reason: '折り返しの電話のため' };

function decideUnmasking(as: string, id: string, unmasking: string, body: object, headers = {}) {
  const route = 'POST /v1/inquiries/{id}/unmaskings/{unmasking}/settle';
  return work.ask({ as, route, params: { id, unmasking }, body, headers });
}

async function textFor(as: string, id: string): Promise<string> {
  const route = 'GET /v1/inquiries/{id}/messages';
  return (await work.ask({ as, route, params: { id } })).body.items[0]?.text;
}

async function requestUnmasking(): Promise<{ id: string; answer: WorkResponse }> {
  const { id } = await work.open({ message });
  return { id, answer: await work.command('a1', id, 'unmaskings', unmaskingInput) };
}

describe('what is masked from a vendor', () => {
  it('is shown to its people once staff have granted it, until it leaves their desk', async () => {
    const { id, answer } = await requestUnmasking();
    expect(answer).toMatchObject({
      status: 201,
      body: { ...unmaskingInput, vendor: 'vendor-a', asker: 'a1', state: 'asked' },
    });
    expect(await textFor('a1', id)).toContain('⟦phone⟧');
    const granted = await decideUnmasking('staff1', id, answer.body.id, { outcome: 'granted' });
    expect(granted).toMatchObject({ status: 200, body: { id: answer.body.id, state: 'granted' } });
    for (const as of ['a1', 'a2']) {
      expect(await textFor(as, id)).toBe('折り返しは 090-1234-5678 へ。番号は ⟦my-number⟧ です。');
    }
    await work.command('lead', id, 'transfer', { desk: 'staff' });
    await work.command('lead', id, 'transfer', { desk: 'bpo' });
    expect(await textFor('a1', id)).toContain('⟦phone⟧');
  });

  it('stays masked when it was refused', async () => {
    const { id, answer } = await requestUnmasking();
    await decideUnmasking('lead', id, answer.body.id, {
      outcome: 'refused',
      note: '内線で足ります。',
    });
    expect(await textFor('a1', id)).toContain('⟦phone⟧');
    const again = await decideUnmasking('lead', id, answer.body.id, { outcome: 'granted' });
    expect(again).toMatchObject({ status: 409, body: { code: 'access.unmasking-settled' } });
  });

  it('is asked and answered in the inquiry, where both sides see it', async () => {
    const { id, answer } = await requestUnmasking();
    const route = 'GET /v1/inquiries/{id}';
    for (const as of ['a2', 'staff2']) {
      const { body } = await work.ask({ as, route, params: { id } });
      expect(body.unmaskings).toEqual([answer.body]);
    }
    const { body } = await work.ask({ as: 'requester', route, params: { id } });
    expect(body).not.toHaveProperty('unmaskings');
  });

  it('is never My Number', async () => {
    const { id } = await work.open({ message });
    const kinds = ['my-number'];
    const refused = await work.command('a1', id, 'unmaskings', { ...unmaskingInput, kinds });
    expect(refused).toMatchObject({ status: 422, body: { code: 'access.never-unmasked' } });
  });

  it('is of a message that there is', async () => {
    const { id } = await work.open({ message });
    const refused = await work.command('a1', id, 'unmaskings', {
      ...unmaskingInput,
      of: 'another',
    });
    expect(refused).toMatchObject({ status: 404, body: { code: 'access.not-found' } });
  });

  it('is asked once under one key, and of the version that was seen', async () => {
    const { id } = await work.open({ message });
    const headers = { 'idempotency-key': 'ask-once' };
    const first = await work.command('a1', id, 'unmaskings', unmaskingInput, headers);
    expect(await work.command('a1', id, 'unmaskings', unmaskingInput, headers)).toEqual({
      ...first,
      headers: expect.any(Object),
    });
    expect((await work.ledger.load((await loadedId(id)).id))?.inquiry.unmaskings).toHaveLength(1);
    const other = { ...unmaskingInput, kinds: ['mail'] };
    const stale = await work.command('a1', id, 'unmaskings', other, { 'if-match': '"1"' });
    expect(stale).toMatchObject({ status: 412 });
  });

  it('is answered by nobody of a vendor, and asked by nobody of the house', async () => {
    const { id, answer } = await requestUnmasking();
    const granted = { outcome: 'granted' };
    for (const as of ['a1', 'b1', 'requester']) {
      expect(await decideUnmasking(as, id, answer.body.id, granted)).toMatchObject({ status: 403 });
    }
    for (const as of ['staff1', 'lead', 'requester']) {
      expect(await work.command(as, id, 'unmaskings', unmaskingInput)).toMatchObject({
        status: 403,
      });
    }
    expect(await work.command('b1', id, 'unmaskings', unmaskingInput)).toMatchObject({
      status: 404,
    });
  });
});

async function loadedId(id: string) {
  const route = 'GET /v1/inquiries/{id}';
  return (await work.ask({ as: 'lead', route, params: { id } })).body;
}
