import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type ApiCaller,
  type ApiResponse,
  type CallOptions,
  type HelpDesk,
  type Json,
  startHelpDesk,
} from '../support/help-desk-host.ts';

let desk: HelpDesk;
/** Waits at the desk of vendor A. */
let waiting: Json;
/** Held by an operator of vendor A. */
let held: Json;

async function open(description: string): Promise<string> {
  const form = { form: 'general', fields: { subject: '件名', description } };
  return (await desk.call('employee-1', 'POST /v1/inquiries', form)).body.id;
}

beforeAll(async () => {
  desk = await startHelpDesk();
  const ids = [await open('至急です。'), await open('後で構いません。')];
  await desk.idle();
  held = (await desk.call('operator-a1', 'POST /v1/desks/bpo/claims', {})).body;
  waiting = (await desk.call('lead-1', `GET /v1/inquiries/${ids[1]}`)).body;
});
afterAll(() => desk?.stop());

type Refusal = {
  readonly name: string;
  readonly as?: ApiCaller;
  readonly route: () => string;
  readonly body?: unknown;
  readonly sending?: CallOptions;
  readonly status: number;
  readonly code: string;
};

const refusals: readonly Refusal[] = [
  {
    name: 'a body that is no JSON',
    as: 'employee-1',
    route: () => 'POST /v1/inquiries',
    sending: { raw: '{"form":' },
    status: 400,
    code: 'invalid.body',
  },
  {
    name: 'an unknown field',
    as: 'operator-a1',
    route: () => `POST /v1/inquiries/${held.id}/heartbeat`,
    body: { fence: 1, colour: 'blue' },
    status: 400,
    code: 'invalid.body',
  },
  {
    name: 'an unknown query parameter',
    as: 'staff-1',
    route: () => 'GET /v1/desks?colour=blue',
    status: 400,
    code: 'invalid.parameter',
  },
  {
    name: 'a limit over 100',
    as: 'lead-1',
    route: () => 'GET /v1/intake/receipts?limit=101',
    status: 400,
    code: 'invalid.parameter',
  },
  {
    name: 'a cursor of another list',
    as: 'lead-1',
    route: () => 'GET /v1/intake/receipts?cursor=made-up',
    status: 400,
    code: 'invalid.cursor',
  },
  {
    name: 'a number whose checksum is wrong',
    as: 'lead-1',
    route: () => 'GET /v1/inquiries/HD-0000-0001',
    status: 400,
    code: 'invalid.parameter',
  },
  {
    name: 'a person whom the registry does not know',
    as: 'stranger',
    route: () => 'GET /v1/inquiries?requester=me',
    status: 403,
    code: 'access.not-registered',
  },
  {
    name: 'a route that is not for the role',
    as: 'employee-1',
    route: () => 'GET /v1/intake/receipts',
    status: 403,
    code: 'access.forbidden',
  },
  {
    name: 'a command that is not theirs',
    as: 'employee-1',
    route: () => `POST /v1/inquiries/${waiting.id}/merge`,
    body: { into: '01980000-0000-7000-8000-000000000000' },
    status: 403,
    code: 'access.forbidden',
  },
  {
    name: 'the inquiry of another employee',
    as: 'employee-2',
    route: () => `GET /v1/inquiries/${waiting.id}`,
    status: 404,
    code: 'access.not-found',
  },
  {
    name: 'an inquiry at the desk of another vendor',
    as: 'operator-b1',
    route: () => `GET /v1/inquiries/${waiting.id}`,
    status: 404,
    code: 'access.not-found',
  },
  {
    name: 'a claim of an inquiry at the desk of another vendor',
    as: 'operator-b1',
    route: () => `POST /v1/inquiries/${waiting.id}/claim`,
    body: {},
    status: 404,
    code: 'access.not-found',
  },
  {
    name: 'the desk of another vendor',
    as: 'operator-b1',
    route: () => 'POST /v1/desks/bpo/claims',
    body: {},
    status: 404,
    code: 'work.unknown-desk',
  },
  {
    name: 'an inquiry that never was',
    as: 'lead-1',
    route: () => 'GET /v1/inquiries/01980000-0000-7000-8000-000000000000',
    status: 404,
    code: 'access.not-found',
  },
  {
    name: 'a claim of what somebody else holds',
    as: 'operator-a2',
    route: () => `POST /v1/inquiries/${held.id}/claim`,
    body: {},
    status: 409,
    code: 'work.already-claimed',
  },
  {
    name: 'a write under a fence that is not the one of the lease',
    as: 'operator-a1',
    route: () => `POST /v1/inquiries/${held.id}/resolve`,
    body: { fence: 7 },
    status: 409,
    code: 'work.lease-lost',
  },
  {
    name: 'a command against the status',
    as: 'lead-1',
    route: () => `POST /v1/inquiries/${waiting.id}/reopen`,
    body: { reason: '念のため' },
    status: 409,
    code: 'inquiry.illegal-transition',
  },
  {
    name: 'a command upon what has changed since',
    as: 'lead-1',
    route: () => `PATCH /v1/inquiries/${waiting.id}`,
    body: { priority: 'low' },
    sending: { headers: { 'if-match': '"1"' } },
    status: 412,
    code: 'inquiry.stale',
  },
  {
    name: 'a body over the limit of its route',
    as: 'lead-1',
    route: () => 'POST /v1/uploads',
    body: { name: 'x'.repeat(300_000), type: 'text/plain', size: 1 },
    status: 413,
    code: 'invalid.too-large',
  },
  {
    name: 'a body of another media type',
    as: 'employee-1',
    route: () => 'POST /v1/inquiries',
    sending: { raw: '<form/>', headers: { 'content-type': 'application/xml' } },
    status: 415,
    code: 'invalid.media-type',
  },
  {
    name: 'fields that do not fit the form',
    as: 'employee-1',
    route: () => 'POST /v1/inquiries',
    body: { form: 'general', fields: { subject: '件名' } },
    status: 422,
    code: 'invalid.form',
  },
];

