import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Role } from '../../core/inquiry/values/vocabulary.ts';
import { routeContracts } from '../../functions/contract/routes.ts';
import { routeKeyOf } from '../../functions/edge/http/route-contract.ts';
import {
  type ApiCaller,
  type HelpDesk,
  helpAddress,
  type Json,
  makeMessageId,
  makeStageContext,
  startHelpDesk,
} from '../support/help-desk-host.ts';
import { signRequest } from '../support/sign-request.ts';
import {
  type AccessOutcome,
  type AccessRow,
  callerRoles,
  deskRows,
  deskStandings,
  type InquiryName,
  inquiryRows,
  inquiryStandings,
  otherRows,
  type PersonName,
  publicRows,
  systemDeskRows,
  systemDesks,
  systemInquiryRows,
  systemStandings,
  type VendorSigning,
} from './access-walk-table.ts';

const desksOf = (list: readonly (readonly [id: string, vendor?: string])[]) =>
  list.map(([id, vendor]) => ({
    id,
    name: { ja: id, en: id },
    ...(vendor === undefined
      ? { kind: 'internal', mode: 'pull' }
      : { kind: 'outsourced', mode: 'pull', vendor }),
  }));
const stage = makeStageContext({
  desks: desksOf([
    ...([['staff'], ['staff-quiet']] as const),
    ...(['bpo', 'bpo-2', 'bpo-quiet'] as const).map((id) => [id, 'vendor-a'] as const),
    ['bpo-b', 'vendor-b'],
  ]),
});

/** People beside the demonstration ones, or with other data. */
const people = [
  { name: 'employee-9', role: 'requester' },
  { name: 'operator-a1', role: 'operator', vendor: 'vendor-a', desks: ['bpo', 'bpo-quiet'] },
  { name: 'operator-a9', role: 'operator', vendor: 'vendor-a', desks: ['bpo-2'] },
  { name: 'staff-1', role: 'staff', desks: ['staff', 'staff-quiet'] },
  { name: 'form-system', role: 'system', forms: ['general'] },
  { name: 'vendor-system', role: 'system', vendor: 'vendor-a', desks: ['bpo', 'bpo-quiet'] },
  { name: 'left-lead', role: 'lead', desks: ['staff'], state: 'left' },
];

const addressOf = (name: PersonName) =>
  name.startsWith('operator-a') ? `${name}@vendor-a.example` : `${name}@toritsugi.example`;

let desk: HelpDesk;
const inquiries = {} as Record<InquiryName, Json>;
const attachments = {} as Record<InquiryName, string>;

beforeAll(async () => {
  desk = await startHelpDesk({ context: stage });
  await desk.host.invoke('functions/people/admit-people.lambda.ts', {
    people: people.map((person) => ({
      ...person,
      ...{ address: addressOf(person.name as PersonName), sub: `demo-${person.name}` },
    })),
  });
  await arrange();
  await giveKeys();
});
afterAll(() => desk?.stop());

const callers = new Map<PersonName, ApiCaller>();

/** Kept, since signing a token costs more than most requests. */
function callerOf(name: PersonName): ApiCaller {
  const known = callers.get(name) ?? desk.signIn(`demo-${name}`);
  callers.set(name, known);
  return known;
}

/** Sends a mail with a file that the shipped rules route to `bpo`; resolves to its Message-ID. */
function mail(from: PersonName, headers = {}): Promise<string> {
  return desk.send({
    ...{ from: addressOf(from), subject: 'VPN', text: 'つながりません。', headers },
    messageId: makeMessageId(),
    to: helpAddress,
    cc: addressOf('employee-2'),
    attachments: [{ filename: 'screen.txt', content: 'error', contentType: 'text/plain' }],
  });
}

