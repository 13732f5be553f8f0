import { createHmac, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ListQueuesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  expectOne,
  type HelpDesk,
  type Json,
  makeMessageId,
  makeStageContext,
  startHelpDesk,
  waitUntil,
} from '../support/help-desk-host.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../support/start-receiver.ts';

type Access = { readonly base: string; readonly key: string; readonly secret: string };
type Ask = (
  access: Access,
  method: string,
  path: string,
  body?: object,
) => Promise<{ readonly status: number; readonly answer: Json }>;

const docs = readFileSync(new URL('../../docs/vendor-systems.md', import.meta.url), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'toritsugi-vendor-'));
const name = { ja: '委託', en: 'Outsourced' };
const stage = makeStageContext({
  desks: [
    { id: 'staff', kind: 'internal', mode: 'push', name },
    { id: 'bpo', kind: 'outsourced', mode: 'pull', vendor: 'vendor-a', name },
    {
      ...{ id: 'sys', kind: 'outsourced', mode: 'push', vendor: 'vendor-s', name },
      vendorAccount: '444455556666',
    },
  ],
});

let desk: HelpDesk;
let receiver: WebhookReceiver;
let ask: Ask;
let access: Access;

/** Asks as the documentation tells vendors to. */
const asSystem = (method: string, rest: string, body?: object, by = access) =>
  ask(by, method, `/v1/vendors/vendor-s${rest}`, body);

async function configure(keys: readonly object[]): Promise<void> {
  const system = { url: `${receiver.origin}/hook`, keys };
  const document = {
    vendors: { 'vendor-s': { system }, 'vendor-a': { system: { keys: [{ id: 'k1' }] } } },
  };
  const put = await desk.call('lead-1', 'PUT /v1/config/desks', { document });
  expect(put.status).toBe(201);
}

async function secretOf(key: string, vendor = 'vendor-s'): Promise<string> {
  const path = `/v1/config/desks/vendors/${vendor}/keys/${key}`;
  const { status, body } = await desk.call('lead-1', `GET ${path}`);
  expect(status).toBe(200);
  return body.secret;
}

/** What the receiver was told of an inquiry, its signature checked. */
async function readWebhooks(type: string, inquiryId: string): Promise<Json[]> {
  return receiver.received.flatMap(({ headers, body }) => {
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
    const key = Buffer.from(access.secret.slice('whsec_'.length), 'base64');
    const mac = createHmac('sha256', key).update(signed).digest('base64');
    expect(String(headers['webhook-signature']).split(' ')).toContain(`v1,${mac}`);
    const content = JSON.parse(body) as Json;
    return content.type === type && content.inquiryId === inquiryId ? [content] : [];
  });
}

async function mailIn(subject: string, text: string): Promise<Json> {
  const messageId = makeMessageId();
  await desk.send({ from: 'employee-1@toritsugi.example', subject, text, messageId });
  await desk.idle();
  return desk.inquiryOf(messageId);
}