describe('the API refuses', () => {
  test.each(refusals)('$name with $status $code', async (refusal) => {
    const caller = refusal.as === 'stranger' ? desk.signIn('nobody-knows') : refusal.as;
    const route = refusal.route();
    const { status, headers, body } = await desk.call(caller, route, refusal.body, refusal.sending);
    expect([status, body.code]).toEqual([refusal.status, refusal.code]);
    expect(headers.get('content-type')).toBe('application/problem+json');
    expect(body).toMatchObject({
      status,
      title: expect.any(String),
      detail: expect.any(String),
      instance: route.replace(/^\w+ /, '').replace(/\?.*/, ''),
      traceId: headers.get('x-trace-id'),
      type: expect.stringMatching(/^\/docs#\w+/),
    });
    expect(JSON.stringify(body)).not.toMatch(/\.ts|node_modules|at \w+ \(/);
  });

  test('the same Idempotency-Key with another body, and repeats the answer to the same', async () => {
    const sending = { headers: { 'idempotency-key': 'journey-1' } };
    const form = { form: 'general', fields: { subject: '件名', description: '一度だけ' } };
    const submit = (body: unknown) => desk.call('employee-2', 'POST /v1/inquiries', body, sending);
    const first = await submit(form);
    const second = await submit(form);
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.body).toEqual(first.body);
    const third = await submit({ ...form, fields: { ...form.fields, description: '別のもの' } });
    expect([third.status, third.body.code]).toEqual([422, 'invalid.idempotency-key']);
    const { body } = await desk.call('employee-2', 'GET /v1/inquiries?requester=me');
    expect(body.items.map(({ id }: Json) => id)).toEqual([first.body.id]);
  });
});

describe('the gateway itself refuses', () => {
  function gateway({ status, headers, body }: ApiResponse) {
    expect(headers.get('content-type')).toBe('application/json');
    return [status, body];
  }

  test('who has no token or a bad one', async () => {
    const none = await desk.call(undefined, 'GET /v1/desks');
    expect(gateway(none)).toEqual([401, { message: 'Unauthorized' }]);
    expect(none.headers.get('www-authenticate')).toBe('Bearer');
    const [header, claims] = desk.host.token('lead-1').split('.');
    const forged = { token: `${header}.${claims}.${'A'.repeat(342)}` };
    const bad = await desk.call(forged, 'GET /v1/desks');
    expect(gateway(bad)).toEqual([401, { message: 'Unauthorized' }]);
  });

  test('a route that there is not', async () => {
    const answer = await desk.call('lead-1', 'GET /v1/secrets');
    expect(gateway(answer)).toEqual([404, { message: 'Not Found' }]);
  });

  test('a body over 6 MB', async () => {
    const raw = 'x'.repeat(6 * 1024 * 1024 + 1);
    const answer = await desk.call('lead-1', 'POST /v1/people/import', undefined, {
      raw,
      headers: { 'content-type': 'text/csv' },
    });
    expect(gateway(answer)).toEqual([413, { message: 'Request Entity Too Large' }]);
  });
});
