import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CalendarsDocument, PoliciesDocument } from '../../../core/inquiry/terms/sla-policies.ts';
import { formatWebhookSecret } from '../../../core/inquiry/tokens/webhook-secret.ts';
import { makeTestSigning } from '../../support/test-signing-keys.ts';
import {
  type ConfigFixture,
  readShippedDocument,
  type ServiceLevelDocumentKind,
  startConfigFixture,
  tokyoInstant,
} from './config-fixture.ts';

let fixture: ConfigFixture;
beforeAll(async () => {
  fixture = await startConfigFixture();
});
afterAll(() => fixture.stop());

/** A shipped document with a change. */
// biome-ignore lint/suspicious/noExplicitAny: documents that the schema has to refuse
function changed(kind: ServiceLevelDocumentKind, change: (document: any) => void) {
  const document = readShippedDocument(kind);
  change(document);
  return { document };
}

/** The faults for which a document is refused. */
async function faultsOf(kind: ServiceLevelDocumentKind, body: object): Promise<string[]> {
  const { status, body: problem } = await fixture.put(kind, body);
  expect(status).toBe(400);
  return problem.errors.map(
    ({ pointer, detail }: { pointer: string; detail: string }) => `${pointer} ${detail}`,
  );
}

describe('reading', () => {
  it.each(['calendars', 'policies'] as const)('gives the shipped %s as version 0', async (kind) => {
    const { status, body, headers } = await fixture.get(kind, { query: { version: '0' } });
    expect([status, headers['etag']]).toEqual([200, '"0"']);
    expect(body.document).toEqual(readShippedDocument(kind));
    expect(body.history.at(-1)).toMatchObject({ version: 0 });
  });

  it('gives the newest version unless another is asked for, and says which is in force', async () => {
    fixture.clock.at = tokyoInstant('2026-11-24T12:00:00');
    const { newest: before, inForce } = (await fixture.get('policies')).body;
    const from = tokyoInstant('2026-12-01T00:00:00');
    const body = { document: readShippedDocument('policies'), from, note: '12月から' };
    const put = await fixture.put('policies', body);
    expect(put).toMatchObject({
      status: 201,
      headers: {
        etag: `"${before + 1}"`,
        location: `/v1/config/policies?version=${before + 1}`,
      },
      body: {
        version: before + 1,
        from,
        recordedAt: fixture.clock.at,
        by: { sub: 'lead', name: 'lead' },
        note: '12月から',
      },
    });
    const read = (await fixture.get('policies')).body;
    expect(read).toMatchObject({ version: before + 1, newest: before + 1, inForce });
    expect(read.history[0]).toMatchObject({ version: before + 1, from, note: '12月から' });
    fixture.clock.at = tokyoInstant('2026-12-01T00:00:00');
    expect((await fixture.get('policies')).body.inForce).toBe(before + 1);
    fixture.clock.at = tokyoInstant('2026-11-24T12:00:00');
  });

  it('refuses a version that nobody has put', async () => {
    const { status, body } = await fixture.get('calendars', { query: { version: '99' } });
    expect([status, body.code]).toEqual([404, 'config.unknown-version']);
  });

  it('is for leads, and so is all else', async () => {
    for (const as of ['staff1', 'a1', 'requester']) {
      expect((await fixture.get('policies', { as })).status).toBe(403);
      expect(
        (await fixture.put('policies', { document: readShippedDocument('policies') }, { as }))
          .status,
      ).toBe(403);
      expect((await fixture.secretOf('ops', { as })).status).toBe(403);
    }
  });
});

