import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Person } from '../../../core/access/person.ts';
import { JobView } from '../../../functions/contract/api-schemas.ts';
import { makeHandler } from '../../../functions/job/read-job.ts';
import { makeAuditLog } from '../../support/audit-logs.ts';
import { type StartedEngines, startEngines } from '../../support/start-engines.ts';
import { fakeGatewayEvent, fakeLambdaContext } from '../edge/http/fake-gateway-event.ts';
import { makeRecordingTelemetry } from '../edge/telemetry/recording-telemetry.ts';
import {
  employeePerson,
  leadPerson,
  operatorPerson,
  startImportFixture,
} from './import-fixture.ts';

let engines: StartedEngines;
let imports: Awaited<ReturnType<typeof startImportFixture>>;

beforeAll(async () => {
  engines = await startEngines();
});
afterAll(() => engines.stop());
beforeEach(async () => {
  imports = await startImportFixture(engines);
});

async function read(id: string, by: Person) {
  const handler = makeHandler({
    ...makeRecordingTelemetry(),
    ...{ jobs: imports.jobs, notes: imports.notes, people: imports.people, now: imports.now },
    audit: makeAuditLog(engines.table),
    newTraceId: () => 'trace-1',
  });
  const event = fakeGatewayEvent({
    routeKey: 'GET /v1/jobs/{id}',
    path: `/v1/jobs/${id}`,
    params: { id },
    ...(by.sub === undefined ? {} : { sub: by.sub }),
  });
  const { statusCode, body } = await handler(event, fakeLambdaContext());
  return { statusCode, body: JSON.parse(body ?? 'null') };
}

const csv = [
  'started_at,ended_at,caller_phone,summary,outcome,priority',
  '2026/11/22 10:15,2026/11/22 10:20,03-1,VPN,open,',
  '2026/11/22 10:15,2026/11/22 10:20,03-1,VPN,lost,urgent',
].join('\n');

describe('reading a job', () => {
  it('shows how it stands before and after, line by line', async () => {
    const id = await imports.start('phone-log-import', csv, operatorPerson);
    const before = await read(id, operatorPerson);
    expect(before).toMatchObject({
      statusCode: 200,
      body: { id, kind: 'phone-log-import', state: 'queued', progress: { done: 0 }, errors: [] },
    });
    expect(JobView.parse(before.body)).toEqual(before.body);
    await imports.deliver(id);
    const { body } = await read(id, operatorPerson);
    expect(JobView.parse(body)).toEqual(body);
    expect(body).toMatchObject({
      state: 'done',
      progress: { done: 2, total: 2 },
      result: {
        counts: { opened: 1, refused: 1 },
        lines: [
          { line: 2, outcome: 'opened', number: expect.stringMatching(/^HD-/) },
          { line: 3, outcome: 'refused', errors: [expect.any(String), expect.any(String)] },
        ],
      },
      errors: [
        { line: 3, detail: expect.stringContaining('outcome') },
        { line: 3, detail: expect.stringContaining('priority') },
      ],
    });
  });

  it('tells why a job failed', async () => {
    const id = await imports.start('phone-log-import', 'summary\nx', operatorPerson);
    await imports.deliver(id);
    expect((await read(id, operatorPerson)).body).toMatchObject({
      state: 'failed',
      errors: [{ detail: 'The heading lacks started_at, ended_at, outcome.' }],
    });
  });

  it('is for who started it and leads; to others there is no such job', async () => {
    const colleague = Person.parse({
      ...operatorPerson,
      address: 'operator-a2@vendor-a.example',
      sub: 'operator-a2',
    });
    await imports.people.put(colleague);
    const id = await imports.start('phone-log-import', csv, operatorPerson);
    expect((await read(id, leadPerson)).statusCode).toBe(200);
    expect(await read(id, colleague)).toMatchObject({
      statusCode: 404,
      body: { code: 'job.unknown' },
    });
    expect((await read(id, employeePerson)).statusCode).toBe(403);
  });

  it.each(['0193a5c0-0000-7000-8000-000000000001', 'no-such-job'])(
    'knows no job %s',
    async (id) => {
      expect(await read(id, leadPerson)).toMatchObject({
        statusCode: 404,
        body: { code: 'job.unknown' },
      });
    },
  );
});
