import encoding from 'encoding-japanese';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type ApiResponse,
  expectOne,
  type HelpDesk,
  type Json,
  startHelpDesk,
  waitUntil,
} from '../support/help-desk-host.ts';
import { commandInquiry } from './play-mails.ts';

const employee = 'employee-1@toritsugi.example';

let desk: HelpDesk;
/** Inputs other than mails that were accepted: forms, calls and lines of a file. */
let taken = 0;

beforeAll(async () => {
  desk = await startHelpDesk();
});
afterAll(() => desk?.stop());

async function submit(description: string, more: object = {}): Promise<Json> {
  const form = { form: 'general', fields: { subject: '件名', description }, ...more };
  const { status, body } = await desk.call('employee-1', 'POST /v1/inquiries', form);
  expect(status).toBe(201);
  taken += 1;
  return body;
}

async function logCall(call: object): Promise<Json> {
  const endedAt = new Date();
  const startedAt = new Date(endedAt.getTime() - 300_000);
  const { status, body } = await desk.call('operator-a1', 'POST /v1/phone-logs', {
    ...{ startedAt: startedAt.toISOString(), endedAt: endedAt.toISOString(), ...call },
  });
  expect(status).toBe(201);
  taken += 1;
  return body;
}

async function read(id: string): Promise<Json> {
  return (await desk.call('lead-1', `GET /v1/inquiries/${id}`)).body;
}

async function mailsTo(address: string, number: string) {
  return (await desk.mailbox(address)).filter(({ headers }) =>
    headers['subject']?.includes(number),
  );
}

describe('a form', () => {
  test('becomes an inquiry at its desk, with an acknowledgement and a page', async () => {
    const { id, number, statusUrl } = await submit('VPNに接続できません。');
    await desk.idle();
    expect(await read(id)).toMatchObject({
      ...{ channel: 'form', status: 'queued', desk: 'bpo', category: 'network' },
      requester: { address: employee, name: '佐藤 花子' },
    });
    expect(expectOne(await mailsTo(employee, number)).text).toContain(number);
    const page = await fetch(statusUrl);
    expect([page.status, page.headers.get('content-type')]).toEqual([
      200,
      'text/html; charset=utf-8',
    ]);
    const html = await page.text();
    expect(html).toContain('<html lang="ja">');
    expect(html).toContain('VPNに接続できません。');
    const gone = await fetch(statusUrl.replace(/..$/, 'zz'));
    expect(gone.status).toBe(404);
    expect(await gone.text()).toContain('このリンクは無効か、有効期限が切れています。');
  });

  test('takes a file that was posted to S3, which others download as an attachment', async () => {
    const bytes = new TextEncoder().encode('エラーログ\r\n');
    const announced = { name: 'エラー.log', type: 'text/plain', size: bytes.length };
    const { status, body: upload } = await desk.call('employee-1', 'POST /v1/uploads', announced);
    expect(status).toBe(201);
    const post = new FormData();
    for (const [name, value] of Object.entries<string>(upload.fields)) post.set(name, value);
    post.set('file', new Blob([bytes]), announced.name);
    expect((await fetch(upload.url, { method: 'POST', body: post })).ok).toBe(true);
    const stolen = await desk.call('employee-2', 'POST /v1/inquiries', {
      ...{ form: 'general', fields: { subject: '件名', description: '他人のもの' } },
      attachments: [upload.id],
    });
    expect([stolen.status, stolen.body.code]).toEqual([422, 'invalid.attachment']);
    const { id } = await submit('ログを添付します。', { attachments: [upload.id] });
    const attachment = expectOne(expectOne(await desk.messagesOf(id)).attachments as Json[]);
    expect(attachment).toMatchObject({ name: 'エラー.log', size: bytes.length });
    const { body: link } = await desk.call(
      'lead-1',
      `GET /v1/inquiries/${id}/attachments/${attachment.id}`,
    );
    const download = await fetch(link.url);
    expect(download.headers.get('content-disposition')).toMatch(/^attachment;/);
    expect(new Uint8Array(await download.arrayBuffer())).toEqual(bytes);
  });
});