describe('putting', () => {
  it('is refused to who has not seen the newest version, and obeyed to who has', async () => {
    const { etag } = (await fixture.get('calendars')).headers;
    const body = { document: readShippedDocument('calendars') };
    const first = await fixture.put('calendars', body, { headers: { 'if-match': etag ?? '' } });
    expect(first.status).toBe(201);
    const late = await fixture.put('calendars', body, { headers: { 'if-match': etag ?? '' } });
    expect([late.status, late.body.code]).toEqual([412, 'config.stale']);
    const again = await fixture.put('calendars', body, {
      headers: { 'if-match': first.headers['etag'] ?? '' },
    });
    expect(again.body.version).toBe(first.body.version + 1);
  });

  it('is done for each of several at once, one after the other', async () => {
    const document = readShippedDocument('calendars');
    const { newest } = (await fixture.get('calendars')).body;
    const puts = await Promise.all([1, 2, 3].map(() => fixture.put('calendars', { document })));
    expect(puts.map(({ status }) => status)).toEqual([201, 201, 201]);
    const versions = puts.map(({ body }) => body.version - newest).sort();
    expect(versions).toEqual([1, 2, 3]);
  });

  it('names the job that recomputes the open inquiries, which has been written with it', async () => {
    const { body } = await fixture.put('policies', { document: readShippedDocument('policies') });
    const job = await fixture.deliver(body.job.replace('/v1/jobs/', ''));
    expect(job).toMatchObject({ jobKind: 'sla-recomputation', startedBy: 'lead', state: 'done' });
  });

  it('refuses what is larger than an item holds', async () => {
    const calendars = Object.fromEntries(
      Array.from({ length: 3_000 }, (_, n) => [`c${n}`, { zone: 'Asia/Tokyo', week: {} }]),
    );
    const document = { calendars: { ...readShippedDocument('calendars').calendars, ...calendars } };
    const { status, body } = await fixture.put('calendars', { document });
    expect([status, body.code]).toEqual([413, 'invalid.too-large']);
  });

  it('writes nothing as a dry run', async () => {
    const { newest } = (await fixture.get('calendars')).body;
    const { status, body } = await fixture.dryRun('calendars', {
      document: readShippedDocument('calendars'),
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ version: newest + 1, dryRun: true, effect: { complete: true } });
    expect((await fixture.get('calendars')).body.newest).toBe(newest);
  });

  it('shows as a dry run the faults for which it would be refused', async () => {
    const { status, body } = await fixture.dryRun('policies', {
      ...changed('policies', (all) => {
        all.deskCalendars.bpo = 'no-such';
      }),
    });
    expect([status, body.code]).toEqual([400, 'invalid.body']);
  });
});

describe('from when a version is in force', () => {
  const noon = tokyoInstant('2026-11-24T12:00:00');

  it.each([
    ['now unless said otherwise', undefined, noon],
    ['to the second', '2026-11-24T12:00:05.900+09:00', tokyoInstant('2026-11-24T12:00:05')],
    ['later', '2027-04-01T00:00:00+09:00', tokyoInstant('2027-04-01T00:00:00')],
    ['earlier the same day', '2026-11-24T09:00:00+09:00', tokyoInstant('2026-11-24T09:00:00')],
    [
      'from the beginning of the day',
      '2026-11-24T00:00:00+09:00',
      tokyoInstant('2026-11-24T00:00:00'),
    ],
  ])('is %s', async (_, from, expected) => {
    fixture.clock.at = noon;
    const body = {
      document: readShippedDocument('policies'),
      ...(from === undefined ? {} : { from }),
    };
    expect((await fixture.dryRun('policies', body)).body.from).toBe(expected);
  });

  it.each([
    ['yesterday', '2026-11-23T23:59:59+09:00', 'lies before the present day in Asia/Tokyo'],
    ['when calendars know nothing', '2045-01-01T00:00:00Z', 'lies beyond what calendars know'],
  ])('is never %s', async (_, from, detail) => {
    fixture.clock.at = noon;
    const document = readShippedDocument('policies');
    expect(await faultsOf('policies', { document, from })).toEqual([`/from ${detail}`]);
  });

  it('may be what is yesterday elsewhere, where only calendars elsewhere change', async () => {
    fixture.clock.at = noon;
    const york = { zone: 'America/New_York', week: { mon: ['09:00-17:00'] } };
    const document = { calendars: { ...readShippedDocument('calendars').calendars, york } };
    expect((await fixture.put('calendars', { document })).status).toBe(201);
    // In New York it is still Monday evening.
    const closed = { ...york, overrides: [{ date: '2026-11-23', intervals: [] }] };
    const from = '2026-11-23T09:00:00-05:00';
    const there = { document: { calendars: { ...document.calendars, york: closed } }, from };
    expect((await fixture.put('calendars', there)).status).toBe(201);
    const both = structuredClone(there);
    both.document.calendars['tokyo-office'].week.sat = ['09:00-12:00'];
    expect(await faultsOf('calendars', both)).toEqual([
      '/from lies before the present day in Asia/Tokyo',
    ]);
  });
});

