import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BatchWriteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoVerdictLedger } from '../adapters/dynamo/sla/dynamo-verdict-ledger.ts';
import { type DynamoTable, tableKeys } from '../adapters/dynamo/table.ts';
import { SlaVerdict } from '../core/inquiry/clock/verdict.ts';
import { isRefusal } from '../core/inquiry/refusal.ts';
import { shippedServiceLevels } from '../core/inquiry/terms/shipped-service-levels.ts';
import { type Instant, instantOf } from '../core/inquiry/values/ids.ts';
import { reportMonth } from '../core/sla/report/report-month.ts';
import { viewMonthReport } from '../core/sla/report/view-month-report.ts';
import { startDynamoEngine } from '../local/engines/dynamo-engine.ts';

/** The cost of a month's report, by its number of records. */
export type ReportMeasurement = {
  readonly records: number;
  readonly milliseconds: number;
  /** Of this process alone, without the engine. */
  readonly cpuMilliseconds: number;
  readonly answerBytes: number;
};

const month = '2026-11';
const asOf = '2026-12-02T00:00:00.000Z' as Instant;
const desks = ['staff', 'bpo', 'bpo-b'];
const clocks = ['first_response', 'next_response', 'resolution', 'pickup', 'ownership'] as const;
const priorities = ['critical', 'high', 'medium', 'low'] as const;

/** Measures reading and building a month's report on the embedded engine, on disk. */
export async function measureSlaReport(sizes: readonly number[]): Promise<ReportMeasurement[]> {
  const folder = await mkdtemp(join(tmpdir(), 'toritsugi-report-'));
  const engine = await startDynamoEngine({ file: join(folder, 'dynamo.db'), endpoint: undefined });
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({
    ...{ region: 'ap-northeast-1', credentials, endpoint: engine.endpoint },
  });
  const measurements: ReportMeasurement[] = [];
  try {
    let written = 0;
    const table = { client, name: 'reported' };
    await engine.createTables([
      { name: table.name, definition: makeTableDefinition(table.name) } as never,
    ]);
    for (const size of sizes) {
      await writeVerdicts(table, written, size);
      written = size;
      await measureOneReport(table);
      measurements.push({ records: size, ...(await measureOneReport(table)) });
    }
    return measurements;
  } finally {
    client.destroy();
    await engine.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function measureOneReport(table: DynamoTable): Promise<Omit<ReportMeasurement, 'records'>> {
  const startedAt = performance.now();
  const cpu = process.cpuUsage();
  const terms = { desks: [], serviceLevels: shippedServiceLevels };
  const reportTerms = { ...terms, desks: desks.map((id) => ({ id })) as never };
  const report = await reportMonth(
    new DynamoVerdictLedger(table),
    reportTerms,
    { month, asOf },
    asOf,
  );
  if (isRefusal(report)) throw new RangeError(report.detail);
  const answerBytes = Buffer.byteLength(JSON.stringify(viewMonthReport(report)));
  const { user, system } = process.cpuUsage(cpu);
  return {
    milliseconds: performance.now() - startedAt,
    cpuMilliseconds: (user + system) / 1_000,
    answerBytes,
  };
}

async function writeVerdicts(
  { client, name }: DynamoTable,
  from: number,
  to: number,
): Promise<void> {
  for (let first = from; first < to; first += 25) {
    const puts = Array.from({ length: Math.min(25, to - first) }, (_, index) => {
      const verdict = makeVerdict(first + index);
      const Item = {
        ...tableKeys.verdict(verdict),
        kind: { S: 'verdict' },
        data: { S: JSON.stringify(verdict) },
      };
      return { PutRequest: { Item } };
    });
    await client.send(new BatchWriteItemCommand({ RequestItems: { [name]: puts } }));
  }
}

/** Makes a verdict: every fourth is missed, spread over desks, clocks and priorities. */
function makeVerdict(number: number): SlaVerdict {
  const id = Math.floor(number / clocks.length);
  const priority = priorities[id % priorities.length];
  const startedAt = instantOf(Date.UTC(2026, 10, 2) + id * 60_000);
  const endedAt = instantOf(Date.parse(startedAt) + 3_600_000 + (number % 997) * 1_000);
  const isMissed = number % 4 === 0;
  return SlaVerdict.parse({
    inquiryId: `019a0000-0000-7000-8000-${id.toString(16).padStart(12, '0')}`,
    number: 'HD-7K3M-9QX5',
    channel: 'form',
    category: 'network',
    clock: clocks[number % clocks.length],
    ...{ cycle: 1, run: 1, judged: { desk: desks[id % desks.length], priority, month } },
    ...{ policy: 'standard', policies: 0, calendar: 'tokyo-office', calendars: 0 },
    ...{ target: 3_600, priority, startedAt },
    ...(isMissed ? { breachedAt: startedAt, detectedAt: startedAt, late: number % 997 } : {}),
    ...{ endedAt, recordedAt: endedAt, verdict: isMissed ? 'missed' : 'met' },
    elapsed: 3_600 + (number % 997),
  });
}

function makeTableDefinition(TableName: string) {
  const attribute = (AttributeName: string) => ({ AttributeName, AttributeType: 'S' });
  return {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [attribute('pk'), attribute('sk')],
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
  };
}
