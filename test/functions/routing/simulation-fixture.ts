import { DynamoRoutingConfigLedger } from '../../../adapters/dynamo/config/dynamo-routing-config-ledger.ts';
import { DynamoTerms } from '../../../adapters/dynamo/config/dynamo-terms.ts';
import { DynamoAnswerStore } from '../../../adapters/dynamo/inquiry/dynamo-answer-store.ts';
import { DynamoReceiptLedger } from '../../../adapters/dynamo/intake/dynamo-intake-lookup.ts';
import { DynamoJobLedger } from '../../../adapters/dynamo/job/dynamo-job-ledger.ts';
import { DynamoJobNotes } from '../../../adapters/dynamo/job/dynamo-job-notes.ts';
import { DynamoPastInquiries } from '../../../adapters/dynamo/routing/dynamo-past-inquiries.ts';
import { StoredSimulations } from '../../../adapters/job/simulation-store.ts';
import { SimulationWork } from '../../../adapters/job/simulation-work.ts';
import { nodeRandomness } from '../../../adapters/random/node-randomness.ts';
import { S3ContentStore } from '../../../adapters/s3/content-store.ts';
import type { InquiryId, Instant } from '../../../core/inquiry/values/ids.ts';
import type { JobId } from '../../../core/job/job.ts';
import { type JobWork, resultNoteName } from '../../../core/job/ports.ts';
import { runJob } from '../../../core/job/run-job.ts';
import type { SimulationSummary } from '../../../core/routing/simulation/summarize-simulation.ts';
import type { SimulatedInquiry } from '../../../functions/contract/routing.ts';
import { makeSigningKeys } from '../../../functions/edge/signing-keys.ts';
import { makeHandler } from '../../../functions/routing/simulate-routing.ts';
import { deskList, helpDeskActors } from '../../core/help-desk.ts';
import { makeAuditLog } from '../../support/audit-logs.ts';
import { bucketNames } from '../../support/start-engines.ts';
import { fakeGatewayEvent, fakeLambdaContext } from '../edge/http/fake-gateway-event.ts';
import { makeRecordingTelemetry } from '../edge/telemetry/recording-telemetry.ts';
import { startRouterFixture } from './router-fixture.ts';

/** After everything that is simulated. */
export const simulatedAt = '2026-12-01T00:00:00.000Z' as Instant;

/** The days on which the tests open inquiries; each further day costs many queries. */
export const week = {
  from: '2026-11-16T00:00:00.000Z' as Instant,
  until: '2026-11-23T00:00:00.000Z' as Instant,
};

export const novemberRange = {
  from: '2026-11-01T00:00:00.000Z' as Instant,
  until: '2026-11-30T00:00:00.000Z' as Instant,
};

type SimulationRouteRequest = {
  readonly as?: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
};

