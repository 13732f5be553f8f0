import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DynamoTerms } from '../../../adapters/dynamo/config/dynamo-terms.ts';
import { DynamoAnswerStore } from '../../../adapters/dynamo/inquiry/dynamo-answer-store.ts';
import { DynamoInquiryLedger } from '../../../adapters/dynamo/inquiry/dynamo-inquiry-ledger.ts';
import { DynamoReceiptLedger } from '../../../adapters/dynamo/intake/dynamo-intake-lookup.ts';
import { DynamoPersonRegistry } from '../../../adapters/dynamo/people/dynamo-person-registry.ts';
import { nodeRandomness } from '../../../adapters/random/node-randomness.ts';
import { S3ContentStore } from '../../../adapters/s3/content-store.ts';
import { S3Uploads } from '../../../adapters/s3/s3-uploads.ts';
import { Person } from '../../../core/access/person.ts';
import { makeStatusLink, readStatusToken } from '../../../core/inquiry/tokens/status-token.ts';
import { InquiryId, type Instant, Sub } from '../../../core/inquiry/values/ids.ts';
import { makeHandler } from '../../../functions/intake/submit-form.ts';
import { deskList } from '../../core/help-desk.ts';
import { makeAuditLog } from '../../support/audit-logs.ts';
import { bucketNames, type StartedEngines, startEngines } from '../../support/start-engines.ts';
import { makeTestSigning } from '../../support/test-signing-keys.ts';
import { fakeGatewayEvent, fakeLambdaContext } from '../edge/http/fake-gateway-event.ts';
import { makeRecordingTelemetry } from '../edge/telemetry/recording-telemetry.ts';

const now = '2026-11-24T01:00:00.000Z' as Instant;
const publicUrl = 'https://desk.toritsugi.example';
const person = (name: string, given: object) =>
  Person.parse({ address: `${name}@toritsugi.example`, sub: name, name, ...given });
const people = [
  person('hanako', { role: 'requester', department: '総務部', vip: true, language: 'ja' }),
  person('sam', { role: 'requester', language: 'en' }),
  person('staff-1', { role: 'staff' }),
  person('lead-1', { role: 'lead' }),
  person('operator-a1', { role: 'operator', vendor: 'vendor-a' }),
  person('hr-system', { role: 'system', forms: ['account-request'] }),
];

let engines: StartedEngines;
let handler: ReturnType<typeof makeHandler>;
let ledger: DynamoInquiryLedger;
let uploads: S3Uploads;
let links: Awaited<ReturnType<typeof makeTestSigning>>;

beforeAll(async () => {
  engines = await startEngines();
  const { table, s3 } = engines;
  const registry = new DynamoPersonRegistry(table);
  for (const one of people) await registry.put(one);
  ledger = new DynamoInquiryLedger(table, new S3ContentStore(s3, bucketNames.content));
  uploads = new S3Uploads(s3, bucketNames.content);
  links = await makeTestSigning('status', 'the signing secret of a test');
  handler = makeHandler({
    ...makeRecordingTelemetry(),
    ...{ ledger, uploads, people: registry, random: nodeRandomness },
    env: { MAIL_DOMAIN: 'toritsugi.example' },
    terms: new DynamoTerms(table, deskList),
    pause: (milliseconds) => setTimeout(milliseconds),
    statusUrl: async (id, at) => makeStatusLink(links, publicUrl, id, at),
    answers: new DynamoAnswerStore(table, () => Date.parse(now)),
    now: () => now,
    audit: makeAuditLog(table),
    newTraceId: () => 'trace-1',
  });
});
afterAll(() => engines.stop());

async function ask(routeKey: string, as: string, given: object = {}) {
  const answer = await handler(
    fakeGatewayEvent({ routeKey, sub: as, ...given }),
    fakeLambdaContext(),
  );
  return { ...answer, body: JSON.parse(answer.body ?? 'null') };
}

const submit = (body: object, as = 'hanako', headers = {}) =>
  ask('POST /v1/inquiries', as, { body: JSON.stringify(body), headers });
const general = (fields: object = {}, more: object = {}) => ({
  form: 'general',
  fields: { subject: '画面が映らない', description: '朝から映りません', ...fields },
  ...more,
});
const account = {
  form: 'account-request',
  fields: { action: 'create', system: '勤怠', account: '新人 太郎', reason: '入社' },
};

async function opened(id: string) {
  const [first] = await ledger.events(InquiryId.parse(id), 0, 10);
  if (first?.event.type !== 'InquiryReceived') throw new TypeError('it opened nothing');
  return first.event;
}

