import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DynamoRoutingConfigLedger } from '../../../adapters/dynamo/config/dynamo-routing-config-ledger.ts';
import { DynamoTerms } from '../../../adapters/dynamo/config/dynamo-terms.ts';
import { DynamoPersonRegistry } from '../../../adapters/dynamo/people/dynamo-person-registry.ts';
import { compareDocuments } from '../../../adapters/json/compare-documents.ts';
import { checkWebhookUrl, collectOrigins } from '../../../adapters/webhook/check-webhook-url.ts';
import { findDeskAttributes, findVendorSettings } from '../../../core/inquiry/terms/terms.ts';
import type { DeskId, EmailAddress, Instant, VendorId } from '../../../core/inquiry/values/ids.ts';
import { routingConfigKinds } from '../../../core/routing/configuration/routing-config.ts';
import { makeHandler } from '../../../functions/routing/configure-routing.ts';
import { helpDeskActors as cast, deskList } from '../../core/help-desk.ts';
import { makeAuditLog } from '../../support/audit-logs.ts';
import { type StartedDynamo, startDynamo } from '../../support/start-dynamo.ts';
import { fakeGatewayEvent, fakeLambdaContext } from '../edge/http/fake-gateway-event.ts';
import { makeRecordingTelemetry } from '../edge/telemetry/recording-telemetry.ts';

type RequestInput = {
  readonly as?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
};

let dynamo: StartedDynamo;
let at = '2026-11-24T03:00:00.000Z' as Instant;
let configure: ReturnType<typeof makeHandler>;

beforeAll(async () => {
  dynamo = await startDynamo();
  const { table } = dynamo;
  const people = new DynamoPersonRegistry(table);
  for (const person of Object.values(cast)) await people.put(person);
  configure = makeHandler({
    ...makeRecordingTelemetry(),
    people,
    now: () => at,
    audit: makeAuditLog(table),
    newTraceId: () => 'trace-1',
    terms: new DynamoTerms(table, deskList),
    versions: new DynamoRoutingConfigLedger(table),
    compare: compareDocuments,
    forms: ['general', 'account-request'],
    refusedUrl: (url) => checkWebhookUrl(url, collectOrigins([])),
  });
});
afterAll(() => dynamo.stop());

async function ask(routeKey: string, { as = 'lead', ...request }: RequestInput, body?: object) {
  const written = body === undefined ? {} : { body: JSON.stringify(body) };
  const event = fakeGatewayEvent({ routeKey, sub: as, ...request, ...written });
  const answer = await configure(event, fakeLambdaContext());
  const { statusCode: status, headers } = answer;
  return { status, headers, body: JSON.parse(answer.body ?? 'null') };
}
const get = (kind: string, request: RequestInput = {}) => ask(`GET /v1/config/${kind}`, request);
const put = (kind: string, document: unknown, request: RequestInput = {}, note?: string) =>
  ask(`PUT /v1/config/${kind}`, request, { document, ...(note === undefined ? {} : { note }) });
const restore = (kind: string, version: number, request: RequestInput = {}) =>
  ask(`POST /v1/config/${kind}/restore`, request, { version });
const diff = (kind: string, from: number, to: number) =>
  ask(`GET /v1/config/${kind}/diff`, { query: { from: String(from), to: String(to) } });
const dry = { query: { dryRun: 'true' } };

/** The faults for which a document is refused. */
async function faultsOf(kind: string, document: unknown): Promise<string[]> {
  const { status, body } = await put(kind, document);
  expect([status, body.code]).toEqual([400, 'invalid.body']);
  return body.errors.map(
    ({ pointer, detail }: { pointer: string; detail: string }) => `${pointer} ${detail}`,
  );
}

const rule = (id: string, phrase: string, set: object) => ({ id, when: { text: [phrase] }, set });
const otherwise = { desk: 'staff', priority: 'medium', category: 'other' };
const vpn = rule('vpn', 'vpn', { category: 'network', desk: 'bpo' });
const printer = rule('printer', 'プリンター', { category: 'print', desk: 'staff' });

