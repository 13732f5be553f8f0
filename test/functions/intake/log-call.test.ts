import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DynamoAnswerStore } from '../../../adapters/dynamo/inquiry/dynamo-answer-store.ts';
import { StoredImports } from '../../../adapters/job/stored-imports.ts';
import { nodeRandomness } from '../../../adapters/random/node-randomness.ts';
import type { Person } from '../../../core/access/person.ts';
import { InquiryId } from '../../../core/inquiry/values/ids.ts';
import type { JobId } from '../../../core/job/job.ts';
import { makeHandler } from '../../../functions/intake/log-call.ts';
import { makeAuditLog } from '../../support/audit-logs.ts';
import { type StartedEngines, startEngines } from '../../support/start-engines.ts';
import { fakeGatewayEvent, fakeLambdaContext } from '../edge/http/fake-gateway-event.ts';
import { makeRecordingTelemetry } from '../edge/telemetry/recording-telemetry.ts';
import {
  employeePerson,
  leadPerson,
  operatorPerson,
  startImportFixture,
} from '../job/import-fixture.ts';

let engines: StartedEngines;
let parts: Awaited<ReturnType<typeof startImportFixture>>;
let callNumber = 0;

beforeAll(async () => {
  engines = await startEngines();
});
afterAll(() => engines.stop());
beforeEach(async () => {
  parts = await startImportFixture(engines);
});

/** A call that no other test has. */
function callOf(changed: object = {}) {
  callNumber += 1;
  return {
    caller: { name: '従業員', address: employeePerson.address },
    startedAt: '2026-11-22T11:15:00+09:00',
    endedAt: '2026-11-22T11:20:00+09:00',
    summary: `VPN につながらない ${callNumber}`,
    outcome: 'open',
    ...changed,
  };
}

type Ask = {
  readonly by?: Person;
  readonly headers?: Readonly<Record<string, string>>;
  readonly random?: typeof nodeRandomness;
};

function handlerWith(random = nodeRandomness) {
  return makeHandler({
    ...parts,
    ...makeRecordingTelemetry(),
    random,
    env: { MAIL_DOMAIN: 'toritsugi.example' },
    imports: new StoredImports(parts.jobs, parts.content, nodeRandomness, 'phone-log-import'),
    answers: new DynamoAnswerStore(engines.table, () => parts.clock.at),
    audit: makeAuditLog(engines.table),
    newTraceId: () => 'trace-1',
  });
}

async function send(
  routeKey: string,
  body: string,
  { by = operatorPerson, headers, random }: Ask = {},
) {
  const event = fakeGatewayEvent({
    routeKey,
    body,
    ...(by.sub === undefined ? {} : { sub: by.sub }),
    ...(headers === undefined ? {} : { headers }),
  });
  const answer = await handlerWith(random)(event, fakeLambdaContext());
  return { ...answer, body: JSON.parse(answer.body ?? 'null') };
}

const log = (call: object, ask?: Ask) => send('POST /v1/phone-logs', JSON.stringify(call), ask);

async function inquiryOf(id: string) {
  const loaded = await parts.ledger.load(InquiryId.parse(id));
  if (loaded === undefined) throw new Error('there is no such inquiry');
  return loaded.inquiry;
}

async function noticesOf(id: string): Promise<string[]> {
  const { Items } = await engines.client.send(
    new QueryCommand({
      TableName: engines.table.name,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :notice)',
      ExpressionAttributeValues: { ':pk': { S: `INQ#${id}` }, ':notice': { S: 'NOTICE#' } },
    }),
  );
  return (Items ?? []).map(({ data }) => {
    const { kind, owedAt } = JSON.parse(data?.S ?? '');
    return `${kind} ${owedAt}`;
  });
}

const receiptsOf = async (id: string) => {
  const { receipts } = await parts.receipts.page('2026-11-22', 100);
  return receipts.filter(({ fates }) => fates[0]?.inquiryId === id);
};