async function arrange(): Promise<void> {
  const mails = await Promise.all(
    (
      [
        ['waiting', 'employee-1'],
        ['held', 'employee-1'],
        ['moved on', 'employee-1'],
        ['closed', 'employee-1'],
        ['quarantined', 'employee-1', { 'X-Test-Verdict-virus': 'fail' }],
        ['of staff', 'staff-1'],
        ['of a lead', 'lead-1'],
      ] as const
    ).map(async ([name, from, headers]) => [name, await mail(from, headers)] as const),
  );
  await desk.idle();
  for (const [name, messageId] of mails) {
    inquiries[name] = await desk.inquiryOf(messageId);
    const messages = await desk.messagesOf(inquiries[name].id);
    attachments[name] = messages[0]?.attachments[0]?.id ?? 'none';
  }
  const { id } = (
    await must('form-system', 'POST /v1/inquiries', {
      ...{ form: 'general', fields: { subject: '監視', description: '警告' } },
    })
  ).body;
  await desk.idle();
  inquiries['of a system'] = (await must('lead-1', `GET /v1/inquiries/${id}`)).body;
  attachments['of a system'] = 'none';
  const of = (name: InquiryName) => `/v1/inquiries/${inquiries[name].id}`;
  const claimed = await must('operator-a1', `POST ${of('held')}/claim`, {});
  const { fence } = claimed.body.lease;
  await must('operator-a1', `POST ${of('held')}/heartbeat`, { fence });
  await must('lead-1', `POST ${of('moved on')}/transfer`, { desk: 'staff' });
  await must('lead-1', `POST ${of('closed')}/resolve`, { silent: true });
  await must('employee-1', `POST ${of('closed')}/close`, {});
  await desk.idle();
}

async function must(as: PersonName, route: string, body?: unknown) {
  const answered = await desk.call(callerOf(as), route, body);
  if (answered.status >= 300) throw new Error(`${route}: ${JSON.stringify(answered.body)}`);
  return answered;
}

/** The secrets of the vendors' keys, by vendor and key. */
const secrets = new Map<string, string>();

/** Gives each vendor two keys and retires the second. */
async function giveKeys(): Promise<void> {
  const put = async (state: 'active' | 'retired') => {
    const keys = [{ id: 'active' }, { id: 'retired', state }];
    const vendors = { 'vendor-a': { system: { keys } }, 'vendor-b': { system: { keys } } };
    await must('lead-1', 'PUT /v1/config/desks', { document: { vendors } });
  };
  await put('active');
  for (const vendor of ['vendor-a', 'vendor-b']) {
    for (const key of ['active', 'retired']) {
      const route = `GET /v1/config/desks/vendors/${vendor}/keys/${key}`;
      const { secret } = (await must('lead-1', route)).body;
      secrets.set(`${vendor} ${key}`, secret);
    }
  }
  await put('retired');
}

function signed(
  signing: VendorSigning,
  route: string,
  body: string | undefined,
): Record<string, string> {
  if (signing.with === 'nothing' || signing.with === 'token') return {};
  const [vendor, key] = signing.with;
  return signRequest({ key, secret: secrets.get(`${vendor} ${key}`) ?? '' }, route, body);
}

/** No inquiry has this version, so a command that is allowed is refused as stale. */
const neverThere = '"999999"';

async function outcomeOf(
  row: AccessRow,
  as: PersonName | VendorSigning | undefined,
  places: Readonly<Record<string, string>>,
): Promise<AccessOutcome | string> {
  if (typeof as === 'object') return outcomeOfSystem(row, as, places);
  const fill = (template: string) =>
    Object.entries({ ...places, ...row.params }).reduce(
      (path, [name, value]) => path.replace(`{${name}}`, encodeURIComponent(value)),
      template,
    );
  const query = row.query === undefined ? '' : `?${fill(row.query)}`;
  const contract = [...routeContracts.values()].find(
    (one) => keyOf(routeKeyOf(one)) === keyOf(row.route),
  );
  const answered = await desk.call(
    as === undefined ? undefined : callerOf(as),
    `${fill(row.route)}${query}`,
    bodyOf(row, fill),
    {
      ...(row.csv === undefined ? {} : { raw: row.csv }),
      headers: {
        ...(row.csv === undefined ? {} : { 'content-type': 'text/csv' }),
        ...(contract?.concurrency && row.query === undefined ? { 'if-match': neverThere } : {}),
      },
    },
  );
  return letterOf(answered.status, answered.body, row);
}

async function outcomeOfSystem(
  row: AccessRow,
  signing: VendorSigning,
  places: Readonly<Record<string, string>>,
): Promise<AccessOutcome | string> {
  const route = Object.entries({ ...places, vendor: signing.vendor }).reduce(
    (path, [name, value]) => path.replace(`{${name}}`, value),
    row.route,
  );
  const body = row.body === undefined ? undefined : JSON.stringify(row.body);
  const headers = signed(signing, route, body);
  const caller = signing.with === 'token' ? callerOf('operator-a1') : undefined;
  const answered = await desk.call(caller, route, undefined, {
    ...(body === undefined ? {} : { raw: body }),
    headers,
  });
  return letterOf(answered.status, answered.body, row);
}

