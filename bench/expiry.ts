import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import { TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { makeDynamoClient } from '../adapters/sdk/aws-clients.ts';
import type { Instant } from '../core/inquiry/values/ids.ts';
import { startDynamoEngine } from '../local/engines/dynamo-engine.ts';
import { type SeparateHost, startSeparateHost } from './separate-host.ts';
import { writeInquiries } from './write-inquiries.ts';

/** How long a desk's worklist took, each in milliseconds and the shortest first. */
export type WorklistTimes = readonly number[];

/** What one deletion of expired items, with stream records to trim meanwhile, did to a worklist. */
export type ExpiryFigure = {
  readonly inquiries: number;
  readonly expired: number;
  /** Fewer when the patience ended first. */
  readonly deleted: number;
  readonly seconds: number;
  readonly trimmed: number;
  readonly without: WorklistTimes;
  readonly during: WorklistTimes;
};

/** By the ledger; the rest are copies of these, which takes a fraction of the time. */
const writtenInquiries = 1_000;
const expiredPerSweep = 1_000;
const oldRecordsPerSweep = 5_000;
const together = 50;
/** By then all have expired, and the host has looked for them. */
const shiftSeconds = 600;
const warmMilliseconds = 3_000;
const calmMilliseconds = 15_000;
const patienceMilliseconds = 150_000;
const betweenMilliseconds = 25;
const idleMilliseconds = 600_000;
/** A Saturday night in Tokyo: no clock of an inquiry runs. */
const receivedAt = '2026-11-21T12:00:00.000Z' as Instant;

/**
 * Measures a worklist over HTTP, without and during the deletion of what has expired: two of these
 * at each size, on a host of its own, on disk.
 */
export async function measureExpiry(sizes: readonly number[]): Promise<ExpiryFigure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'toritsugi-expiry-'));
  const figures: ExpiryFigure[] = [];
  try {
    const first = await startSeparateHost(new Date(receivedAt), folder);
    Object.assign(process.env, first.environment);
    await first.idle(idleMilliseconds);
    await first.stop();
    await writeFirst(folder);
    let copies = 1;
    for (const [index, size] of sizes.entries()) {
      copyInquiries(folder, copies, size / writtenInquiries);
      copies = size / writtenInquiries;
      // Past what the host before has shown, and still the same night.
      const at = new Date(Date.parse(receivedAt) + (index + 1) * 3 * 3_600_000);
      const host = await startSeparateHost(at, folder);
      try {
        Object.assign(process.env, host.environment);
        for (let sweep = 1; sweep <= 2; sweep += 1) {
          figures.push({
            inquiries: size,
            ...(await measureSweep(host, folder, `${size}#${sweep}`)),
          });
        }
      } finally {
        await host.stop();
      }
    }
    return figures;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Writes inquiries while no host is there, as though one had relayed them already. */
async function writeFirst(folder: string): Promise<void> {
  const engine = await startDynamoEngine({ file: fileIn(folder), endpoint: undefined });
  process.env['AWS_ENDPOINT_URL_DYNAMODB'] = engine.endpoint;
  try {
    const policies = Array.from({ length: writtenInquiries }, () => 'standard');
    await writeInquiries(receivedAt, policies, new Date(receivedAt));
  } finally {
    await engine.stop();
  }
  withDatabase(join(folder, 'stream-checkpoints.db'), (database) => {
    database.prepare('ATTACH ? AS engine').run(fileIn(folder));
    database.exec(`UPDATE checkpoint SET sequence_number =
      (SELECT MAX(CAST(sequence_number AS INTEGER)) FROM engine._stream_records)`);
  });
}

/**
 * Copies what was written, in the engine's own tables and while it does not run, under other ids:
 * all ids begin with the millisecond at which they were written, and each copy has one of its own.
 * An inquiry's number stays that of the first.
 */
function copyInquiries(folder: string, fromCopy: number, toCopy: number): void {
  const written = millisecondsOfId(0);
  withDatabase(fileIn(folder), (database) => {
    const name = process.env['TABLE_NAME'] ?? '';
    const tables = database
      .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND instr(name, ?) = 1")
      .all(name);
    database.exec('PRAGMA cache_size = -256000; BEGIN');
    for (const table of tables.map((row) => String(row['name']))) {
      const columns = database.prepare(`PRAGMA table_info("${table}")`).all();
      const values = columns.map(({ name: column, type }) =>
        type === 'TEXT' ? `replace("${column}", $written, $copy)` : `"${column}"`,
      );
      database
        .prepare(
          `CREATE TEMP TABLE first AS SELECT * FROM main."${table}" WHERE instr(item_json, ?) > 0`,
        )
        .run(written);
      const insert = database.prepare(
        `INSERT OR IGNORE INTO main."${table}" SELECT ${values.join(', ')} FROM temp.first`,
      );
      for (let copy = fromCopy; copy < toCopy; copy += 1) {
        insert.run({ $written: written, $copy: millisecondsOfId(copy) });
      }
      database.exec('DROP TABLE temp.first');
    }
    database.exec('COMMIT');
  });
}

/** The first part of an id of version 7, so many milliseconds after the first inquiries' own. */
function millisecondsOfId(later: number): string {
  const hex = (Date.parse(receivedAt) + later).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7`;
}

async function measureSweep(
  host: SeparateHost,
  folder: string,
  name: string,
): Promise<Omit<ExpiryFigure, 'inquiries'>> {
  const headers = { authorization: `Bearer ${await host.token('operator-a1')}` };
  const watchFor = (milliseconds: number) => {
    const end = performance.now() + milliseconds;
    return watchWorklist(host, headers, () => end);
  };
  await watchFor(warmMilliseconds);
  const before = await watchFor(calmMilliseconds);
  await putExpiring(name, await host.now());
  ageRecords(folder);
  await host.idle(idleMilliseconds);

  await host.shift(shiftSeconds);
  const begun = performance.now();
  let left = expiredPerSweep;
  let deletedAt = begun + patienceMilliseconds;
  const counting = (async () => {
    while (left > 0 && performance.now() < begun + patienceMilliseconds) {
      await setTimeout(250);
      left = countLeft(folder, name);
    }
    deletedAt = performance.now();
  })();
  const during = await watchWorklist(host, headers, () =>
    Math.max(deletedAt, begun + calmMilliseconds),
  );
  await counting;
  const trimmed = oldRecordsPerSweep - countOldRecords(folder);
  // On both sides of it, since a shared machine is not as busy all the time.
  const after = await watchFor(calmMilliseconds);
  return {
    expired: expiredPerSweep,
    deleted: expiredPerSweep - left,
    seconds: (deletedAt - begun) / 1000,
    trimmed,
    without: sorted([...before, ...after]),
    during: sorted(during),
  };
}

/** Asks for a desk's worklist again and again, as one agent does who looks often. */
async function watchWorklist(
  { url }: SeparateHost,
  headers: Readonly<Record<string, string>>,
  until: () => number,
): Promise<number[]> {
  const times: number[] = [];
  while (performance.now() < until()) {
    const begun = performance.now();
    const answer = await fetch(`${url}/v1/desks/bpo/worklist`, { headers });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`the worklist answered ${answer.status}: ${text}`);
    times.push(performance.now() - begun);
    await setTimeout(betweenMilliseconds);
  }
  return times;
}

function sorted(times: readonly number[]): WorklistTimes {
  return times.toSorted((one, other) => one - other);
}

/** Puts answers that are remembered for a while and entries of the audit, by turns. */
async function putExpiring(name: string, now: Date): Promise<void> {
  const table = process.env['TABLE_NAME'] ?? '';
  const client = makeDynamoClient();
  const seconds = Math.floor(now.getTime() / 1000);
  for (let first = 0; first < expiredPerSweep; first += together) {
    const puts = Array.from({ length: together }, (_, index) => {
      const number = first + index;
      const place = { S: `${now.toISOString()}#${number}` };
      const Item = {
        pk: { S: `${name}#${number}` },
        sk: { S: 'EXPIRING' },
        expiresAt: { N: String(seconds + (number % 300)) },
        ...(number % 2 === 0
          ? { kind: { S: 'once' }, value: { S: '回答'.repeat(150) } }
          : {
              ...{ kind: { S: 'audit' }, data: { S: '記録'.repeat(150) } },
              ...{ agPk: { S: 'AUDIT#bench' }, agSk: place },
              ...{ rqPk: { S: `AUDIT#${number}` }, rqSk: place },
            }),
      };
      return { Put: { TableName: table, Item } };
    });
    await client.send(new TransactWriteItemsCommand({ TransactItems: puts }));
  }
  client.destroy();
}