describe('what policies are refused for', () => {
  const policyFault = (change: (standard: ReturnType<typeof readShippedDocument>) => void) =>
    changed('policies', (all) => change(all.policies.standard));

  it.each<[string, { document: object }, string[]]>([
    [
      'calendars that do not exist',
      changed('policies', (all) => {
        all.policies.standard.clocks.resolution.calendar = 'no-such';
        all.deskCalendars.staff = 'no-such';
        all.chains[0].quiet.outside = 'no-such';
      }),
      [
        '/document/policies/standard/clocks/resolution/calendar there is no calendar no-such then',
        '/document/deskCalendars/staff there is no calendar no-such then',
        '/document/chains/0/quiet/outside there is no calendar no-such then',
      ],
    ],
    [
      'desks that the stage does not have',
      changed('policies', (all) => {
        all.policies.standard.clocks.pickup.desks = { nowhere: { high: 'PT1H' } };
        all.deskCalendars.nowhere = 'tokyo-office';
        all.chains[0].desks = ['staff', 'nowhere'];
        all.thresholds[0].desk = 'nowhere';
      }),
      [
        '/document/policies/standard/clocks/pickup/desks/nowhere there is no desk nowhere',
        '/document/deskCalendars/nowhere there is no desk nowhere',
        '/document/chains/0/desks/1 there is no desk nowhere',
        '/document/thresholds/0/desk there is no desk nowhere',
      ],
    ],
    [
      'targets that take longer than calendars know',
      policyFault(({ clocks }) => {
        clocks.resolution.targets.low = 'PT9000H';
        clocks.resolution.calendar = 'york';
      }),
      [
        '/document/policies/standard/clocks/resolution/targets/low york does not supply PT9000H in the years that it knows',
      ],
    ],
    [
      'webhooks that would not be called',
      changed('policies', (all) => {
        all.webhooks = {
          plain: { url: 'http://hooks.example.com/1' },
          metadata: { url: 'https://169.254.169.254/latest' },
          loop: { url: 'https://[::1]/' },
          hex: { url: 'https://0x7f.1/' },
          inside: { url: 'https://chat.internal/' },
          bare: { url: 'https://chat/' },
          password: { url: 'https://user:secret@hooks.example.com/' },
          public: { url: 'https://hooks.example.com/' },
          exception: { url: 'http://127.0.0.1:4000/hook' },
        };
      }),
      [
        '/document/webhooks/plain/url is not https',
        '/document/webhooks/metadata/url leads to no public host',
        '/document/webhooks/loop/url leads to no public host',
        '/document/webhooks/hex/url leads to no public host',
        '/document/webhooks/inside/url leads to no public host',
        '/document/webhooks/bare/url leads to no public host',
        '/document/webhooks/password/url carries a password',
      ],
    ],
    [
      'what the schema does not know, lacks or forbids',
      changed('policies', (all) => {
        all.otherwise = 'gone';
        all.chains[1].id = 'service-levels';
        all.surprise = true;
      }),
      [
        '/document/surprise is not known here',
        '/document/otherwise is none of the policies',
        '/document/chains/1/id two chains share it',
      ],
    ],
  ])('is %s, each with its place', async (_, body, faults) => {
    expect((await faultsOf('policies', body)).sort()).toEqual(faults.sort());
  });
});