/** Fills in the placeholders of a body. */
function bodyOf({ body }: AccessRow, fill: (template: string) => string): unknown {
  return body === undefined ? undefined : JSON.parse(fill(JSON.stringify(body)));
}

function letterOf(status: number, body: Json, { query }: AccessRow): AccessOutcome | string {
  const code: string = body?.code ?? '';
  if (status >= 500) return `${status} ${code}`;
  if (code === 'access.unauthenticated') return 'u';
  if (code === 'access.not-registered') return 'n';
  if (code === 'access.forbidden') return 'f';
  if (
    status === 404 &&
    /^$|^(access\.not-found|work\.unknown-desk|job\.unknown|intake\.unknown-form)$/.test(code)
  ) {
    return 'h';
  }
  if (code.startsWith('invalid.') && code !== 'invalid.attachment') return 'i';
  if (status === 401 || status === 403) return `${status} ${code}`;
  // A list by number has nothing, a stub or the whole; other lists are only allowed or not.
  const shown = query === 'number={number}' ? body.items[0] : body;
  if (shown === undefined) return 'h';
  return shown?.stub === true ? 's' : 'a';
}

/** Routes name an inquiry by `{id}` or by the `{escalation}` that belongs to it. */
function keyOf(route: string): string {
  return route.replace('{escalation}', '{id}');
}

const letters = ({ outcomes }: AccessRow) => outcomes.split(/[ |]+/);

type Column = readonly [
  string,
  PersonName | VendorSigning | undefined,
  Readonly<Record<string, string>>,
];

/** The rows whose outcome differs from the table. */
async function findDifferences(row: AccessRow, columns: readonly Column[]): Promise<string[]> {
  const expected = letters(row);
  const found = await Promise.all(columns.map(([, as, places]) => outcomeOf(row, as, places)));
  return columns.flatMap(([column], at) =>
    found[at] === expected[at] ? [] : [`${column}: ${found[at]}, not ${expected[at]}`],
  );
}

const titleOf = ({ route, asking }: AccessRow) =>
  asking === undefined ? route : `${route}, ${asking}`;

describe('the table of the walk', () => {
  const rows = [
    ...[...inquiryRows, ...deskRows, ...otherRows, ...publicRows],
    ...[...systemInquiryRows, ...systemDeskRows],
  ];

  test('has a row for each route there is, and for no other', () => {
    const walked = new Set(rows.map(({ route }) => keyOf(route)));
    const there = [...routeContracts.values()].map(routeKeyOf);
    expect([...walked].sort()).toEqual([...new Set(there)].sort());
    expect(new Set(rows.map(titleOf)).size).toBe(rows.length);
  });

  test('has an outcome in each column', () => {
    for (const [list, width] of [
      [inquiryRows, inquiryStandings.length],
      [deskRows, deskStandings.length],
      [otherRows, callerRoles.length],
      [publicRows, 1],
      [systemInquiryRows, systemStandings.length],
      [systemDeskRows, systemDesks.length],
    ] as const) {
      for (const row of list) expect(letters(row), titleOf(row)).toHaveLength(width);
    }
  });

  test('leaves out no role, and no way to stand to an inquiry', () => {
    expect(new Set(inquiryStandings.map(([role]) => role))).toEqual(
      new Set([...Role.options, 'left', 'unregistered']),
    );
    expect(callerRoles.map(([role]) => role)).toEqual(
      expect.arrayContaining([...Role.options, 'left', 'unregistered']),
    );
    const of = (wantedRole: string) =>
      inquiryStandings.flatMap(([role, relation]) => (role === wantedRole ? [relation] : []));
    expect(of('requester')).toEqual(['own', 'participant', 'none', 'quarantined']);
    expect(of('operator')).toHaveLength(9);
  });
});

describe('about an inquiry', () => {
  test.each(inquiryRows.map((row) => [titleOf(row), row] as const))('%s', async (_, row) => {
    const columns = inquiryStandings.map(([role, relation, as, name]) => {
      const { id, number } = inquiries[name];
      const places = {
        ...{ id, number, attachment: attachments[name] },
        escalation: `${id}.resolution-1`,
        another: inquiries[name === 'of staff' ? 'waiting' : 'of staff'].id,
      };
      return [`${role}, ${relation}`, as, places] as const;
    });
    expect(await findDifferences(row, columns)).toEqual([]);
  });
});