describe('the rule set', () => {
  it('is the shipped one as version 0 until another is put', async () => {
    const { status, headers, body } = await get('routing', { query: { version: '0' } });
    expect([status, headers['etag']]).toEqual([200, '"0"']);
    const { version: _, ...shipped } = routingConfigKinds.routing.shipped.body;
    expect(body.document).toEqual(JSON.parse(JSON.stringify(shipped)));
    expect(body.history.at(-1)).toMatchObject({ version: 0 });
  });

  it('is put whole as a new version, with what it changes', async () => {
    const first = await put('routing', { rules: [vpn], otherwise }, {}, 'first');
    expect(first).toMatchObject({
      status: 201,
      headers: { etag: '"1"', location: '/v1/config/routing?version=1' },
      body: { version: 1, recordedAt: at, by: { sub: 'lead', name: 'lead' }, note: 'first' },
    });
    const second = await put('routing', { rules: [printer, vpn], otherwise });
    expect(second.body.changes).toEqual([{ op: 'add', path: '/rules/0', value: printer }]);
    const read = (await get('routing')).body;
    expect(read).toMatchObject({ version: 2, newest: 2, document: { rules: [printer, vpn] } });
    expect(read.history.map(({ version }: { version: number }) => version)).toEqual([2, 1, 0]);
  });

  it('shows by a dry run what a version would be, and writes nothing', async () => {
    const before = (await get('routing')).body.newest;
    const { status, body } = await put('routing', { rules: [], otherwise }, dry);
    expect([status, body.dryRun, body.version]).toEqual([200, true, before + 1]);
    expect(body.changes.map(({ op }: { op: string }) => op)).toEqual(['remove', 'remove']);
    expect((await get('routing')).body.newest).toBe(before);
  });

  it('is refused whole with a pointer to each fault', async () => {
    const rules = [
      rule('gone', 'x', { desk: 'nowhere', policy: 'platinum' }),
      { id: 'odd', when: { all: [{ channel: ['fax'] }] }, set: { pool: 'vendors' } },
    ];
    const faults = await faultsOf('routing', { rules, otherwise });
    expect(faults.some((fault) => fault.startsWith('/document/rules/1/when/all/0'))).toBe(true);
    const named = await faultsOf('routing', {
      rules: [rules[0], { ...rules[1], when: { channel: ['mail'] } }],
      otherwise: { ...otherwise, desk: 'moon' },
    });
    expect(named).toEqual(
      expect.arrayContaining([
        '/document/rules/0/set/desk there is no desk nowhere',
        '/document/rules/0/set/policy there is no policy platinum',
        '/document/rules/1/set/pool there is no pool vendors',
        '/document/otherwise/desk there is no desk moon',
      ]),
    );
  });

  it('is warned of when a rule can never decide', async () => {
    const late = rule('late', 'vpn', { desk: 'staff' });
    const { status, body } = await put('routing', { rules: [vpn, late], otherwise }, dry);
    expect(status).toBe(200);
    expect(body.warnings).toHaveLength(1);
    expect(body.warnings[0].pointer).toMatch(/^\/rules\/1/);
  });

  it('is refused to whoever has not seen the newest version', async () => {
    const document = { rules: [vpn], otherwise };
    const stale = await put('routing', document, { headers: { 'if-match': '"0"' } });
    expect([stale.status, stale.body.code]).toEqual([412, 'config.stale']);
  });

  it('is compared with any other version', async () => {
    const { status, body } = await diff('routing', 2, 1);
    expect([status, body]).toEqual([
      200,
      { from: 2, to: 1, changes: [{ op: 'remove', path: '/rules/0' }] },
    ]);
    expect((await diff('routing', 1, 99)).body.code).toBe('config.unknown-version');
  });

  it('returns to an earlier version as a new one', async () => {
    const { newest } = (await get('routing')).body;
    const back = await restore('routing', 1);
    expect(back).toMatchObject({ status: 201, body: { version: newest + 1, restores: 1 } });
    expect((await diff('routing', 1, newest + 1)).body.changes).toEqual([]);
    expect((await restore('routing', 99)).body.code).toBe('config.unknown-version');
    expect((await restore('routing', 0, dry)).body).toMatchObject({ dryRun: true, restores: 0 });
  });

  it('takes a thousand rules, kept compressed, and gives them back as they were', async () => {
    const rules = Array.from({ length: 1000 }, (_, index) =>
      rule(`rule-${index}`, `phrase number ${index}`, { tags: [`tag ${index}`] }),
    );
    const { status, body } = await put('routing', { rules, otherwise });
    expect([status, body.warnings]).toEqual([201, []]);
    expect((await get('routing')).body.document).toEqual({ rules, otherwise });
    expect((await put('routing', { rules: [...rules, vpn], otherwise })).status).toBe(400);
  });
});

