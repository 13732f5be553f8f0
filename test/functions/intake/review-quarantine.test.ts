import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DynamoAnswerStore } from '../../../adapters/dynamo/inquiry/dynamo-answer-store.ts';
import { DynamoInquiryIndex } from '../../../adapters/dynamo/inquiry/dynamo-inquiry-index.ts';
import type { InquiryId } from '../../../core/inquiry/values/ids.ts';
import { makeHandler } from '../../../functions/intake/review-quarantine.ts';
import { makeAuditLog } from '../../support/audit-logs.ts';
import { readMailSpecimen } from '../../support/mail-specimens.ts';
import { bucketNames } from '../../support/start-engines.ts';
import { fakeGatewayEvent, fakeLambdaContext } from '../edge/http/fake-gateway-event.ts';
import { makeInquiryStates } from './inquiry-states.ts';
import { composeRawMail, type MailFixture, mailPeople, startMailFixture } from './mail-fixture.ts';

const spoofed = { verdicts: { dmarc: 'FAIL' } };

let mail: MailFixture;
let states: ReturnType<typeof makeInquiryStates>;
let handler: ReturnType<typeof makeHandler>;

beforeAll(async () => {
  mail = await startMailFixture();
  states = makeInquiryStates(mail);
  const { table } = mail.engines;
  handler = makeHandler({
    ...mail.telemetry,
    intakeNow: async () => mail.intake,
    index: new DynamoInquiryIndex(table),
    cursorKeys: mail.keys,
    people: mail.registry,
    answers: new DynamoAnswerStore(table, () => Date.parse(mail.clock.at)),
    now: mail.now,
    audit: makeAuditLog(mail.engines.table),
    newTraceId: () => 'trace-1',
  });
});
afterAll(() => mail.stop());

async function ask(
  routeKey: string,
  given: {
    readonly as?: string;
    readonly id?: string | undefined;
    readonly body?: object;
    readonly headers?: Record<string, string>;
    readonly query?: Record<string, string>;
  } = {},
) {
  const { as = 'lead-1', id, body, headers = {}, query } = given;
  const answer = await handler(
    fakeGatewayEvent({
      ...{ routeKey, sub: as, headers },
      ...(id === undefined ? {} : { params: { id } }),
      ...(query === undefined ? {} : { query }),
      ...(routeKey.startsWith('POST') ? { body: JSON.stringify(body ?? {}) } : {}),
    }),
    fakeLambdaContext(),
  );
  return { ...answer, body: JSON.parse(answer.body ?? 'null') };
}

const release = (id: InquiryId | undefined, headers = {}, as = 'lead-1') =>
  ask('POST /v1/quarantine/{id}/release', { id, headers, as });
const discard = (id: InquiryId | undefined, headers = {}, body = {}) =>
  ask('POST /v1/quarantine/{id}/discard', { id, headers, body });
const keep = (raw: string | Uint8Array) => mail.deliver(raw, spoofed);