describe('about a desk', () => {
  test.each(deskRows.map((row) => [titleOf(row), row] as const))('%s', async (_, row) => {
    const columns = deskStandings.map(
      ([role, relation, as, id]) => [`${role}, ${relation}`, as, { desk: id }] as const,
    );
    expect(await findDifferences(row, columns)).toEqual([]);
  });
});

describe('about no inquiry', () => {
  test.each(otherRows.map((row) => [titleOf(row), row] as const))('%s', async (_, row) => {
    expect(
      await findDifferences(
        row,
        callerRoles.map(([role, as]) => [role, as, {}]),
      ),
    ).toEqual([]);
  });
});

describe('for anybody', () => {
  test.each(publicRows.map((row) => [row.route, row] as const))('%s', async (_, row) => {
    expect(await findDifferences(row, [['anybody', undefined, {}]])).toEqual([]);
  });
});

test('what is hidden is answered as what there is not, but for the name by which it was asked', async () => {
  const { id, number } = inquiries.waiting;
  const absent = { id: '019a0000-0000-7000-8000-00000000ffff', number: unusedNumber() };
  const ask = async (ref: string, route: string, body?: unknown) => {
    const answered = await desk.call(callerOf('operator-b1'), route.replace('{id}', ref), body);
    const { traceId: _, ...rest } = answered.body;
    const kept = ['etag', 'content-type', 'cache-control', 'location'].map((name) => [
      name,
      answered.headers.get(name),
    ]);
    return JSON.stringify([answered.status, rest, kept]).replaceAll(ref, '…');
  };
  const commands = ['claim', 'release', 'resume', 'decline', 'heartbeat', 'wait', 'resolve'];
  const routes: readonly (readonly [string, object?])[] = [
    ['GET /v1/inquiries/{id}'],
    ['GET /v1/inquiries/{id}/messages'],
    ['GET /v1/inquiries/{id}/attachments/none'],
    ['GET /v1/inquiries/{id}/clocks/resolution/explain'],
    ...commands.map((command) => [`POST /v1/inquiries/{id}/${command}`, {}] as const),
    ['POST /v1/inquiries/{id}/messages', { kind: 'internal', text: '…' }],
    ['POST /v1/inquiries/{id}/transfer', { desk: 'staff' }],
    ['POST /v1/inquiries/{id}/unmaskings', { of: 'none', kinds: ['mail'], reason: '…' }],
  ];
  await Promise.all(
    routes.map(async ([route, body]) => {
      expect(await ask(number, route, body)).toBe(await ask(absent.number, route, body));
      expect(await ask(id, route, body)).toBe(await ask(absent.id, route, body));
    }),
  );
  const escalation = 'POST /v1/escalations/{id}.resolution-1/acknowledge';
  expect(await ask(id, escalation, {})).toBe(await ask(absent.id, escalation, {}));
  const listed = 'GET /v1/inquiries?number={id}';
  expect(await ask(number, listed)).toBe(await ask(absent.number, listed));
});

/** The specimens' number: its checksum is right, but no inquiry of the walk has it. */
function unusedNumber(): string {
  const specimen = new URL('../../events/domain/InquiryReceived/v1.json', import.meta.url);
  return JSON.parse(readFileSync(specimen, 'utf8')).number;
}

test('a vendor gets no version of what it once had, to see by it whether something happens', async () => {
  const { id } = inquiries['moved on'];
  const { headers, body } = await must('operator-a1', `GET /v1/inquiries/${id}`);
  expect(headers.get('etag')).toBeNull();
  expect(Object.keys(body).sort()).toEqual(['id', 'number', 'status', 'stub']);
});

describe('by a vendor’s own system', () => {
  test.each(systemDeskRows.map((row) => [titleOf(row), row] as const))('%s', async (_, row) => {
    const columns = systemDesks.map(([how, by, id]) => [how, by, { desk: id }] as const);
    expect(await findDifferences(row, columns)).toEqual([]);
  });

  test.each(systemInquiryRows.map((row) => [titleOf(row), row] as const))('%s', async (_, row) => {
    const columns = systemStandings.map(
      ([how, by, name]) => [how, by, { id: inquiries[name].id }] as const,
    );
    expect(await findDifferences(row, columns)).toEqual([]);
  });
});