describe('the desk settings', () => {
  const contract = { categories: ['network'], otherwise: 'staff' };

  it('are in force for every function at once', async () => {
    const elsewhere = new DynamoTerms(dynamo.table, deskList);
    await elsewhere.read();
    const document = {
      desks: { bpo: { contract, claimSeconds: 90 } },
      vendors: { 'vendor-a': { masking: { phone: false } } },
    };
    const done = await put('desks', document);
    expect([done.status, done.body.version]).toEqual([201, 1]);
    const terms = await elsewhere.read();
    expect(terms.settings.version).toBe(1);
    expect(terms.desks.find(({ id }) => id === 'bpo')?.claimSeconds).toBe(90);
    expect(findDeskAttributes(terms, 'bpo' as DeskId).contract).toMatchObject({
      categories: ['network'],
    });
    expect(findVendorSettings(terms, 'vendor-a' as VendorId).masking).toMatchObject({
      phone: false,
      mail: true,
    });
  });

  it('are refused whole with a pointer to each fault', async () => {
    const faults = await faultsOf('desks', {
      desks: {
        moon: {},
        staff: { contract: { otherwise: 'bpo' } },
        bpo: {
          contract: { otherwise: 'bpo', outsideCoverage: { desk: 'night' } },
          overflow: { to: 'mars', enter: { depth: 5 }, leave: { depth: 2 } },
          assignment: { standing: [{ agent: 'nobody@toritsugi.example', categories: ['x'] }] },
        },
      },
      pools: {
        vendors: {
          name: { ja: '外部', en: 'Vendors' },
          choose: 'share',
          members: [
            { desk: 'bpo', share: 0, categories: ['x'] },
            { desk: 'bpo', share: 0 },
            { desk: 'gone', share: 0 },
          ],
        },
      },
      vendors: {
        'vendor-z': {},
        'vendor-a': { system: { url: 'http://10.0.0.1/', keys: [{ id: 'k' }, { id: 'k' }] } },
      },
    });
    expect(faults.sort()).toEqual([
      '/document/desks/bpo/assignment/standing a vendor gives its work to its own agents',
      '/document/desks/bpo/assignment/standing/0/agent nobody@toritsugi.example is no agent of the house',
      '/document/desks/bpo/contract/otherwise is the desk itself',
      '/document/desks/bpo/contract/outsideCoverage/desk there is no desk night',
      '/document/desks/bpo/overflow/to there is no desk mars',
      '/document/desks/moon there is no desk moon',
      '/document/desks/staff/contract an internal desk has no contract',
      '/document/pools/vendors/members nobody has a share',
      '/document/pools/vendors/members/0/categories only a pool that chooses by category asks for them',
      '/document/pools/vendors/members/1/desk is a member already',
      '/document/pools/vendors/members/2/desk there is no desk gone',
      '/document/vendors/vendor-a/system/keys/1/id another key has it',
      '/document/vendors/vendor-a/system/url is not called: not-https; only https to public hosts is',
      '/document/vendors/vendor-z no desk is a desk of vendor-z',
    ]);
    expect(
      await faultsOf('desks', {
        desks: {
          bpo: {
            colour: 'red',
            overflow: { to: 'staff', enter: { depth: 2 }, leave: { depth: 5 } },
          },
        },
      }),
    ).toEqual(
      expect.arrayContaining([
        '/document/desks/bpo/colour is not known here',
        '/document/desks/bpo/overflow/leave/depth it is left at less than it was entered at',
      ]),
    );
  });

  it('keep a pool while a rule in force names it', async () => {
    const pools = {
      vendors: { name: { ja: '外部', en: 'Vendors' }, choose: 'order', members: [{ desk: 'bpo' }] },
    };
    const unused = await put('desks', { pools });
    expect(unused.body.warnings).toEqual([
      { pointer: '/pools/vendors', detail: 'no rule in force names it' },
    ]);
    const rules = [rule('vpn', 'vpn', { pool: 'vendors' })];
    expect((await put('routing', { rules, otherwise })).status).toBe(201);
    expect(await faultsOf('desks', {})).toEqual([
      '/document/pools rules in force name the pool vendors',
    ]);
    expect((await restore('desks', 1)).status).toBe(400);
  });

  it('are warned of a standing agent who does not work the desk', async () => {
    const { pools } = (await get('desks')).body.document;
    const address = 'elsewhere@toritsugi.example' as EmailAddress;
    const { sub: _, ...staff } = cast.staff1;
    await new DynamoPersonRegistry(dynamo.table).put({ ...staff, address, desks: [] });
    const standing = [{ agent: address, categories: ['network'] }];
    const { status, body } = await put(
      'desks',
      { pools, desks: { staff: { assignment: { standing } } } },
      dry,
    );
    expect([status, body.warnings]).toEqual([
      200,
      [
        {
          pointer: '/desks/staff/assignment/standing/0/agent',
          detail: `${address} is not of desk staff`,
        },
      ],
    ]);
  });

  it('are warned of what leaves the house unasked, and of what has no effect', async () => {
    const { pools } = (await get('desks')).body.document;
    const { status, body } = await put(
      'desks',
      {
        pools,
        desks: {
          staff: { overflow: { to: 'bpo', enter: { depth: 9 }, leave: { depth: 3 } } },
        },
        vendors: { 'vendor-a': { system: { keys: [{ id: 'old', state: 'retired' }] } } },
      },
      dry,
    );
    expect([status, body.warnings.map(({ pointer }: { pointer: string }) => pointer)]).toEqual([
      200,
      ['/desks/staff/overflow/to', '/vendors/vendor-a/system/keys'],
    ]);
  });

  it('are for leads, as the rules are', async () => {
    for (const as of ['staff1', 'a1', 'requester']) {
      for (const kind of ['routing', 'desks']) {
        expect((await get(kind, { as })).status).toBe(403);
        expect((await put(kind, {}, { as })).status).toBe(403);
        expect((await restore(kind, 0, { as })).status).toBe(403);
      }
    }
  });

  it('are put one after the other by two leads at once, and neither is lost', async () => {
    const { pools } = (await get('desks')).body.document;
    const { newest } = (await get('desks')).body;
    const both = await Promise.all(
      [30, 45].map((claimSeconds) => put('desks', { pools, desks: { bpo: { claimSeconds } } })),
    );
    expect(both.map(({ status }) => status)).toEqual([201, 201]);
    expect(both.map(({ body }) => body.version).sort()).toEqual([newest + 1, newest + 2]);
    at = '2026-11-24T03:00:01.000Z' as Instant;
  });
});
