import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DynamoAnswerStore } from '../../../adapters/dynamo/inquiry/dynamo-answer-store.ts';
import { DynamoAlarmIndex } from '../../../adapters/dynamo/sla/dynamo-alarm-index.ts';
import { DynamoVerdictLedger } from '../../../adapters/dynamo/sla/dynamo-verdict-ledger.ts';
import { inquiriesPerRow, RestatementWork } from '../../../adapters/job/restatement-work.ts';
import { StoredRestatements } from '../../../adapters/job/stored-restatements.ts';
import { nodeRandomness } from '../../../adapters/random/node-randomness.ts';
import { Person } from '../../../core/access/person.ts';
import type { PendingAppend } from '../../../core/inquiry/ports.ts';
import type { Instant } from '../../../core/inquiry/values/ids.ts';
import type { Job, JobId } from '../../../core/job/job.ts';
import type { JobWork } from '../../../core/job/ports.ts';
import { buildMonthReport } from '../../../core/sla/report/month-report.ts';
import { reportMonth } from '../../../core/sla/report/report-month.ts';
import { viewMonthReport } from '../../../core/sla/report/view-month-report.ts';
import { JobView } from '../../../functions/contract/api-schemas.ts';
import { ServiceLevelReport } from '../../../functions/contract/sla/sla-report.ts';
import { makeHandler as makeJobReader } from '../../../functions/job/read-job.ts';
import { makeHandler } from '../../../functions/sla/report-service-levels.ts';
import {
  collectVerdictRecords,
  generateLives,
  reportTerms,
} from '../../core/sla/report/report-lives.ts';
import { reportServiceLevels } from '../../core/sla/report/report-service-levels.ts';
import { makeAuditLog } from '../../support/audit-logs.ts';
import { reportSlowly } from '../../support/slow-report.ts';
import { type StartedEngines, startEngines } from '../../support/start-engines.ts';
import { fakeGatewayEvent, fakeLambdaContext } from '../edge/http/fake-gateway-event.ts';
import { makeRecordingTelemetry } from '../edge/telemetry/recording-telemetry.ts';
import { leadPerson, startImportFixture } from '../job/import-fixture.ts';

let engines: StartedEngines;
let parts: Awaited<ReturnType<typeof startImportFixture>>;
let lives: PendingAppend[];

const terms = { read: async () => reportTerms };
const now = '2026-12-08T00:00:00.000Z' as Instant;
const staff = Person.parse({
  ...{ address: 'staff-1@toritsugi.example', sub: 'staff-1', name: 'Staff', role: 'staff' },
});

beforeAll(async () => {
  engines = await startEngines();
  parts = await startImportFixture(engines);
  parts.clock.at = Date.parse(now);
  await parts.people.put(staff);
  lives = generateLives(25, 11);
  for (const pendingAppend of lives)
    expect(await parts.ledger.append(pendingAppend)).toEqual({ appended: true });
});
afterAll(() => engines.stop());

type Ask = {
  readonly by?: Person;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
};