describe('a phone call', () => {
  test('left open waits at the desk, and the caller is told its number', async () => {
    const caller = { address: 'employee-2@toritsugi.example' };
    const { id, number } = await logCall({ caller, summary: '電話の件', outcome: 'open' });
    await desk.idle();
    expect(await read(id)).toMatchObject({ channel: 'phone', status: 'queued', desk: 'bpo' });
    expect(await mailsTo(caller.address, number)).toHaveLength(1);
  });

  test('answered waits at the desk with the answer, which is not sent again', async () => {
    const caller = { address: 'employee-2@toritsugi.example' };
    const answer = '明日折り返します。';
    const call = { caller, summary: '折り返し希望', outcome: 'answered', answer };
    const { id, number } = await logCall(call);
    await desk.idle();
    expect((await read(id)).status).toBe('queued');
    expect((await desk.messagesOf(id)).map(({ kind, text }) => [kind, text])).toEqual([
      ['requester', '折り返し希望'],
      ['agent', answer],
    ]);
    expect(await mailsTo(caller.address, number)).toEqual([]);
  });

  test('resolved is in the records and never in a queue', async () => {
    const call = { caller: { phone: '03-1234-5678' }, summary: '解決済み', outcome: 'resolved' };
    const { id } = await logCall(call);
    await desk.idle();
    expect((await read(id)).status).toBe('resolved');
    expect(await desk.eventsOf(id)).toEqual(['InquiryReceived', 'InquiryResolved']);
    const { body } = await desk.call('lead-1', 'GET /v1/desks/bpo/worklist?limit=100');
    expect(body.items.map((one: Json) => one.id)).not.toContain(id);
  });

  test('imported in CP932, and again, is there once', async () => {
    const csv = [
      'started_at,ended_at,summary,outcome,caller_name,caller_phone',
      '2026-11-20 10:15,2026-11-20 10:20,プリンタ①が動かない,open,髙橋,03-1111-2222',
      '2026-11-20 11:00,2026-11-20 11:05,パスワードを忘れた,resolved,山﨑,03-3333-4444',
      '2026-11-20 12:00,2026-11-20 12:05,結果なし,maybe,山﨑,03-3333-4444',
      '',
    ].join('\r\n');
    const raw = new Uint8Array(encoding.convert(encoding.stringToCode(csv), 'SJIS', 'UNICODE'));
    const headers = { 'content-type': 'application/octet-stream' };
    const load = async (): Promise<Json> => {
      const sending = { raw, headers };
      const begun = await desk.call(
        'operator-a1',
        'POST /v1/phone-logs/import',
        undefined,
        sending,
      );
      expect(begun.status).toBe(202);
      return waitUntil(async () => {
        const { body } = await desk.call('operator-a1', `GET /v1/jobs/${begun.body.id}`);
        return body.state === 'done' || body.state === 'failed' ? body : undefined;
      });
    };
    const first = await load();
    const second = await load();
    taken += 4;
    const outcomes = (job: Json) => job.result.lines.map(({ outcome }: Json) => outcome);
    expect(outcomes(first)).toEqual(['opened', 'opened', 'refused']);
    expect(outcomes(second)).toEqual(['duplicate', 'duplicate', 'refused']);
    expect(first.errors).toEqual([expect.objectContaining({ line: 4 })]);
    const { inquiryId } = first.result.lines[0];
    expect(await read(inquiryId)).toMatchObject({
      subject: 'プリンタ①が動かない',
      requester: { name: '髙橋' },
    });
    expect(second.result.lines[0].inquiryId).toBe(inquiryId);
  });
});

describe('what is quarantined', () => {
  async function sendSpoofed(text: string): Promise<Json> {
    const headers = { 'X-Test-Verdict-dmarc': 'fail' };
    const messageId = await desk.send({ from: employee, subject: '至急', text, headers });
    await desk.receiptOf(messageId);
    await desk.idle();
    return desk.inquiryOf(messageId);
  }

  test('is told to the lead, and once released has a second fate and goes its way', async () => {
    const inquiry = await sendSpoofed('偽物に見える本物です。');
    expect(inquiry.status).toBe('quarantined');
    expect(await mailsTo('lead-1@toritsugi.example', inquiry.number)).toHaveLength(1);
    const listed = await desk.call('lead-1', 'GET /v1/quarantine');
    expect(expectOne<Json>(listed.body.items)).toMatchObject({ id: inquiry.id, reason: 'spoofed' });
    const released = await desk.call('lead-1', `POST /v1/quarantine/${inquiry.id}/release`, {});
    expect(released).toMatchObject({ status: 200, body: { fate: 'opened' } });
    await desk.idle();
    expect(await read(inquiry.id)).toMatchObject({ status: 'queued', desk: 'bpo' });
    const receipt = expectOne(
      (await desk.receipts()).filter(({ inquiryId }) => inquiryId === inquiry.id),
    );
    expect(receipt.fates.map(({ fate }: Json) => fate)).toEqual(['quarantined', 'opened']);
  });

  test('is closed unread when it is discarded', async () => {
    const { id } = await sendSpoofed('偽物です。');
    expect((await desk.call('lead-1', `POST /v1/quarantine/${id}/discard`, {})).status).toBe(200);
    expect((await read(id)).status).toBe('closed');
    expect((await desk.call('lead-1', 'GET /v1/quarantine')).body.items).toEqual([]);
  });
});

