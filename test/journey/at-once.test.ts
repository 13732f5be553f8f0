import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type ApiCaller,
  type ApiResponse,
  expectOne,
  type HelpDesk,
  makeMessageId,
  startHelpDesk,
  stripBrackets,
} from '../support/help-desk-host.ts';

const requester = 'employee-1@toritsugi.example';

let desk: HelpDesk;
let operators: readonly ApiCaller[];

beforeAll(async () => {
  desk = await startHelpDesk();
  operators = [
    'operator-a1',
    'operator-a2',
    ...(await Promise.all([3, 4, 5, 6, 7, 8, 9, 10].map(hireOperator))),
  ];
});
afterAll(() => desk?.stop());

async function hireOperator(index: number): Promise<ApiCaller> {
  const sub = `operator-${index}`;
  const { status } = await desk.call('lead-1', `PUT /v1/people/${sub}@vendor-a.example`, {
    ...{ sub, name: `担当 ${index}`, role: 'operator', vendor: 'vendor-a', desks: ['bpo'] },
  });
  expect(status).toBe(201);
  return desk.signIn(sub);
}

async function submit(description: string): Promise<string> {
  const fields = { subject: '件名', description };
  const form = { form: 'general', fields };
  const { status, body } = await desk.call('employee-2', 'POST /v1/inquiries', form);
  expect(status).toBe(201);
  return body.id;
}

function claims(wait = 0): Promise<ApiResponse[]> {
  return Promise.all(
    operators.map((one) => desk.call(one, `POST /v1/desks/bpo/claims?wait=${wait}`, {})),
  );
}

describe('the same mail sent ten times at once, through ten connections', () => {
  test('is one inquiry with ten receipts, one opened and nine duplicate', async () => {
    const messageId = makeMessageId();
    const mail = { from: requester, subject: '至急', text: '一度だけです。', messageId };
    await Promise.all(Array.from({ length: 10 }, () => desk.send({ ...mail, date: new Date(0) })));
    await desk.idle();
    const receipts = await desk.receiptsOf(messageId);
    expect(receipts.map(({ fate }) => fate).sort()).toEqual([
      ...Array.from({ length: 9 }, () => 'duplicate'),
      'opened',
    ]);
    expect(receipts.every(({ fates }) => fates.length === 1)).toBe(true);
    const ids = new Set(receipts.map(({ inquiryId }) => inquiryId));
    expect(ids.size).toBe(1);
    expect(await desk.messagesOf([...ids].join())).toHaveLength(1);
    expect(await desk.mailbox(requester)).toHaveLength(1);
  });

  test('to two of our addresses at once it is one inquiry as well', async () => {
    const messageId = makeMessageId();
    const mail = { from: requester, subject: '件名', text: '二か所へ', messageId };
    await desk.send({ ...mail, to: ['help@toritsugi.example', 'help+it@toritsugi.example'] });
    await desk.send({ ...mail, to: 'help@toritsugi.example' });
    await desk.idle();
    const fates = (await desk.receiptsOf(messageId)).map(({ fate }) => fate);
    expect(fates).toEqual(['opened', 'duplicate']);
  });

  test('another mail under the same Message-ID is no duplicate and does not thread', async () => {
    const messageId = makeMessageId();
    await desk.send({ from: requester, subject: '一通目', text: '一通目', messageId });
    await desk.send({ from: requester, subject: '二通目', text: '二通目', messageId });
    await desk.idle();
    const receipts = await desk.receiptsOf(messageId);
    expect(receipts.map(({ fate }) => fate)).toEqual(['opened', 'opened']);
    expect(new Set(receipts.map(({ inquiryId }) => inquiryId)).size).toBe(2);
    expect(receipts[0].messageId).toBe(stripBrackets(messageId));
  });
});

describe('ten operators who claim at once', () => {
  /** Withdraws all that waits at the desk. */
  async function empty(): Promise<void> {
    const { body } = await desk.call('lead-1', 'GET /v1/desks/bpo/worklist?limit=100');
    for (const { id } of body.items) {
      await desk.call('lead-1', `POST /v1/inquiries/${id}/withdraw`, {});
    }
  }

  test('get the one inquiry that waits once, and the others nothing', async () => {
    await desk.idle();
    await empty();
    const id = await submit('印刷できません。');
    await desk.idle();
    const answers = await claims();
    const got = expectOne(answers.filter(({ status }) => status === 200));
    expect(got.body).toMatchObject({ id, lease: { fence: 1 } });
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(9);
    expect((await desk.eventsOf(id)).filter((type) => type === 'InquiryClaimed')).toHaveLength(1);
    await desk.call('lead-1', `POST /v1/inquiries/${id}/withdraw`, {});
  });

  test('who wait together get the one that comes once', async () => {
    const waiting = claims(2);
    const id = await submit('後から届く問い合わせです。');
    const answers = await waiting;
    expect(expectOne(answers.filter(({ status }) => status === 200)).body.id).toBe(id);
    await desk.call('lead-1', `POST /v1/inquiries/${id}/withdraw`, {});
  });

  test('get ten different inquiries where ten wait', async () => {
    const texts = Array.from({ length: 10 }, (_, index) => `十件のうちの ${index}`);
    const ids = await Promise.all(texts.map(submit));
    await desk.idle();
    const answers = await claims();
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(answers.map(({ body }) => body.id).sort()).toEqual([...ids].sort());
    for (const id of ids) await desk.call('lead-1', `POST /v1/inquiries/${id}/withdraw`, {});
  });

  test('one after the other get what the worklist showed on top', async () => {
    await empty();
    // Not in the order of their urgency, which the words decide.
    const texts = ['至急です。', '普通です。', 'これも至急。', 'これも普通。'];
    const ids: string[] = [];
    for (const text of texts) ids.push(await submit(text));
    await desk.idle();
    const critical = await desk.call('lead-1', `PATCH /v1/inquiries/${ids[3]}`, {
      priority: 'critical',
    });
    expect(critical.status).toBe(200);
    const { body } = await desk.call('lead-1', 'GET /v1/desks/bpo/worklist?limit=100');
    const listed = body.items.map(({ id }: { id: string }) => id);
    expect(listed).toEqual([ids[3], ids[0], ids[2], ids[1]]);
    const given: string[] = [];
    for (const operator of operators.slice(0, 4)) {
      given.push((await desk.call(operator, 'POST /v1/desks/bpo/claims', {})).body.id);
    }
    expect(given).toEqual(listed);
  });
});
