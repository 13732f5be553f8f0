import { ListQueuesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Dice, legible, type Planted, plants, plantText } from '../core/masking/planted.ts';
import {
  type HelpDesk,
  helpAddress,
  type Json,
  newMessageId,
  startHelpDesk,
} from '../support/help-desk-host.ts';

/*
 * The masking of a text is tried on its own; here it is that nothing of what people write gets to a
 * vendor past it, by whatever door.
 */

const counts = { mails: 8, forms: 4, calls: 4 };
const operator = 'operator-a1';

let desk: HelpDesk;
const dice = new Dice(20261122);
let texts = 0;
/** The secrets in all that people wrote about each inquiry, by its id. */
const secrets = new Map<string, Planted[]>();
/** All that came to the vendor's people of each inquiry, by its id; under `''` what is of none. */
const reached = new Map<string, string[]>();

/** Texts with secrets, kept with the inquiry of which they are to be written. */
function write(into: Planted[], count: number): string {
  texts += count;
  return Array.from({ length: count }, () => {
    const { text, planted } = plantText(dice);
    into.push(...planted);
    return text;
  }).join('\n\n');
}

/** One secret that stands on a line, as in a file's or a person's name. */
function name(into: Planted[]): string {
  const planted = dice.of([plants.card, plants.myNumber, plants.phone, plants.mail])(dice);
  if (/[\r\n/\\<>"&\u200b\u00ad]/.test(planted.written)) return name(into);
  into.push(planted);
  return planted.written;
}

const oneLine = (text: string) => text.replace(/\s+(?:> ?)*/g, ' ').slice(0, 180);
const quoted = (text: string) => text.replace(/^/gm, '> ');

async function byMail(index: number): Promise<void> {
  const planted: Planted[] = [];
  const messageId = newMessageId();
  // The last one is over 64 KiB, and stands in the content bucket.
  const count = index === counts.mails - 1 ? 500 : 95;
  await desk.send({
    messageId,
    from: { name: `佐藤 ${name(planted)}`, address: 'employee-1@toritsugi.example' },
    to: helpAddress,
    subject: `VPN ${oneLine(write(planted, 1))}`,
    text: `${write(planted, count)}\n\n2026年11月20日(金) 10:00 鈴木 <help@toritsugi.example>:\n${quoted(write(planted, 20))}`,
    attachments: [
      { filename: `${name(planted)}.txt`, content: 'file', contentType: 'text/plain' },
      { filename: `${name(planted)}.png`, content: 'file', contentType: 'image/png' },
    ],
  });
  await desk.idle();
  secrets.set((await desk.inquiryOf(messageId)).id, planted);
}

async function byForm(): Promise<void> {
  const planted: Planted[] = [];
  const fields = {
    subject: `VPN ${name(planted)}`,
    description: write(planted, 50).slice(0, 20_000),
  };
  const { body } = await must('employee-1', 'POST /v1/inquiries', { form: 'general', fields });
  secrets.set(body.id, planted);
}

async function byCall(index: number): Promise<void> {
  const planted: Planted[] = [];
  const phone = plants.phone(dice);
  const startedAt = new Date(Date.now() - (index + 2) * 60_000).toISOString();
  const { body } = await must('staff-1', 'POST /v1/phone-logs', {
    caller: { name: `佐藤 ${name(planted)}`, phone: phone.plain },
    callbackNumber: phone.plain,
    ...{ startedAt, endedAt: new Date(Date.parse(startedAt) + 30_000).toISOString() },
    subject: `電話 ${name(planted)}`,
    summary: write(planted, 120),
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

/** Asks as the vendor's operator, and keeps what came back, whatever it was. */
async function ask(route: string, body?: unknown): Promise<Json> {
  const { status, body: answer, headers } = await desk.call(operator, route, body);
  const of = [...secrets.keys()].filter((id) => route.includes(id) || answer?.id === id);
  keep(of[0] ?? '', {
    answer,
    named: ['etag', 'location', 'link'].map((name) => headers.get(name) ?? ''),
  });
  // An item of a list is of the inquiry that it is.
  for (const item of answer?.items ?? []) if (secrets.has(item.id)) keep(item.id, item);
  return { status, body: answer };
}

function keep(id: string, answer: unknown): void {
  const known = reached.get(id) ?? [];
  known.push(...leavesOf(answer).filter((text) => !made.test(text)));
  reached.set(id, known);
}

/** What no person wrote: ids, instants and checksums, whose digits could be anybody's. */
const made = /^(?:[0-9a-f-]{36}|[0-9a-f]{32,}|\d{4}-\d\d-\d\dT[\d:.+Z]+|\d+)$/;

/** Every text in a value of JSON, the names of its fields among them. */
function leavesOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(leavesOf);
  if (typeof value !== 'object' || value === null) return [String(value)];
  return Object.entries(value).flatMap(([key, inner]) => [key, ...leavesOf(inner)]);
}

beforeAll(async () => {
  desk = await startHelpDesk();
  for (let index = 0; index < counts.mails; index += 1) await byMail(index);
  for (let index = 0; index < counts.forms; index += 1) await byForm();
  for (let index = 0; index < counts.calls; index += 1) await byCall(index);
  await desk.idle();
  for (const [id, planted] of secrets) {
    const { body } = await must('lead-1', `GET /v1/inquiries/${id}`);
    if (body.desk !== 'bpo')
      await must('lead-1', `POST /v1/inquiries/${id}/transfer`, { desk: 'bpo' });
    const note = { kind: 'internal', text: write(planted, 3) };
    await must('staff-1', `POST /v1/inquiries/${id}/messages`, note);
  }
  await desk.idle();
  await work();
  await desk.idle();
}, 180_000);
afterAll(() => desk?.stop());

/** All that a vendor's operator can do and ask, with some of it refused. */
async function work(): Promise<void> {
  await ask('GET /v1/desks/bpo/worklist?limit=100');
  await ask('GET /v1/inquiries?desk=bpo&limit=100');
  let at = 0;
  for (const [id, planted] of secrets) {
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

/** The secrets that stand readable in what came of the inquiry, each with where. */
function legibleIn(texts: readonly string[], planted: readonly Planted[]): string[] {
  const all = [...new Set(texts)].map((text) => [text, legible(text)] as const);
  return planted.flatMap(({ kind, plain }) => {
    const letters = legible(plain);
    return all
      .filter(([text, read]) => text.includes(plain) || read.includes(letters))
      .map(([text]) => `${kind} in ${text.slice(0, 60)}`);
  });
}

describe('what a vendor’s operator is told', () => {
  test('was written with secrets of every kind', () => {
    const planted = [...secrets.values()].flat();
    expect(secrets.size).toBe(counts.mails + counts.forms + counts.calls);
    expect(texts).toBeGreaterThan(2_000);
    expect(new Set(planted.map(({ kind }) => kind)).size).toBe(7);
  });

  test('holds none of them, in any answer about any inquiry', () => {
    const leaked = [...secrets].flatMap(([id, planted]) =>
      legibleIn(reached.get(id) ?? [], planted).map((leak) => `${id}: ${leak}`),
    );
    expect(leaked).toEqual([]);
    const shown = [...reached.values()].flat();
    for (const mark of ['⟦card⟧', '⟦my-number⟧', '⟦phone⟧', '⟦mail⟧', '⟦key⟧', '⟦password⟧']) {
      expect(shown.some((text) => text.includes(mark))).toBe(true);
    }
  });

  test('holds none of them in answers about no inquiry', () => {
    const planted = [...secrets.values()].flat();
    expect(legibleIn(reached.get('') ?? [], planted)).toEqual([]);
  });

  test('has none of them in the mail that comes to them', async () => {
    const mails = (
      await Promise.all(
        ['operator-a1', 'operator-a2'].map((who) => desk.mailbox(`${who}@vendor-a.example`)),
      )
    ).flat();
    expect(mails.length).toBeGreaterThan(0);
    // A code of six digits could stand in the time of day.
    const planted = [...secrets.values()].flat().filter(({ plain }) => plain.length >= 8);
    const told = mails.flatMap(({ headers, text, html = '' }) => [
      ...[headers['subject'] ?? '', text, html],
    ]);
    expect(legibleIn(told, planted)).toEqual([]);
  });

  test('is news of the desk that carries ids alone', async () => {
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