describe('logging a call', () => {
  it('opens an inquiry, acknowledges the requester, and has a receipt', async () => {
    const { statusCode, headers, body } = await log(callOf());
    expect(statusCode).toBe(201);
    expect(headers['location']).toBe(`/v1/inquiries/${body.id}`);
    expect(body).toMatchObject({ status: 'new', number: expect.stringMatching(/^HD-/) });
    expect(await inquiryOf(body.id)).toMatchObject({
      channel: 'phone',
      requester: { sub: 'employee-1', department: '営業部' },
      receivedAt: '2026-11-22T02:15:00.000Z',
    });
    // Due from now on; the sweep has long passed the call's start.
    expect(await noticesOf(body.id)).toEqual(['acknowledgement 2026-11-22T03:00:00.000Z']);
    expect(await receiptsOf(body.id)).toMatchObject([
      { channel: 'phone', at: '2026-11-22T03:00:00.000Z', fates: [{ fate: 'opened' }] },
    ]);
  });

  it.each([
    ['answered', 'new'],
    ['resolved', 'resolved'],
  ])(
    'tells nobody of a call that was %s, with its answer in the thread',
    async (outcome, status) => {
      const { body } = await log(callOf({ outcome, answer: '再起動で直りました' }));
      expect(await inquiryOf(body.id)).toMatchObject({ status, messages: 2 });
      expect(await noticesOf(body.id)).toEqual([]);
      const events = await parts.ledger.events(InquiryId.parse(body.id), 0, 10);
      expect(events[1]).toMatchObject({
        event: {
          type: 'ReplyPosted',
          at: '2026-11-22T02:15:00.000Z',
          message: { from: { sub: 'operator-a1' }, text: '再起動で直りました' },
        },
      });
    },
  );

  it('leads a second log of the same call to the same inquiry, with a receipt of its own', async () => {
    const call = callOf();
    const first = await log(call);
    const second = await log({ ...call, outcome: 'resolved' }, { by: leadPerson });
    expect(second).toMatchObject({ statusCode: 201, body: { id: first.body.id, status: 'new' } });
    const fates = (await receiptsOf(first.body.id)).map((receipt) => receipt.fates[0]?.fate);
    expect(fates.sort()).toEqual(['duplicate', 'opened']);
  });

  it('opens one inquiry when the same call is logged many times at once', async () => {
    const call = callOf();
    const answers = await Promise.all(Array.from({ length: 6 }, () => log(call)));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(await receiptsOf(answers[0]?.body.id)).toHaveLength(6);
  });

  it('gives the same answer to the same idempotency key, and refuses another body under it', async () => {
    const headers = { 'idempotency-key': `key-${callNumber}` };
    const call = callOf();
    const answers = await Promise.all([log(call, { headers }), log(call, { headers })]);
    const again = await log(call, { headers });
    expect(new Set([...answers, again].map(({ body }) => body.id)).size).toBe(1);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(await log(callOf(), { headers })).toMatchObject({
      statusCode: 422,
      body: { code: 'invalid.idempotency-key' },
    });
  });

  it('draws another number when the first is taken', async () => {
    const taken = new Uint8Array(7).fill(callNumber + 1);
    const draws = [taken, taken, taken];
    const random = {
      ...nodeRandomness,
      bytes: (n: number) => draws.pop() ?? nodeRandomness.bytes(n),
    };
    const first = await log(callOf(), { random });
    const second = await log(callOf(), { random });
    expect([first.statusCode, second.statusCode]).toEqual([201, 201]);
    expect(second.body.number).not.toBe(first.body.number);
    expect(draws).toEqual([]);
  });

  it.each([
    ['a call in the future', { endedAt: '2026-11-22T12:06:00+09:00' }, 400, 'invalid.body'],
    [
      'a call that ends before it starts',
      { endedAt: '2026-11-22T11:14:00+09:00' },
      400,
      'invalid.body',
    ],
    ['a desk that is not there', { desk: 'moon' }, 404, 'work.unknown-desk'],
    ['an unknown field', { colour: 'red' }, 400, 'invalid.body'],
  ])('refuses %s', async (_, changed, statusCode, code) => {
    expect(await log(callOf(changed))).toMatchObject({ statusCode, body: { code } });
  });

  it('is for agents only', async () => {
    expect(await log(callOf(), { by: employeePerson })).toMatchObject({ statusCode: 403 });
  });
});

describe('importing phone logs', () => {
  it('starts a job of the caller with the bytes as they came', async () => {
    const csv = 'started_at,ended_at,summary,outcome\n2026/11/22 10:15,2026/11/22 10:16,再,open\n';
    const headers = { 'content-type': 'text/csv' };
    const {
      statusCode,
      body,
      headers: given,
    } = await send('POST /v1/phone-logs/import', csv, { headers });
    expect(statusCode).toBe(202);
    expect(given['location']).toBe(`/v1/jobs/${body.id}`);
    expect(body).toMatchObject({ kind: 'phone-log-import', state: 'queued' });
    const job = await parts.jobs.find(body.id as JobId);
    expect(job).toMatchObject({ startedBy: 'operator-a1', state: 'queued' });
    expect(Buffer.from((await parts.content.get(job?.input ?? '')) ?? '').toString()).toBe(csv);
  });

  it('takes CSV only', async () => {
    expect(await send('POST /v1/phone-logs/import', '{}')).toMatchObject({ statusCode: 415 });
  });
});