describe('a release', () => {
  it('opens the inquiry after all, and its receipt gets a second fate', async () => {
    const message = 'released@client.example';
    const { id, inquiryId } = await keep(composeRawMail({ id: message, subject: '本物です' }));
    mail.later(60);
    const { statusCode, headers, body } = await release(inquiryId);
    expect(statusCode).toBe(200);
    expect(body).toMatchObject({ id: inquiryId, status: 'new', fate: 'opened', version: 2 });
    expect(headers['etag']).toBe('"2"');
    mail.later(-60);
    const { fates } = await mail.receiptOf(id);
    expect(fates.map(({ fate }) => fate)).toEqual(['quarantined', 'opened']);
    const inquiry = await mail.load(inquiryId);
    expect(inquiry).toMatchObject({
      subject: '本物です',
      requester: { sub: 'hanako', department: '営業部' },
      source: { verdicts: { dmarc: 'FAIL' } },
    });
    expect(inquiry.quarantine).toBeUndefined();
    expect((await mail.eventsOf(inquiryId)).at(-1)).toMatchObject({
      type: 'InquiryAdmitted',
      by: { kind: 'agent', sub: 'lead-1', role: 'lead' },
    });
    const headersOfReply = { 'In-Reply-To': `<${message}>` };
    expect(await mail.deliver(composeRawMail({ headers: headersOfReply }))).toMatchObject({
      inquiryId,
    });
  });

  it('makes every later delivery of the message a duplicate', async () => {
    const raw = composeRawMail({});
    const { inquiryId } = await keep(raw);
    await release(inquiryId);
    expect(await mail.deliver(raw)).toMatchObject({ fate: 'duplicate', inquiryId });
  });

  it('continues the inquiry that the mail answers, and is merged into it', async () => {
    const opened = await mail.deliver(composeRawMail({ id: 'thread@client.example' }));
    await states.resolve(opened.inquiryId);
    const headers = { 'In-Reply-To': '<thread@client.example>' };
    const { id, inquiryId } = await keep(composeRawMail({ id: 'answer@client.example', headers }));
    const { body } = await release(inquiryId);
    expect(body).toMatchObject({ status: 'merged', fate: 'continued' });
    expect(await mail.load(inquiryId)).toMatchObject({ mergedInto: opened.inquiryId });
    expect(await mail.load(opened.inquiryId)).toMatchObject({ status: 'queued', messages: 2 });
    const { fates } = await mail.receiptOf(id);
    expect(fates[1]).toMatchObject({ fate: 'continued', inquiryId: opened.inquiryId });
    const next = composeRawMail({ headers: { 'In-Reply-To': '<answer@client.example>' } });
    expect(await mail.deliver(next)).toMatchObject({ inquiryId: opened.inquiryId });
  });

  it('first fires the alarms due on the inquiry that it continues', async () => {
    const opened = await mail.deliver(composeRawMail({ id: 'leased@client.example' }));
    await states.claim(opened.inquiryId, mailPeople.operator);
    mail.later(1000);
    const headers = { 'In-Reply-To': '<leased@client.example>' };
    const { inquiryId } = await keep(composeRawMail({ headers }));
    await release(inquiryId);
    expect((await mail.eventsOf(opened.inquiryId)).map(({ type }) => type).slice(-2)).toEqual([
      'LeaseLost',
      'MessageReceived',
    ]);
    mail.later(-1000);
  });

  it('grants no agent’s rights to whose name stands in From', async () => {
    const { inquiryId: id } = await mail.deliver(composeRawMail({}));
    await states.claim(id, mailPeople.operator);
    const raw = composeRawMail({ from: mailPeople.staff.address, to: mail.replyTo(id) });
    const { inquiryId } = await keep(raw);
    await release(inquiryId);
    expect(await mail.lastMessage(id)).toMatchObject({ unverified: true });
  });

  it('of a mail that has meanwhile come by a better way is merged into what that opened', async () => {
    const raw = composeRawMail({});
    const { id, inquiryId } = await keep(raw);
    const opened = await mail.deliver(raw);
    expect((await release(inquiryId)).body).toMatchObject({ status: 'merged', fate: 'duplicate' });
    expect(await mail.load(inquiryId)).toMatchObject({ mergedInto: opened.inquiryId });
    expect(await mail.load(opened.inquiryId)).toMatchObject({ messages: 1 });
    expect((await mail.receiptOf(id)).fates[1]).toMatchObject({ fate: 'duplicate' });
  });

  it('of a mail that cannot be read attaches its raw bytes', async () => {
    const raw = readMailSpecimen('undecodable-garbage');
    const { inquiryId } = await mail.deliver(raw);
    expect((await release(inquiryId)).body).toMatchObject({ status: 'new', fate: 'opened' });
    const admitted = (await mail.eventsOf(inquiryId)).at(-1);
    if (admitted?.type !== 'InquiryAdmitted') throw new TypeError('not admitted');
    const [attachment] = admitted.received.message.attachments;
    expect(attachment).toMatchObject({ name: 'message.eml', type: 'message/rfc822' });
    const kept = await mail.content.get(`attachment/${inquiryId}/${attachment?.id}`);
    expect(Buffer.from(kept ?? []).equals(raw)).toBe(true);
    expect(admitted.received.acknowledge).toBe(false);
  });

  it('of a mail whose original is gone lets it in and says so', async () => {
    const { inquiryId } = await keep(composeRawMail({ subject: '消えた' }));
    const { source } = await mail.load(inquiryId);
    await mail.engines.s3.send(
      new DeleteObjectCommand({ Bucket: bucketNames.mail, Key: String(source.raw) }),
    );
    expect((await release(inquiryId)).body).toMatchObject({ status: 'new', fate: 'opened' });
    expect(await mail.lastMessage(inquiryId)).toMatchObject({
      text: expect.stringContaining('原本は残っていません'),
      attachments: [],
    });
  });

  it('is done once by two leads at once', async () => {
    const { id, inquiryId } = await keep(composeRawMail({}));
    const answers = await Promise.all([release(inquiryId), release(inquiryId)]);
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 409]);
    expect((await mail.receiptOf(id)).fates).toHaveLength(2);
  });

  it('with an idempotency key gives the same answer, also to two requests at once', async () => {
    const { id, inquiryId } = await keep(composeRawMail({}));
    const key = { 'idempotency-key': 'release-1' };
    const answers = await Promise.all([release(inquiryId, key), release(inquiryId, key)]);
    answers.push(await release(inquiryId, key));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200]);
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect((await mail.receiptOf(id)).fates).toHaveLength(2);
  });
});

