import {
  ListQueuesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  extractLegible,
  type PlantedSecret,
  plantText,
  SeededRandom,
  secretPlanters,
} from '../core/masking/plant-secrets.ts';
import {
  type ApiResponse,
  expectOne,
  type HelpDesk,
  helpAddress,
  type Json,
  makeMessageId,
  makeStageContext,
  startHelpDesk,
} from '../support/help-desk-host.ts';
import { signRequest, type VendorSigningKey } from '../support/sign-request.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../support/start-receiver.ts';

/*
 * How a text is masked is tested on its own; this tests that nothing people write reaches a vendor
 * unmasked, over any channel.
 */

const counts = { mails: 6, forms: 3, calls: 3 };
const operator = 'operator-a1';

const name = { ja: '受付', en: 'Desk' };
const vendorAccount = '444455556666';
/** One vendor has operators and reads its desk queue; the other has a system of its own. */
const stage = makeStageContext({
  desks: [
    { id: 'staff', kind: 'internal', mode: 'push', name },
    { id: 'bpo', kind: 'outsourced', mode: 'pull', vendor: 'vendor-a', name, vendorAccount },
    { id: 'sys', kind: 'outsourced', mode: 'push', vendor: 'vendor-s', name, vendorAccount },
  ],
});

let desk: HelpDesk;
let receiver: WebhookReceiver;
let key: VendorSigningKey;
const seededRandom = new SeededRandom(20261122);
let texts = 0;
/** The secrets in all that people wrote about each inquiry, by its id. */
const secrets = new Map<string, PlantedSecret[]>();
/** All that reached the vendors about each inquiry, by its id; under `''` what is about none. */
const received = new Map<string, string[]>();

/** Texts with secrets, recorded for the inquiry about which they are written. */
function write(into: PlantedSecret[], count: number): string {
  texts += count;
  return Array.from({ length: count }, () => {
    const { text, planted } = plantText(seededRandom);
    into.push(...planted);
    return text;
  }).join('\n\n');
}