/** The router on the real engines, with the routes and the worker that simulate its past. */
export async function startSimulationFixture() {
  const fixture = await startRouterFixture();
  const { engines, ledger, people: registry } = fixture;
  const { table } = engines;
  for (const person of Object.values(helpDeskActors)) await registry.put(person);
  const store = new S3ContentStore(engines.s3, bucketNames.content);
  /** Content keys that contain this cannot be written. */
  const broken: { key: string | undefined } = { key: undefined };
  const content = {
    get: (key: string) => store.get(key),
    put: async (key: string, body: string | Uint8Array, type: string) => {
      if (broken.key !== undefined && key.includes(broken.key)) throw new Error('broken');
      await store.put(key, body, type);
    },
  };
  const jobs = new DynamoJobLedger(table);
  const notes = new DynamoJobNotes(table);
  const receipts = new DynamoReceiptLedger(table);
  const terms = new DynamoTerms(table, deskList);
  // A third of what the tests open; a smaller page takes many reads of one receipt a shard.
  const past = new DynamoPastInquiries(table, ledger, 33);
  const simulating = new SimulationWork({
    ...{ people: registry, notes, content, past, terms, desks: deskList },
  });
  const handler = makeHandler({
    ...makeRecordingTelemetry(),
    ...{ people: registry, terms, now: () => simulatedAt },
    answers: new DynamoAnswerStore(table, () => Date.parse(simulatedAt)),
    audit: makeAuditLog(table),
    newTraceId: () => 'trace-1',
    versions: new DynamoRoutingConfigLedger(table),
    forms: ['general', 'account-request'],
    refusedUrl: () => undefined,
    simulations: new StoredSimulations(jobs, content, nodeRandomness),
    cursorKeys: makeSigningKeys(async () => ({ current: 'a secret of the tests alone' })),
  });

  async function ask(
    routeKey: string,
    { as = 'lead', ...request }: SimulationRouteRequest,
    body?: object,
  ) {
    const written = body === undefined ? {} : { body: JSON.stringify(body) };
    const event = fakeGatewayEvent({ routeKey, sub: as, ...request, ...written });
    const {
      statusCode: status,
      headers,
      body: text = '',
    } = await handler(event, fakeLambdaContext());
    return { status, headers, text };
  }

  /** Runs a simulation's job once, with time for so many batches. */
  async function run(id: string, stretches = Number.POSITIVE_INFINITY) {
    let left = stretches;
    const never: JobWork = { open: () => Promise.reject(new Error('no such job here')) };
    return runJob(
      {
        ledger: jobs,
        work: {
          ...{ 'people-import': never, 'phone-log-import': never, offboarding: never },
          ...{ 'sla-restatement': never, 'sla-recomputation': never },
          'routing-simulation': simulating,
        },
        now: () => simulatedAt,
        hasTime: () => {
          left -= 1;
          return left >= 0;
        },
        reportCrash: (error) => {
          if (broken.key === undefined) throw error;
        },
        reportSetAside: () => {
          throw new TypeError('a simulation has nothing to set aside');
        },
      },
      id as JobId,
    );
  }

  const post = (body: object, request: SimulationRouteRequest = {}) =>
    ask('POST /v1/routing/simulate', request, { ...week, ...body });
  const read = (
    job: string,
    query: Readonly<Record<string, string>> = {},
    request: SimulationRouteRequest = {},
  ) => ask('GET /v1/routing/simulations/{job}', { ...request, params: { job }, query });

  async function rowsOf(job: string, all = false): Promise<SimulatedInquiry[]> {
    const rows: SimulatedInquiry[] = [];
    let cursor: string | null = null;
    do {
      const query = { all: String(all), limit: '7', ...(cursor === null ? {} : { cursor }) };
      const page = JSON.parse((await read(job, query)).text);
      rows.push(...page.items);
      cursor = page.next;
    } while (cursor !== null);
    return rows;
  }

  async function summaryOf(id: string): Promise<SimulationSummary> {
    const [summary = 'null'] = await notes.find(id as JobId, resultNoteName);
    return JSON.parse(summary) as SimulationSummary;
  }

  return {
    ...fixture,
    ...{ broken, jobs, post, read, run, rowsOf, summaryOf },
    /** Records the receipt that intake would write for an inquiry. */
    receive: async (
      id: InquiryId,
      at: Instant,
      fates: readonly object[] = [{ fate: 'opened' }],
    ) => {
      const full = fates.map((one) => ({ inquiryId: id, at, ...one }));
      const receipt = { id: `mail-${id}`, at, channel: 'mail', fates: full } as never;
      await receipts.record(receipt, `receipt#${id}`, at);
    },
    /** Simulates to the end. */
    simulate: async (body: object = {}) => {
      const answer = await post(body);
      if (answer.status !== 202) throw new TypeError(answer.text);
      const { id } = JSON.parse(answer.text) as { id: string };
      const outcome = await run(id);
      if (outcome !== 'done') throw new TypeError(outcome);
      return { id, summary: await summaryOf(id), rows: await rowsOf(id) };
    },
  };
}