describe('a form', () => {
  it('opens an inquiry with number, place and a status link, and has a receipt', async () => {
    const { statusCode, headers, body } = await submit(general({ affected: 'team' }));
    expect(statusCode).toBe(201);
    expect(headers['location']).toBe(`/v1/inquiries/${body.id}`);
    expect(body).toMatchObject({ status: 'new', number: expect.stringMatching(/^HD-/) });
    const token = body.statusUrl.slice(`${publicUrl}/status/`.length);
    expect(readStatusToken(links, token, now)).toMatchObject({ inquiryId: body.id });
    const { received, by } = await opened(body.id);
    expect(by).toMatchObject({ kind: 'requester', sub: 'hanako' });
    expect(received).toMatchObject({
      channel: 'form',
      subject: '画面が映らない',
      language: 'ja',
      requester: { sub: 'hanako', department: '総務部', vip: true },
      source: { form: 'general', fields: { affected: 'team' } },
      acknowledge: true,
      receivedAt: now,
    });
    expect(received.message.text).toBe(
      '件名: 画面が映らない\n内容: 朝から映りません\n影響範囲: 部署',
    );
    const { receipts } = await new DynamoReceiptLedger(engines.table).page('2026-11-24', 100);
    expect(receipts.filter((one) => one.id === body.id)).toMatchObject([
      { channel: 'form', fates: [{ fate: 'opened', inquiryId: body.id }] },
    ]);
  });

  it('is written down in the language of whom it is for', async () => {
    const { body } = await submit(account, 'sam');
    const { received } = await opened(body.id);
    expect(received).toMatchObject({
      subject: 'Account request (create): 勤怠',
      language: 'en',
    });
    expect(received.message.text).toContain('Action: create');
  });

  it.each<[string, object, string[]]>([
    ['a required field that is missing', { subject: undefined }, ['/fields/subject']],
    ['a required text that is empty', { subject: '' }, ['/fields/subject']],
    ['a required text of blanks only', { description: '　 \n' }, ['/fields/description']],
    ['a text that is too long', { subject: 'あ'.repeat(201) }, ['/fields/subject']],
    ['a value that is none of those to choose from', { affected: 'world' }, ['/fields/affected']],
    ['a value of another type', { phone: 3912 }, ['/fields/phone']],
    ['a field that the form has not', { 'a/b~c': 1 }, ['/fields/a~1b~0c']],
    ['two faults at once', { affected: 1, phone: 2 }, ['/fields/affected', '/fields/phone']],
  ])('is refused with a pointer for %s', async (_, fields, pointers) => {
    const { statusCode, body } = await submit(general(fields));
    expect([statusCode, body.code]).toEqual([422, 'invalid.form']);
    const faults: { in: string; pointer: string }[] = body.errors;
    expect([...new Set(faults.map(({ pointer }) => pointer))].sort()).toEqual(pointers);
    expect(faults.every((fault) => fault.in === 'body')).toBe(true);
  });

  it('is refused for a date that is none', async () => {
    const fields = { ...account.fields, neededBy: '2026-02-30' };
    const { body } = await submit({ ...account, fields });
    expect(body.errors).toMatchObject([{ pointer: '/fields/neededBy' }]);
    expect(
      (await submit({ ...account, fields: { ...fields, neededBy: '2026-12-01' } })).statusCode,
    ).toBe(201);
  });

  it('is refused where there is none of that name', async () => {
    const { statusCode, body } = await submit({ form: 'vacation', fields: {} });
    expect([statusCode, body.code]).toEqual([404, 'intake.unknown-form']);
    const read = await ask('GET /v1/forms/{form}', 'hanako', { params: { form: 'vacation' } });
    expect(read.statusCode).toBe(404);
  });
});

describe('on behalf of somebody else', () => {
  const forSam = general({}, { onBehalfOf: 'sam@toritsugi.example' });

  it.each(['staff-1', 'lead-1'])('%s may submit', async (as) => {
    const { body } = await submit(forSam, as);
    const { received } = await opened(body.id);
    expect(received).toMatchObject({
      requester: { sub: 'sam', address: 'sam@toritsugi.example' },
      language: 'en',
      message: { from: { address: `${as}@toritsugi.example` } },
    });
  });

  it('a requester may not, but may name themselves', async () => {
    const { statusCode, body } = await submit(forSam);
    expect([statusCode, body.code]).toEqual([403, 'access.forbidden']);
    const own = await submit(general({}, { onBehalfOf: 'Hanako@toritsugi.example' }));
    expect(own.statusCode).toBe(201);
  });

  it('somebody of no registry is external unless of our own domain', async () => {
    for (const [address, external] of [
      ['sato@partner.example', true],
      ['new@toritsugi.example', undefined],
    ] as const) {
      const { body } = await submit(general({}, { onBehalfOf: address }), 'staff-1');
      const { requester } = (await opened(body.id)).received;
      expect(requester).toEqual({ address, ...(external === undefined ? {} : { external }) });
    }
  });
});