describe('work', () => {
  const setPresence = (person: string, presence: string): Promise<ApiResponse> =>
    desk.call(person, 'PUT /v1/agents/me/presence', { presence });

  async function handOver(): Promise<Json> {
    const inquiry = await submit('引き継ぎが必要です。');
    await desk.idle();
    const { lease } = await commandInquiry(desk, 'operator-a2', { inquiry }, 'claim');
    const over = { desk: 'staff', fence: lease.fence, note: '権限がありません。' };
    await commandInquiry(desk, 'operator-a2', { inquiry }, 'transfer', over);
    await desk.idle();
    return read(inquiry.id);
  }

  test('handed to staff goes to who is there and has least', async () => {
    await setPresence('staff-2', 'away');
    await setPresence('lead-1', 'away');
    const first = [await handOver(), await handOver()];
    expect(first.map(({ agent }) => agent.sub)).toEqual(['demo-staff-1', 'demo-staff-1']);
    await setPresence('staff-2', 'present');
    const next = await handOver();
    expect(next.agent.sub).toBe('demo-staff-2');
    const notices = await mailsTo('staff-2@toritsugi.example', next.number);
    expect(expectOne(notices).text).toContain(next.number);
    const stub = await desk.call('operator-a2', `GET /v1/inquiries/${next.id}`);
    expect(stub.body).toMatchObject({ number: next.number, stub: true });
    expect(stub.body).not.toHaveProperty('subject');
  });

  test('merged into another leads there, and takes no more', async () => {
    const [one, other] = [await submit('一つ目'), await submit('二つ目')];
    await desk.idle();
    await commandInquiry(desk, 'lead-1', { inquiry: one }, 'merge', { into: other.number });
    expect(await read(one.id)).toMatchObject({ status: 'merged', mergedInto: other.number });
    const late = await desk.call('lead-1', `POST /v1/inquiries/${one.id}/resolve`, {});
    expect([late.status, late.body.code]).toEqual([409, 'inquiry.merged']);
  });

  test('withdrawn by its requester leaves the desk', async () => {
    const inquiry = await submit('自分で直しました。');
    await desk.idle();
    await commandInquiry(desk, 'employee-1', { inquiry }, 'withdraw', { reason: '直りました' });
    expect((await read(inquiry.id)).status).toBe('closed');
    const claim = await desk.call('operator-a1', `POST /v1/inquiries/${inquiry.id}/claim`, {});
    expect(claim.status).not.toBe(200);
  });

  test('resolved is rated once by its requester', async () => {
    const inquiry = await submit('評価します。');
    await desk.idle();
    await commandInquiry(desk, 'lead-1', { inquiry }, 'resolve', { message: '直しました。' });
    const rating = { score: 5, comment: '助かりました。' };
    await commandInquiry(desk, 'employee-1', { inquiry }, 'rating', rating);
    const again = await desk.call('employee-1', `POST /v1/inquiries/${inquiry.id}/rating`, rating);
    expect([again.status, again.body.code]).toEqual([409, 'work.already-rated']);
    expect((await read(inquiry.id)).rating).toEqual(rating);
  });
});

test('every input that was taken has one receipt with one first fate', async () => {
  await desk.idle();
  const receipts = await desk.receipts();
  expect(receipts).toHaveLength(taken + desk.accepted());
  expect(new Set(receipts.map(({ id }) => id)).size).toBe(receipts.length);
  const first = Object.groupBy(receipts, ({ fates }) => fates[0].fate);
  expect(Object.keys(first).sort()).toEqual(['duplicate', 'opened', 'quarantined']);
  expect(receipts.filter(({ fates }) => fates.length > 1)).toHaveLength(1);
});