/** One secret on a single line, as in the name of a file or a person. */
function plantOneLine(into: PlantedSecret[]): string {
  const planted = seededRandom.pick([
    secretPlanters.card,
    secretPlanters.myNumber,
    secretPlanters.phone,
    secretPlanters.mail,
  ])(seededRandom);
  if (/[\r\n/\\<>"&\u200b\u00ad]/.test(planted.written)) return plantOneLine(into);
  into.push(planted);
  return planted.written;
}

const oneLine = (text: string) => text.replace(/\s+(?:> ?)*/g, ' ').slice(0, 180);
const quoted = (text: string) => text.replace(/^/gm, '> ');

async function byMail(index: number): Promise<() => Promise<void>> {
  const planted: PlantedSecret[] = [];
  const messageId = makeMessageId();
  // The last one is over 64 KiB and is stored in the content bucket.
  const isLong = index === counts.mails - 1;
  const text = write(planted, isLong ? 400 : 45);
  expect(Buffer.byteLength(text) > 65_536).toBe(isLong);
  await desk.send({
    messageId,
    from: { name: `佐藤 ${plantOneLine(planted)}`, address: 'employee-1@toritsugi.example' },
    to: helpAddress,
    subject: `VPN ${oneLine(write(planted, 1))}`,
    text: `${text}\n\n2026年11月20日(金) 10:00 鈴木 <help@toritsugi.example>:\n${quoted(write(planted, 10))}`,
    attachments: [
      { filename: `${plantOneLine(planted)}.txt`, content: 'file', contentType: 'text/plain' },
      { filename: `${plantOneLine(planted)}.png`, content: 'file', contentType: 'image/png' },
    ],
  });
  return async () => void secrets.set((await desk.inquiryOf(messageId)).id, planted);
}

async function byForm(): Promise<void> {
  const planted: PlantedSecret[] = [];
  const fields = {
    subject: `VPN ${plantOneLine(planted)}`,
    description: write(planted, 40).slice(0, 20_000),
  };
  const { body } = await must('employee-1', 'POST /v1/inquiries', { form: 'general', fields });
  secrets.set(body.id, planted);
}

async function byCall(index: number): Promise<void> {
  const planted: PlantedSecret[] = [];
  const phone = secretPlanters.phone(seededRandom);
  const startedAt = new Date(Date.now() - (index + 2) * 60_000).toISOString();
  const { body } = await must('staff-1', 'POST /v1/phone-logs', {
    caller: { name: `佐藤 ${plantOneLine(planted)}`, phone: phone.plain },
    callbackNumber: phone.plain,
    ...{ startedAt, endedAt: new Date(Date.parse(startedAt) + 30_000).toISOString() },
    subject: `電話 ${plantOneLine(planted)}`,
    summary: write(planted, 60),
    outcome: 'open',
    desk: 'bpo',
  });
  planted.push(phone);
  secrets.set(body.id, planted);
}

async function must(as: string, route: string, body?: unknown): Promise<Json> {
  const answered = await desk.call(as, route, body);
  if (answered.status >= 300) throw new Error(`${route}: ${JSON.stringify(answered.body)}`);
  return answered;
}

/** Asks as the vendor's operator, and records every answer. */
async function ask(route: string, body?: unknown): Promise<Json> {
  return recordAnswer(route, await desk.call(operator, route, body));
}

/** The routes that the vendor's system called, each with the status of its answer. */
const calledRoutes = new Set<string>();

/** Asks as the other vendor's system, and records every answer. */
async function askSigned(method: 'GET' | 'POST', path: string, body?: object): Promise<Json> {
  const route = `${method} /v1/vendors/vendor-s${path}`;
  const raw = body === undefined ? undefined : JSON.stringify(body);
  const sent = raw === undefined ? {} : { raw };
  const headers = signRequest(key, route, raw);
  const answered = await desk.call(undefined, route, undefined, { ...sent, headers });
  calledRoutes.add(`${answered.status} ${method} ${path.replace(/[0-9a-f-]{36}/, '{id}')}`);
  return recordAnswer(route, answered);
}

function recordAnswer(route: string, { status, body: answer, headers }: ApiResponse): Json {
  const of = [...secrets.keys()].filter((id) => route.includes(id) || answer?.id === id);
  recordValue(of[0] ?? '', {
    answer,
    named: ['etag', 'location', 'link'].map((name) => headers.get(name) ?? ''),
  });
  // An item of a list belongs to its own inquiry.
  for (const item of answer?.items ?? []) if (secrets.has(item.id)) recordValue(item.id, item);
  return { status, body: answer };
}

function recordValue(id: string, answer: unknown): void {
  const known = received.get(id) ?? [];
  known.push(...leavesOf(answer).filter((text) => !made.test(text)));
  received.set(id, known);
}

/** What no person wrote: ids, instants and checksums, whose digits match by chance. */
const made = /^(?:[0-9a-f-]{36}|[0-9a-f]{32,}|\d{4}-\d\d-\d\dT[\d:.+Z]+|\d+)$/;

/** Every text in a value of JSON, including the names of its fields. */
function leavesOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(leavesOf);
  if (typeof value !== 'object' || value === null) return [String(value)];
  return Object.entries(value).flatMap(([key, inner]) => [key, ...leavesOf(inner)]);
}

beforeAll(async () => {
  receiver = await startWebhookReceiver();
  desk = await startHelpDesk({ context: stage, webhookExceptions: [receiver.origin] });
  const system = { url: `${receiver.origin}/hook`, keys: [{ id: 'k1' }] };
  await must('lead-1', 'PUT /v1/config/desks', {
    document: { vendors: { 'vendor-s': { system } } },
  });
  key = (await must('lead-1', 'GET /v1/config/desks/vendors/vendor-s/keys/k1')).body;
  const mails = await Promise.all(Array.from({ length: counts.mails }, (_, at) => byMail(at)));
  for (let index = 0; index < counts.forms; index += 1) await byForm();
  for (let index = 0; index < counts.calls; index += 1) await byCall(index);
  await desk.idle();
  for (const keepMail of mails) await keepMail();
  let at = 0;
  for (const [id, planted] of secrets) {
    const wantedDesk = at % 2 === 0 ? 'bpo' : 'sys';
    const { body } = await must('lead-1', `GET /v1/inquiries/${id}`);
    if (body.desk !== wantedDesk)
      await must('lead-1', `POST /v1/inquiries/${id}/transfer`, { desk: wantedDesk });
    const note = { kind: 'internal', text: write(planted, 3) };
    await must('staff-1', `POST /v1/inquiries/${id}/messages`, note);
    at += 1;
  }
  await desk.idle();
  const ids = [...secrets.keys()];
  await work(ids.filter((_, index) => index % 2 === 0));
  const ofSystem = ids.filter((_, index) => index % 2 === 1);
  await workByQueue(ofSystem.slice(3));
  await workSigned(ofSystem.slice(0, 3));
  await desk.idle();
  for (const { body } of receiver.received) {
    const content = JSON.parse(body);
    recordValue(content.inquiryId, content);
  }
});
afterAll(async () => {
  await desk?.stop();
  await receiver?.stop();
});

const plantedIn = (id: string) => secrets.get(id) ?? [];

/** All that a vendor's operator can do and ask, with some of it refused. */
async function work(ids: readonly string[]): Promise<void> {
  await ask('GET /v1/desks/bpo/worklist?limit=100');
  await ask('GET /v1/inquiries?desk=bpo&limit=100');
  let at = 0;
  for (const id of ids) {
    const planted = plantedIn(id);
    const of = `/v1/inquiries/${id}`;
    const { body: before } = await ask(`GET ${of}`);
    await ask(`GET /v1/inquiries?number=${before.number}`);
    const claim = (await ask(`POST ${of}/claim`, {})).body;
    const { fence } = claim.lease;
    await ask(`POST ${of}/heartbeat`, { fence });
    await ask(`POST ${of}/messages`, { kind: 'internal', fence, text: write(planted, 1) });
    await must('employee-1', `POST ${of}/messages`, {
      kind: 'public',
      text: write(planted, 1),
    }).catch(() => undefined);
    const { body: thread } = await ask(`GET ${of}/messages?limit=100`);
    for (const message of thread.items) {
      for (const { id: attachment } of message.attachments) {
        expect((await ask(`GET ${of}/attachments/${attachment}`)).status).toBe(403);
      }
    }
    await ask(`GET ${of}/clocks/resolution/explain`);
    await ask(`GET ${of}/events`);
    await ask(`POST ${of}/unmaskings`, { of: 'requester', kinds: ['my-number'], reason: '…' });
    const after = [
      [`POST ${of}/wait`, { fence, message: '確認します。' }],
      [`POST ${of}/resolve`, { fence, message: '直りました。' }],
      [`POST ${of}/transfer`, { fence, desk: 'staff' }],
      [`POST ${of}/release`, { fence }],
    ] as const;
    const [route, body] = after[at % after.length] ?? after[0];
    expect((await ask(route, body)).status).toBe(200);
    await must('employee-1', `POST ${of}/rating`, { score: 3, comment: write(planted, 1) }).catch(
      () => undefined,
    );
    await ask(`GET ${of}`);
    await ask(`POST ${of}/resolve`, { fence });
    at += 1;
  }
  await ask('GET /v1/inquiries?agent=me&limit=100');
  await ask('GET /v1/desks');
}

/** All that a vendor's system can do and ask by signed requests, with some of it refused. */
async function workSigned(ids: readonly string[]): Promise<void> {
  const endings = [
    ['wait', { message: '確認します。' }],
    ['transfer', { desk: 'staff' }],
    ['resolve', { message: '直りました。' }],
  ] as const;
  for (const id of ids) {
    const planted = plantedIn(id);
    const of = `/inquiries/${id}`;
    await askSigned('GET', of);
    const { fence } = (await askSigned('POST', `${of}/claim`, {})).body.lease;
    await askSigned('POST', `${of}/heartbeat`, { fence });
    await askSigned('POST', `${of}/messages`, { kind: 'internal', fence, text: write(planted, 1) });
    await askSigned('POST', `${of}/messages`, { kind: 'public', fence, text: write(planted, 1) });
    await askSigned('GET', `${of}/messages?limit=100`);
    await askSigned('POST', `${of}/release`, { fence: fence + 1, note: write(planted, 1) });
    await askSigned('POST', `${of}/release`, { fence });
  }
  for (const [name, body] of endings) {
    const { id, lease } = (await askSigned('POST', '/desks/sys/claims', {})).body;
    const of = `/inquiries/${id}`;
    await askSigned('POST', `${of}/${name}`, { ...body, fence: lease.fence });
    await askSigned('GET', of);
    await askSigned('GET', `${of}/messages?limit=100`);
  }
}

/** The same by the answers queue of its desk; webhooks tell the results. */
async function workByQueue(ids: readonly string[]): Promise<void> {
  const sqs = new SQSClient({});
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}));
  const QueueUrl = expectOne(QueueUrls.filter((one) => one.endsWith('-vendor-sys')));
  const send = async (...messages: readonly object[]) => {
    for (const message of messages) {
      // The embedded engine alters characters beyond U+FFFF; SQS does not.
      const MessageBody = JSON.stringify(message).replace(
        /[\ud800-\udfff]/g,
        (unit) => `\\u${unit.charCodeAt(0).toString(16)}`,
      );
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
    }
    await desk.idle();
  };
  const each = (name: string, body: (id: string) => object) =>
    send(...ids.map((inquiryId, at) => ({ id: `${name}-${at}`, inquiryId, ...body(inquiryId) })));
  const texts = (id: string) => write(plantedIn(id), 1);
  await each('claim', () => ({ command: 'claim' }));
  const fenceOf = (id: string): number =>
    receiver.received
      .map(({ body }) => JSON.parse(body))
      .find(({ type, inquiryId }) => type === 'inquiry.claimed' && inquiryId === id)?.fence;
  await each('note', (id) => ({
    ...{ command: 'message', kind: 'internal', text: texts(id), fence: fenceOf(id) },
  }));
  await each('late', (id) => ({ command: 'resolve', message: texts(id), fence: fenceOf(id) + 1 }));
  await each('answer', (id) => ({ command: 'resolve', message: texts(id), fence: fenceOf(id) }));
  await each('again', (id) => ({ command: 'wait', message: texts(id) }));
  sqs.destroy();
  for (const id of ids) await askSigned('GET', `/inquiries/${id}/messages?limit=100`);
}