describe('what calendars are refused for', () => {
  it('is leaving out one that policies in force name, and those that will be', async () => {
    const bare = changed('calendars', ({ calendars }) => {
      delete calendars['bpo-weekdays'];
    });
    expect(await faultsOf('calendars', bare)).toEqual(
      ['bpo', 'bpo-b'].map(
        (desk) =>
          `/document/calendars lacks bpo-weekdays, which the policies name at /deskCalendars/${desk}`,
      ),
    );
  });

  it('is never opening where a target has to be met', async () => {
    const shut = changed('calendars', ({ calendars }) => {
      calendars['bpo-weekdays'].week = {};
    });
    const faults = await faultsOf('calendars', shut);
    expect(faults).toContain(
      '/document/calendars/bpo-weekdays bpo-weekdays never supplies PT10M, as the policies demand at /policies/standard/clocks/pickup/targets/critical',
    );
  });

  it('is what the schema says of zones, intervals and dates, each with its place', async () => {
    const wrong = changed('calendars', ({ calendars }) => {
      calendars['tokyo-office'].zone = 'Mars/Olympus';
      calendars['tokyo-office'].week.mon = ['09:00-12:00', '11:00-17:00'];
      calendars['bpo-weekdays'].overrides = [{ date: '2026-02-30', intervals: [] }];
      calendars['bpo-weekdays'].week.tue = ['17:00-09:00'];
    });
    const faults = await faultsOf('calendars', wrong);
    expect(faults.map((fault) => fault.split(' ')[0]).sort()).toEqual([
      '/document/calendars/bpo-weekdays/overrides/0/date',
      '/document/calendars/bpo-weekdays/week/tue/0',
      '/document/calendars/tokyo-office/week/mon/1',
      '/document/calendars/tokyo-office/zone',
    ]);
  });
});

it('takes a calendar away once the policies that named it have been replaced', async () => {
  fixture.clock.at = tokyoInstant('2026-12-02T12:00:00');
  const policies = changed('policies', (all) => {
    all.deskCalendars = {};
  });
  const calendars = changed('calendars', (all) => {
    delete all.calendars['bpo-weekdays'];
  });
  expect(await fixture.put('policies', policies)).toMatchObject({ status: 201 });
  expect(await fixture.put('calendars', calendars)).toMatchObject({ status: 201 });
  const back = changed('policies', () => {});
  expect(await faultsOf('policies', back)).toEqual([
    '/document/deskCalendars/bpo there is no calendar bpo-weekdays then',
    '/document/deskCalendars/bpo-b there is no calendar bpo-weekdays then',
  ]);
});

it('gives a webhook its secret, the one with which its messages are signed', async () => {
  const body = changed('policies', (all) => {
    all.deskCalendars = {};
    all.webhooks = { ops: { url: 'https://hooks.example.com/ops' } };
  });
  expect((await fixture.put('policies', body)).status).toBe(201);
  const { status, headers, body: secretBody } = await fixture.secretOf('ops');
  expect([status, headers['cache-control']]).toEqual([200, 'no-store']);
  const keys = await makeTestSigning('webhook', 'the secret of these tests');
  const [webhook] = Object.keys(PoliciesDocument.parse(body.document).webhooks);
  expect(secretBody).toEqual({
    webhook,
    url: 'https://hooks.example.com/ops',
    secret: formatWebhookSecret(keys, webhook as Parameters<typeof formatWebhookSecret>[1]),
  });
  expect(secretBody.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  const unknown = await fixture.secretOf('others');
  expect([unknown.status, unknown.body.code]).toEqual([404, 'config.unknown-webhook']);
});

it('stores what it was given, so that it can be put again as it was read', async () => {
  const { document } = (await fixture.get('calendars')).body;
  expect(CalendarsDocument.parse(document)).toEqual(document);
  expect((await fixture.put('calendars', { document })).status).toBe(201);
});