beforeAll(async () => {
  const [, code = ''] = /```js\n([\s\S]*?)```/.exec(docs) ?? [];
  const file = join(folder, 'ask.mjs');
  writeFileSync(file, code);
  ({ ask } = (await import(pathToFileURL(file).href)) as { ask: Ask });
  receiver = await startWebhookReceiver();
  desk = await startHelpDesk({ context: stage, webhookExceptions: [receiver.origin] });
  await configure([{ id: 'k1' }]);
  access = { base: desk.host.url, key: 'k1', secret: await secretOf('k1') };
  const document = {
    rules: [{ id: 'other-vendor', when: { text: ['ほかの委託先'] }, set: { desk: 'bpo' } }],
    otherwise: { desk: 'sys', priority: 'medium', category: 'other' },
  };
  const put = await desk.call('lead-1', 'PUT /v1/config/routing', { document });
  expect(put.status).toBe(201);
});
afterAll(async () => {
  await desk?.stop();
  await receiver?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('an inquiry that comes to a vendor with a system of its own', () => {
  let inquiry: Json;
  let fence: number;

  beforeAll(async () => {
    inquiry = await mailIn('VPN', 'つながりません。パスワード: hunter2-Geheim です。');
  });

  it('is told to the system by ids only', async () => {
    const { id, number } = inquiry;
    expect(inquiry).toMatchObject({ desk: 'sys', status: 'queued' });
    expect(await readWebhooks('inquiry.waiting', id)).toEqual([
      { type: 'inquiry.waiting', inquiryId: id, number, desk: 'sys', priority: 'medium' },
    ]);
  });

  it('is claimed and read by signed requests, masked', async () => {
    const claimed = await asSystem('POST', '/desks/sys/claims?wait=0', {});
    expect(claimed).toMatchObject({ status: 200, answer: { id: inquiry.id } });
    fence = claimed.answer.lease.fence;
    const thread = await asSystem('GET', `/inquiries/${inquiry.id}/messages?limit=10`);
    expect(thread.status).toBe(200);
    const [first] = thread.answer.items;
    expect(first.text).toContain('つながりません。');
    expect(JSON.stringify([claimed.answer, thread.answer])).not.toMatch(
      /hunter2-Geheim|employee-1@/,
    );
    expect((await asSystem('POST', '/desks/sys/claims', {})).answer.id).toBe(inquiry.id);
  });

  it('is resolved under its fence, which the requester is told by mail', async () => {
    const beat = await asSystem('POST', `/inquiries/${inquiry.id}/heartbeat`, { fence });
    expect(beat).toMatchObject({ status: 200, answer: { fence } });
    const given = { message: '証明書を更新しました。' };
    const resolve = (body: object) => asSystem('POST', `/inquiries/${inquiry.id}/resolve`, body);
    expect(await resolve({ ...given, fence: fence + 1 })).toMatchObject({
      status: 409,
      answer: { code: 'work.lease-lost' },
    });
    expect(await resolve({ ...given, fence })).toMatchObject({
      status: 200,
      answer: { status: 'resolved' },
    });
    await desk.idle();
    const mails = await desk.mailbox('employee-1@toritsugi.example');
    const answer = expectOne(mails.filter(({ text }) => text.includes('証明書を更新しました。')));
    expect(answer.headers['subject']).toContain(inquiry.number);
    expect(JSON.stringify(answer.headers)).not.toContain('vendor-s.invalid');
  });

  it('leaves a trail in the audit, with the key', async () => {
    const { body } = await desk.call('lead-1', `GET /v1/audit?inquiry=${inquiry.number}`);
    const entries = (body.items as Json[]).filter(({ actor }) => actor.sub === 'vendor:vendor-s');
    expect(entries.map(({ action, outcome }) => [action, outcome.status]).reverse()).toEqual([
      ['claim', 200],
      ['read-messages', 200],
      ['claim', 200],
      ['resolve', 409],
      ['resolve', 200],
    ]);
    expect(new Set(entries.map(({ actor }) => actor.key))).toEqual(new Set(['k1']));
    const looks = (await desk.call('lead-1', 'GET /v1/audit?action=read-secret')).body.items;
    expect(looks).toMatchObject([{ object: 'vendor-s k1', outcome: { status: 200 } }]);
  });
});

describe('who does not sign as they have to', () => {
  it('is not let in: a wrong secret, an old timestamp, no signature', async () => {
    const path = '/desks/sys/claims';
    const wrong = { ...access, secret: `whsec_${Buffer.alloc(32).toString('base64')}` };
    expect((await asSystem('POST', path, {}, wrong)).status).toBe(401);
    const headers = {
      'webhook-id': randomUUID(),
      'webhook-timestamp': String(Math.floor(Date.now() / 1000) - 400),
      'x-toritsugi-key': 'k1',
    };
    const key = Buffer.from(access.secret.slice('whsec_'.length), 'base64');
    const mac = createHmac('sha256', key)
      .update(
        `${headers['webhook-id']}.${headers['webhook-timestamp']}.POST /v1/vendors/vendor-s${path}.{}`,
      )
      .digest('base64');
    const route = `POST /v1/vendors/vendor-s${path}`;
    const old = { ...headers, 'webhook-signature': `v1,${mac}` };
    expect((await desk.call(undefined, route, {}, { headers: old })).status).toBe(401);
    expect((await desk.call(undefined, route, {})).status).toBe(401);
    expect((await desk.call('lead-1', route, {})).status).toBe(401);
  });

  it("is told nothing of another vendor's inquiry", async () => {
    const { id } = await mailIn('ほかの委託先', 'ほかの委託先の件です。');
    expect(await asSystem('GET', `/inquiries/${id}`)).toMatchObject({
      status: 404,
      answer: { code: 'access.not-found' },
    });
    expect(await readWebhooks('inquiry.waiting', id)).toEqual([]);
    const other = { ...access, secret: await secretOf('k1', 'vendor-a') };
    expect((await asSystem('GET', `/inquiries/${id}`, undefined, other)).status).toBe(401);
    const theirs = await ask(other, 'GET', `/v1/vendors/vendor-a/inquiries/${id}`);
    expect(theirs.status).toBe(200);
  });

  it('is out as soon as the key is retired, while the other one is good', async () => {
    await configure([{ id: 'k1' }, { id: 'k2' }]);
    const second = { ...access, key: 'k2', secret: await secretOf('k2') };
    const path = '/desks/sys/claims';
    expect((await asSystem('POST', path, {}, second)).status).toBe(204);
    await configure([{ id: 'k1', state: 'retired' }, { id: 'k2' }]);
    expect((await asSystem('POST', path, {})).status).toBe(401);
    expect((await asSystem('POST', path, {}, second)).status).toBe(204);
    const gone = await desk.call('lead-1', 'GET /v1/config/desks/vendors/vendor-s/keys/k1');
    expect(gone).toMatchObject({ status: 404, body: { code: 'config.unknown-key' } });
    await configure([{ id: 'k1' }]);
  });
});

describe('a command that comes by the answers queue', () => {
  async function send(message: object): Promise<void> {
    const sqs = new SQSClient({});
    const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}));
    const url = expectOne(QueueUrls.filter((one) => one.endsWith('-vendor-sys')));
    const body = JSON.stringify(message);
    await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: body }));
    sqs.destroy();
    await desk.idle();
  }

  it('resolves an inquiry that waits, once', async () => {
    const { id } = await mailIn('プリンタ', '印刷できません。');
    const message = { id: 't-1', inquiryId: id, command: 'resolve', message: '再起動しました。' };
    await send(message);
    await send(message);
    expect(await desk.call('lead-1', `GET /v1/inquiries/${id}`)).toMatchObject({
      body: { status: 'resolved' },
    });
    const events = await desk.eventsOf(id);
    expect(events.filter((type) => type === 'InquiryResolved')).toHaveLength(1);
    const mails = await desk.mailbox('employee-1@toritsugi.example');
    expect(mails.filter(({ text }) => text.includes('再起動しました。'))).toHaveLength(1);
  });

  it('tells the fence of a claim, and what it refuses', async () => {
    const { id } = await mailIn('モニター', '映りません。');
    await send({ id: 't-2', inquiryId: id, command: 'claim' });
    const [claimed] = await waitUntil(async () => {
      const found = await readWebhooks('inquiry.claimed', id);
      return found.length > 0 ? found : undefined;
    });
    expect(claimed).toMatchObject({ id: 't-2', command: 'claim', fence: 1 });
    await send({ id: 't-3', inquiryId: id, command: 'resolve', fence: claimed.fence + 1 });
    expect(await readWebhooks('command.refused', id)).toMatchObject([
      { id: 't-3', command: 'resolve', code: 'work.lease-lost' },
    ]);
    await send({ id: 't-4', inquiryId: id, command: 'release', fence: claimed.fence });
    expect(await desk.eventsOf(id)).toContain('InquiryReleased');
  });
});