/** The secrets that are readable in what the vendors got, each with its place. */
function findReadable(texts: readonly string[], planted: readonly PlantedSecret[]): string[] {
  const all = [...new Set(texts)].map((text) => [text, extractLegible(text)] as const);
  return planted.flatMap(({ kind, plain }) => {
    const letters = extractLegible(plain);
    return all
      .filter(([text, read]) => text.includes(plain) || read.includes(letters))
      .map(([text]) => `${kind} in ${text.slice(0, 60)}`);
  });
}

describe('what a vendor’s operator or its system is told', () => {
  test('was written with secrets of every kind, which the house reads', async () => {
    const planted = [...secrets.values()].flat();
    expect(secrets.size).toBe(counts.mails + counts.forms + counts.calls);
    expect(texts).toBeGreaterThan(1_000);
    expect(new Set(planted.map(({ kind }) => kind)).size).toBe(7);
    for (const [id, own] of [...secrets].slice(0, 2)) {
      expect(findReadable(leavesOf(await desk.messagesOf(id)), own).length).toBeGreaterThan(50);
    }
  });

  test('came over every channel there is', () => {
    const types = receiver.received.map(({ body }) => JSON.parse(body).type);
    expect(new Set(types)).toEqual(
      new Set(['inquiry.waiting', 'inquiry.claimed', 'command.refused']),
    );
    expect([...calledRoutes].sort()).toEqual([
      '200 GET /inquiries/{id}',
      '200 GET /inquiries/{id}/messages?limit=100',
      '200 POST /desks/sys/claims',
      '200 POST /inquiries/{id}/claim',
      '200 POST /inquiries/{id}/heartbeat',
      '200 POST /inquiries/{id}/release',
      '200 POST /inquiries/{id}/resolve',
      '200 POST /inquiries/{id}/transfer',
      '200 POST /inquiries/{id}/wait',
      '201 POST /inquiries/{id}/messages',
      '403 GET /inquiries/{id}/messages?limit=100',
      '409 POST /inquiries/{id}/release',
    ]);
  });

  test('holds none of them, in any answer about any inquiry', () => {
    const leaked = [...secrets].flatMap(([id, planted]) =>
      findReadable(received.get(id) ?? [], planted).map((leak) => `${id}: ${leak}`),
    );
    expect(leaked).toEqual([]);
    const shown = [...received.values()].flat();
    for (const mark of ['⟦card⟧', '⟦my-number⟧', '⟦phone⟧', '⟦mail⟧', '⟦key⟧', '⟦password⟧']) {
      expect(shown.some((text) => text.includes(mark))).toBe(true);
    }
  });

  test('holds none of them in answers about no inquiry', () => {
    const planted = [...secrets.values()].flat();
    expect(findReadable(received.get('') ?? [], planted)).toEqual([]);
  });

  test('has none of them in the mail that comes to them', async () => {
    const mails = (
      await Promise.all(
        ['operator-a1', 'operator-a2'].map((who) => desk.mailbox(`${who}@vendor-a.example`)),
      )
    ).flat();
    expect(mails.length).toBeGreaterThan(0);
    // The time of day could contain a code of six digits.
    const planted = [...secrets.values()].flat().filter(({ plain }) => plain.length >= 8);
    const mailTexts = mails.flatMap(({ headers, text, html = '' }) => [
      ...[headers['subject'] ?? '', text, html],
    ]);
    expect(findReadable(mailTexts, planted)).toEqual([]);
  });

  test('is a desk queue message that carries ids alone', async () => {
    const sqs = new SQSClient({});
    try {
      const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}));
      const urls = QueueUrls.filter((url) => /bpo/i.test(url) && !/dead|dlq/i.test(url));
      const bodies: string[] = [];
      for (const QueueUrl of urls) {
        for (let read = 0; read < 20; read += 1) {
          const { Messages = [] } = await sqs.send(
            new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 0 }),
          );
          bodies.push(...Messages.map(({ Body = '' }) => Body));
        }
      }
      expect(bodies.length).toBeGreaterThan(0);
      for (const body of bodies) expect(Object.keys(JSON.parse(body))).toEqual(['inquiryId']);
    } finally {
      sqs.destroy();
    }
  });
});