async function ask(routeKey: string, { by = leadPerson, body, ...rest }: Ask) {
  const handler = makeHandler({
    ...makeRecordingTelemetry(),
    terms,
    records: new DynamoVerdictLedger(engines.table),
    restatements: new StoredRestatements(parts.jobs, nodeRandomness),
    people: parts.people,
    answers: new DynamoAnswerStore(engines.table, () => parts.clock.at),
    now: parts.now,
    audit: makeAuditLog(engines.table),
    newTraceId: () => 'trace-1',
  });
  const event = fakeGatewayEvent({
    ...{ routeKey, ...rest },
    ...(by.sub === undefined ? {} : { sub: by.sub }),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const { statusCode, headers, body: text = '' } = await handler(event, fakeLambdaContext());
  return { statusCode, headers, text };
}

const report = (query: Readonly<Record<string, string>>, more: Omit<Ask, 'query'> = {}) =>
  ask('GET /v1/sla/report', { query, ...more });

function recordsOfNovember() {
  return collectVerdictRecords(lives).filter(({ verdict }) => verdict.judged.month === '2026-11');
}

describe('the report of what the ledger holds', () => {
  it.each(['2026-12-08T00:00:00.000Z', '2026-11-20T12:00:00.000+09:00'])(
    'is that of the records, and counts as the slow one does, as of %s',
    async (given) => {
      const asOf = new Date(given).toISOString() as Instant;
      const { statusCode, text } = await report({ month: '2026-11', asOf: given });
      expect(statusCode).toBe(200);
      const body = ServiceLevelReport.parse(JSON.parse(text));
      const records = recordsOfNovember();
      const made = viewMonthReport(
        buildMonthReport({ month: '2026-11', asOf, records, serviceLevels: reportServiceLevels }),
      );
      expect(body).toEqual(JSON.parse(JSON.stringify(made)));
      const lines = lives.flatMap(({ id, events }) => events.map((event) => ({ id, event })));
      const zones = { far: 'America/New_York', otherwise: 'Asia/Tokyo' };
      const slow = reportSlowly(lines, '2026-11', asOf, zones);
      expect(slow.length).toBeGreaterThan(20);
      const names = body.groups.map(({ desk, clock, priority, figures }) => {
        const { attainment, cycles } = figures;
        return { name: `${desk ?? '-'} ${clock} ${priority}`, attainment, cycles };
      });
      expect(names.map(({ name }) => name).sort()).toEqual(
        slow.map((line) => line.slice(0, line.indexOf(':'))).sort(),
      );
      for (const { name, attainment } of names) {
        const line = slow.find((one) => one.startsWith(`${name}:`));
        expect(line).toContain(` attainment=${attainment} `);
      }
    },
  );

  it('is as of now unless told otherwise, and the same to the byte when asked again', async () => {
    const [first, again] = [await report({ month: '2026-11' }), await report({ month: '2026-11' })];
    expect(JSON.parse(first.text)).toMatchObject({ month: '2026-11', asOf: now, over: true });
    expect(again.text).toBe(first.text);
  });

  it('is of one desk where one is named', async () => {
    const whole = ServiceLevelReport.parse(JSON.parse((await report({ month: '2026-11' })).text));
    const { text } = await report({ month: '2026-11', desk: 'bpo' });
    const body = ServiceLevelReport.parse(JSON.parse(text));
    expect(body.groups).toEqual(whole.groups.filter(({ desk }) => desk === 'bpo'));
    expect(body.totals.desks.map(({ desk }) => desk)).toEqual(['bpo']);
    expect(new Set(body.thresholds.map(({ desk }) => desk))).toEqual(new Set(['bpo']));
  });

  it('may be of a month that is not over, and says so', async () => {
    const { text } = await report({ month: '2026-12' });
    expect(JSON.parse(text)).toMatchObject({ month: '2026-12', over: false });
  });
});

describe('the report as CSV', () => {
  it.each([
    ['format=csv', { format: 'csv' }, {}],
    ['Accept', {}, { accept: 'text/csv, application/json;q=0.5' }],
  ])('comes by %s, in Japanese unless told otherwise', async (_, query, headers) => {
    const answer = await report({ month: '2026-11', ...query }, { headers });
    expect(answer.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8; header=present',
      'content-disposition': 'attachment; filename="sla-2026-11.csv"',
      'content-language': 'ja',
    });
    expect([...Buffer.from(answer.text).subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    const rows: Record<string, string>[] = parse(answer.text, { bom: true, columns: true });
    const body = JSON.parse((await report({ month: '2026-11' })).text);
    const groups = rows.filter((row) => row['区分'] === '優先度別');
    expect(groups.map((row) => Number(row['件数']))).toEqual(
      body.groups.map((row: { figures: { cycles: number } }) => row.figures.cycles),
    );
  });

  it.each([
    [{ lang: 'en' }, { 'accept-language': 'ja' }, 'en'],
    [{}, { 'accept-language': 'en-US,en;q=0.9' }, 'en'],
    [{}, { 'accept-language': 'ja-JP' }, 'ja'],
  ])('has its headings by %j and %j in %s', async (query, headers, language) => {
    const answer = await report({ month: '2026-11', format: 'csv', ...query }, { headers });
    expect(answer.headers['content-language']).toBe(language);
    expect(answer.text).toContain(language === 'en' ? 'Attainment (%)' : '達成率(%)');
  });

  it('does not come where JSON is asked for', async () => {
    const answer = await report(
      { month: '2026-11', format: 'json' },
      { headers: { accept: 'text/csv' } },
    );
    expect(answer.headers['content-type']).toBe('application/json');
  });
});

describe('a report', () => {
  it.each([
    [{ month: '2027-01' }, '/month', 400],
    [{ month: '2026-13' }, '/month', 400],
    [{ month: '2026-1' }, '/month', 400],
    [{ month: '2026-11', asOf: '2026-12-08T00:00:00.001Z' }, '/asOf', 400],
    [{ month: '2026-11', asOf: 'yesterday' }, '/asOf', 400],
    [{ month: '2026-11', desk: 'moon' }, '/desk', 404],
    [{ month: '2026-11', format: 'xml' }, '/format', 400],
  ])('is refused for %j, which points at %s', async (query, pointer, status) => {
    const answer = await report(query);
    expect(answer.statusCode).toBe(status);
    expect(JSON.parse(answer.text)).toMatchObject({ errors: [{ in: 'query', pointer }] });
  });

  it('is for leads', async () => {
    expect((await report({ month: '2026-11' }, { by: staff })).statusCode).toBe(403);
  });

  it('is refused when there are more records than one can be made of, and made desk by desk', async () => {
    const records = new DynamoVerdictLedger(engines.table);
    const all = recordsOfNovember();
    const ofBpo = all.filter(({ verdict }) => verdict.judged.desk === 'bpo');
    const limit = ofBpo.length;
    const of = { month: '2026-11', asOf: now };
    expect(limit).toBeLessThan(all.length);
    expect(await reportMonth(records, reportTerms, of, now, limit)).toMatchObject({
      refused: 'invalid.parameter',
      of: 'desk',
      detail: expect.stringContaining('one desk at a time'),
    });
    const bpo = ofBpo[0]?.verdict.judged.desk;
    expect(await reportMonth(records, reportTerms, { ...of, desk: bpo }, now, limit)).toMatchObject(
      {
        desk: bpo,
      },
    );
  });
});

describe('a restatement', () => {
  const restate = (body: object, by = leadPerson) => ask('POST /v1/sla/restatements', { body, by });

  function workWith({ fail }: { readonly fail?: (index: number) => void } = {}) {
    const { people, ledger, notes } = parts;
    const work = new RestatementWork({
      ...{ people, ledger, notes, terms },
      records: new DynamoVerdictLedger(engines.table),
      alarms: new DynamoAlarmIndex(engines.table),
    });
    const watched: JobWork = {
      open: async (job: Job) => {
        const opened = await work.open(job);
        if (!('runLine' in opened)) return opened;
        return {
          ...opened,
          runLine: async (index: number) => {
            fail?.(index);
            return opened.runLine(index);
          },
        };
      },
    };
    return { ...parts.work, 'sla-restatement': watched };
  }

  async function read(id: string) {
    const handler = makeJobReader({
      ...makeRecordingTelemetry(),
      ...{ jobs: parts.jobs, notes: parts.notes, people: parts.people, now: parts.now },
      audit: makeAuditLog(engines.table),
      newTraceId: () => 'trace-1',
    });
    const event = fakeGatewayEvent({
      ...{ routeKey: 'GET /v1/jobs/{id}', path: `/v1/jobs/${id}`, params: { id }, sub: 'lead-1' },
    });
    return JobView.parse(JSON.parse((await handler(event, fakeLambdaContext())).body ?? 'null'));
  }

  it('shows what was recorded beside what would have been, and changes no record', async () => {
    const before = await report({ month: '2026-11' });
    const answer = await restate({ month: '2026-11', policies: 2 });
    expect(answer.statusCode).toBe(202);
    const { id } = JobView.parse(JSON.parse(answer.text));
    expect(answer.headers['location']).toBe(`/v1/jobs/${id}`);
    expect((await parts.deliver(id as JobId, { work: workWith() })).steps).toEqual(['job.done']);
    const job = await read(id);
    expect(job).toMatchObject({ kind: 'sla-restatement', state: 'done', errors: [] });
    const whole = JSON.parse(before.text);
    const { cycles, missed } = whole.totals.all;
    expect(job.result).toMatchObject({
      ...{ month: '2026-11', policies: 2, asOf: now },
      inquiries: new Set(lives.map((one) => one.id)).size,
      totals: { all: { recorded: { cycles, missed } } },
    });
    const { groups, totals } = job.result as {
      groups: { recorded: { cycles: number } }[];
      totals: { all: { restated: { missed: number }; difference: { missed: number } } };
    };
    expect(groups.reduce((sum, group) => sum + group.recorded.cycles, 0)).toBe(cycles);
    expect(totals.all.difference.missed).toBe(totals.all.restated.missed - missed);
    expect((await report({ month: '2026-11' })).text).toBe(before.text);
  });

  it('goes on where it was interrupted, and comes to the same', async () => {
    const answer = await restate({ month: '2026-11', policies: 1, calendars: 1 });
    const { id } = JSON.parse(answer.text) as { id: JobId };
    const processedRows: number[] = [];
    let isInterrupted = true;
    const fail = (index: number) => {
      processedRows.push(index);
      if (index === 1 && isInterrupted) throw new Error('killed');
    };
    expect((await parts.deliver(id, { work: workWith({ fail }) })).steps).toEqual([
      'job.failed-run',
    ]);
    isInterrupted = false;
    // What is recorded after its start is not part of it.
    const [late] = generateLives(26, 11).slice(-1);
    const fresh = generateLives(26, 11).filter((one) => one.id === late?.id);
    for (const pendingAppend of fresh) await parts.ledger.append(pendingAppend);
    expect((await parts.deliver(id, { work: workWith({ fail }) })).steps).toEqual(['job.done']);
    const rows = Math.ceil(25 / inquiriesPerRow) + 1;
    expect([...new Set(processedRows)]).toEqual(Array.from({ length: rows }, (_, index) => index));
    expect((await read(id)).result).toMatchObject({ inquiries: 25 });
  });

  it.each([
    [{ month: '2026-11' }, ''],
    [{ month: '2026-11', policies: 9 }, '/policies'],
    [{ month: '2026-11', calendars: 9 }, '/calendars'],
    [{ month: '2027-01', policies: 1 }, '/month'],
  ])('is refused for %j, which points at %j', async (body, pointer) => {
    const answer = await restate(body);
    expect(answer.statusCode).toBe(400);
    expect(JSON.parse(answer.text)).toMatchObject({ errors: [{ in: 'body', pointer }] });
  });

  it('is for leads, also when it runs', async () => {
    expect((await restate({ month: '2026-11', policies: 1 }, staff)).statusCode).toBe(403);
    const started = await new StoredRestatements(parts.jobs, nodeRandomness).start(
      { month: '2026-11', policies: 1 },
      staff.sub as never,
      now,
    );
    const id = started.id as JobId;
    expect((await parts.deliver(id, { work: workWith() })).steps).toEqual(['job.failed']);
  });
});