describe('who may use which form', () => {
  const listed = async (as: string) =>
    (await ask('GET /v1/forms', as)).body.items.map(({ form }: { form: string }) => form);

  it('people all of them, a system its own only', async () => {
    expect(await listed('hanako')).toEqual(['general', 'account-request']);
    expect(await listed('hr-system')).toEqual(['account-request']);
  });

  it('a system posts to its own form, also for somebody, and knows of no other', async () => {
    const { body } = await submit({ ...account, onBehalfOf: 'sam@toritsugi.example' }, 'hr-system');
    expect((await opened(body.id)).received.requester).toMatchObject({ sub: 'sam' });
    expect((await submit(general(), 'hr-system')).body.code).toBe('intake.unknown-form');
    const params = { form: 'general' };
    expect((await ask('GET /v1/forms/{form}', 'hr-system', { params })).statusCode).toBe(404);
  });

  it('an operator none, nor anybody whom the registry does not know', async () => {
    expect((await submit(general(), 'operator-a1')).statusCode).toBe(403);
    expect((await submit(general(), 'nobody')).body.code).toBe('access.not-registered');
  });

  it('a form shows its schema with labels in both languages', async () => {
    const { body } = await ask('GET /v1/forms/{form}', 'sam', { params: { form: 'general' } });
    expect(body.schema).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      properties: { subject: { 'x-labels': { ja: '件名', en: 'Subject' } } },
    });
  });
});

describe('an idempotency key', () => {
  it('gives the same answer to the same submission, also to two at once, and opens once', async () => {
    const key = { 'idempotency-key': 'once-1' };
    const both = await Promise.all([
      submit(general(), 'hanako', key),
      submit(general(), 'hanako', key),
    ]);
    const again = await submit(general(), 'hanako', key);
    const ids = [...both, again].map(({ statusCode, body }) => `${statusCode} ${body.id}`);
    expect(new Set(ids).size).toBe(1);
    expect(again.headers['idempotency-replayed']).toBe('true');
  });

  it('refuses another submission, and is another one for another person', async () => {
    const key = { 'idempotency-key': 'once-2' };
    const first = await submit(general(), 'hanako', key);
    const other = await submit(general({ subject: '別件' }), 'hanako', key);
    expect([other.statusCode, other.body.code]).toEqual([422, 'invalid.idempotency-key']);
    const sam = await submit(general(), 'sam', key);
    expect(sam.statusCode).toBe(201);
    expect(sam.body.id).not.toBe(first.body.id);
  });
});

describe('attachments', () => {
  const id = '0193a5c0-0000-7000-8000-00000000000a';

  async function upload(uploader: string) {
    const file = { uploader: Sub.parse(uploader), id, name: '画面.png', type: 'image/png' };
    const { url, fields } = await uploads.presign(file, 900);
    const form = new FormData();
    for (const [field, value] of Object.entries(fields)) form.append(field, value);
    form.append('file', new Blob(['\x89PNG picture']), 'x.png');
    expect((await fetch(url, { method: 'POST', body: form })).status).toBe(201);
  }

  it('are taken from the uploads of whoever submits, and of nobody else', async () => {
    await upload('hanako');
    const attachments = [id];
    const { body } = await submit(general({}, { attachments }));
    expect((await opened(body.id)).received.message.attachments).toMatchObject([
      { id, name: '画面.png', type: 'image/png' },
    ]);
    const foreign = await submit(general({}, { attachments }), 'sam');
    expect([foreign.statusCode, foreign.body.code]).toEqual([422, 'invalid.attachment']);
  });

  it('are refused where there is no such upload, and nothing is opened', async () => {
    const before = await new DynamoReceiptLedger(engines.table).page('2026-11-24', 100);
    const { statusCode } = await submit(general({}, { attachments: ['nothing'] }));
    expect(statusCode).toBe(422);
    const after = await new DynamoReceiptLedger(engines.table).page('2026-11-24', 100);
    expect(after.receipts).toHaveLength(before.receipts.length);
  });
});