const daySeconds = 24 * 3600;

function ageRecords(folder: string): void {
  withDatabase(fileIn(folder), (database) => {
    database
      .prepare(
        `UPDATE _stream_records SET created_at = created_at - ? WHERE id IN
         (SELECT id FROM _stream_records ORDER BY id LIMIT ?)`,
      )
      .run(daySeconds + 3600, oldRecordsPerSweep);
  });
}

function countOldRecords(folder: string): number {
  return count(
    folder,
    'SELECT COUNT(*) AS count FROM _stream_records WHERE created_at < unixepoch() - ?',
    daySeconds,
  );
}

function countLeft(folder: string, name: string): number {
  const table = `"${process.env['TABLE_NAME']}"`;
  // A range of the primary key, in the engine's own spelling of a text.
  const sql = `SELECT COUNT(*) AS count FROM ${table} WHERE pk >= ? AND pk < ?`;
  return count(folder, sql, `S:${name}#`, `S:${name}$`);
}

function count(folder: string, sql: string, ...values: (string | number)[]): number {
  return withDatabase(fileIn(folder), (database) =>
    Number(database.prepare(sql).get(...values)?.['count']),
  );
}

function fileIn(folder: string): string {
  return join(folder, 'dynamo.db');
}

function withDatabase<T>(file: string, work: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(file, { timeout: 10_000 });
  try {
    return work(database);
  } finally {
    database.close();
  }
}