describe('a discard', () => {
  it('closes it unread with a note, and leaves its one fate', async () => {
    const { id, inquiryId } = await keep(composeRawMail({}));
    const key = { 'idempotency-key': 'discard-1' };
    const first = await discard(inquiryId, key, { note: 'なりすまし' });
    expect(first.body).toMatchObject({ status: 'closed', version: 2 });
    expect((await discard(inquiryId, key, { note: 'なりすまし' })).body).toEqual(first.body);
    expect((await mail.eventsOf(inquiryId)).at(-1)).toMatchObject({
      type: 'QuarantineDiscarded',
      note: 'なりすまし',
    });
    expect((await mail.receiptOf(id)).fates).toHaveLength(1);
  });

  it('answers two requests with one key alike', async () => {
    const { inquiryId } = await keep(composeRawMail({}));
    const key = { 'idempotency-key': 'discard-2' };
    const answers = await Promise.all([discard(inquiryId, key), discard(inquiryId, key)]);
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200]);
    expect(answers[0]?.body).toEqual(answers[1]?.body);
  });
});

describe('either', () => {
  it.each([
    ['release', release],
    ['discard', discard],
  ])('%s refuses what has changed since it was seen', async (_, judge) => {
    const { inquiryId } = await keep(composeRawMail({}));
    const stale = await judge(inquiryId, { 'if-match': '"7"' });
    expect([stale.statusCode, stale.body.code]).toEqual([412, 'inquiry.stale']);
    expect((await judge(inquiryId, { 'if-match': '"1"' })).statusCode).toBe(200);
  });

  it.each([
    ['release', release],
    ['discard', discard],
  ])('%s refuses what is not in quarantine, and what there is not', async (_, judge) => {
    const { inquiryId } = await mail.deliver(composeRawMail({}));
    const refused = await judge(inquiryId);
    expect([refused.statusCode, refused.body.code]).toEqual([409, 'intake.not-quarantined']);
    const nothing = await judge('019a0000-0000-7000-8000-00000000dead' as InquiryId);
    expect([nothing.statusCode, nothing.body.code]).toEqual([404, 'access.not-found']);
  });

  it('finds it by its number, however it is written', async () => {
    const { inquiryId } = await keep(composeRawMail({}));
    const { number } = await mail.load(inquiryId);
    const { body } = await discard(number.toLowerCase().replaceAll('-', '') as never);
    expect(body).toMatchObject({ id: inquiryId });
  });

  it.each(['hanako', 'operator-a1', 'staff-1'])('is not for %s, but for leads only', async (as) => {
    const { inquiryId } = await keep(composeRawMail({}));
    for (const route of [
      'POST /v1/quarantine/{id}/release',
      'POST /v1/quarantine/{id}/discard',
      'GET /v1/quarantine',
      'GET /v1/intake/receipts',
    ]) {
      const { statusCode } = await ask(route, { as, id: inquiryId });
      expect([route, statusCode]).toEqual([route, 403]);
    }
    expect(await mail.load(inquiryId)).toMatchObject({ status: 'quarantined' });
  });
});

describe('the lists', () => {
  it('show page by page what is in quarantine, the oldest first, and nothing else', async () => {
    const kept: (string | undefined)[] = [];
    for (let at = 0; at < 3; at += 1) {
      mail.later(60);
      kept.push((await keep(composeRawMail({ subject: `一覧 ${at}` }))).inquiryId);
    }
    const ids: string[] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const query = { limit: '2', ...(cursor === undefined ? {} : { cursor }) };
      const { body } = await ask('GET /v1/quarantine', { query });
      ids.push(...body.items.map(({ id }: { id: string }) => id));
      cursor = body.next;
    }
    expect(ids.slice(-3)).toEqual(kept);
    expect(new Set(ids).size).toBe(ids.length);
    const { body } = await ask('GET /v1/quarantine', { query: { limit: '100' } });
    expect(body.items.at(-1)).toMatchObject({
      subject: '一覧 2',
      reason: 'spoofed',
      sender: { address: 'hanako@toritsugi.example' },
      raw: expect.stringContaining('raw/2026/11/24/'),
    });
  });

  it('show the receipts of a day with their last fate and all fates', async () => {
    const { id, inquiryId } = await keep(composeRawMail({}));
    await release(inquiryId);
    const { body } = await ask('GET /v1/intake/receipts', {
      query: { date: '2026-11-24', limit: '100' },
    });
    const shown = body.items.find((item: { id: string }) => item.id === id);
    expect(shown).toMatchObject({ fate: 'opened', inquiryId });
    expect(shown.fates).toMatchObject([{ fate: 'quarantined' }, { fate: 'opened' }]);
    const other = await ask('GET /v1/intake/receipts', { query: { date: '2026-11-23' } });
    expect(other.body).toEqual({ items: [], next: null });
  });

  it('refuse a cursor of another list', async () => {
    const { body } = await ask('GET /v1/intake/receipts', { query: { limit: '1' } });
    const { statusCode } = await ask('GET /v1/quarantine', { query: { cursor: body.next } });
    expect(statusCode).toBe(400);
  });
});
