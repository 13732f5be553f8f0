import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import type { TableResource } from '../deployment/read-tables.ts';
import { type DynamoCall, makeDynamoCall } from './dynamo-call.ts';
import { indexExpiry } from './expired-items.ts';
import { indexStreamRecords, trimStreamRecords } from './stream-records.ts';

/** The embedded DynamoDB has no package for this platform. */
export class EngineMissingError extends Error {
  override readonly name = 'EngineMissingError';
}

export interface DynamoEngine {
  readonly endpoint: string;
  /** The embedded engine's database, unless it is in memory. */
  readonly file: string | undefined;
  readonly call: DynamoCall;
  /** The ARN that the engine itself gives a table's stream. */
  streamArnOf(table: TableResource): Promise<string>;
  createTables(tables: readonly TableResource[]): Promise<void>;
  stop(): Promise<void>;
  /** Settles when the engine ends by itself, which it should not. */
  readonly lost: Promise<string>;
}

/**
 * Starts the embedded DynamoDB on a database file, or in memory without one; with
 * `AWS_ENDPOINT_URL_DYNAMODB` set, uses what listens there instead.
 */
export async function startDynamoEngine(options: {
  readonly file: string | undefined;
  readonly endpoint: string | undefined;
}): Promise<DynamoEngine> {
  const child =
    options.endpoint === undefined ? await startDynoxide(options.file) : connectExternalEngine();
  const endpoint = options.endpoint ?? child.endpoint;
  const call = makeDynamoCall(endpoint);
  return {
    endpoint,
    file: child.file,
    call,
    streamArnOf: async ({ name }) => {
      const { Table: described } = await call('DynamoDB_20120810.DescribeTable', {
        TableName: name,
      });
      return String((described as { LatestStreamArn?: string }).LatestStreamArn);
    },
    createTables: async (tables) => {
      for (const table of tables) await createTable(call, table);
      if (child.file !== undefined) prepareFile(child.file, tables);
      if (options.endpoint !== undefined) {
        for (const table of tables) await enableTimeToLive(call, table);
      }
    },
    stop: child.stop,
    lost: child.lost,
  };
}

async function createTable(call: DynamoCall, table: TableResource): Promise<void> {
  try {
    await call('DynamoDB_20120810.CreateTable', table.definition);
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ResourceInUseException') throw error;
  }
}

/** Teaches the embedded engine's database what the engine does not do by itself. */
function prepareFile(file: string, tables: readonly TableResource[]): void {
  const database = new DatabaseSync(file, { timeout: 5000 });
  try {
    indexStreamRecords(database);
    trimStreamRecords(database);
    for (const table of tables) indexExpiry(database, table);
  } finally {
    database.close();
  }
}

/** Has another DynamoDB delete what expires, by its own time, where it can. */
async function enableTimeToLive(
  call: DynamoCall,
  { name, ttlAttribute }: TableResource,
): Promise<void> {
  if (ttlAttribute === undefined) return;
  try {
    await call('DynamoDB_20120810.UpdateTimeToLive', {
      TableName: name,
      TimeToLiveSpecification: { AttributeName: ttlAttribute, Enabled: true },
    });
  } catch (error) {
    // It is enabled already, or this DynamoDB deletes nothing: what has expired counts as absent.
    const fine = ['ValidationException', 'UnknownOperationException'];
    if (!(error instanceof Error) || !fine.includes(error.name)) throw error;
  }
}

interface EngineProcess {
  readonly endpoint: string;
  readonly file: string | undefined;
  readonly lost: Promise<string>;
  stop(): Promise<void>;
}

function connectExternalEngine(): EngineProcess {
  return {
    endpoint: '',
    file: undefined,
    lost: new Promise(() => {}),
    stop: () => Promise.resolve(),
  };
}

/**
 * Ends the engine when this process does, however it does: the shell waits at a pipe that the
 * system closes with its writer, also after `kill -9`.
 */
const WATCHDOG_SCRIPT =
  '"$0" "$@" & engine=$!; exec 3<&0; (read -r _ <&3; kill "$engine") & wait "$engine"';

async function startDynoxide(file: string | undefined): Promise<EngineProcess> {
  const binary = findDynoxide();
  const port = await findFreePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const child = spawn(
    '/bin/sh',
    [
      '-c',
      WATCHDOG_SCRIPT,
      binary,
      '--host',
      '127.0.0.1',
      '--port',
      String(port),
      ...(file === undefined ? [] : ['--db-path', file]),
    ],
    // Its own process group: Ctrl-C at the terminal reaches the host alone, which stops in order.
    { stdio: ['pipe', 'ignore', 'pipe'], detached: true },
  );
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-2000);
  });
  let stopping = false;
  const ended = once(child, 'exit');
  const lost = new Promise<string>((resolve) => {
    child.once('exit', () => {
      if (!stopping) resolve(`The DynamoDB engine ended by itself. ${complaints}`.trim());
    });
  });
  await Promise.race([
    waitUntilListening(endpoint),
    lost.then((reason) => Promise.reject(new Error(reason))),
  ]);
  return {
    endpoint,
    file,
    lost,
    stop: async () => {
      stopping = true;
      child.stdin.end();
      if (await Promise.race([ended.then(() => false), pause(3000, true, { ref: false })])) {
        killGroup(child);
        await ended;
      }
    },
  };
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // The group is gone already.
  }
}

function findDynoxide(): string {
  const name = `@dynoxide/${process.platform}-${process.arch}`;
  try {
    const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
    return join(dirname(manifest), 'dynoxide');
  } catch {
    throw new EngineMissingError(
      `The embedded DynamoDB has no package for this platform (${name} is not installed). ` +
        'Start any DynamoDB, such as DynamoDB Local, and name it: ' +
        'AWS_ENDPOINT_URL_DYNAMODB=http://127.0.0.1:8000 npm start',
    );
  }
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('No free port was found.');
  return address.port;
}

async function waitUntilListening(endpoint: string): Promise<void> {
  const until = performance.now() + 10_000;
  for (;;) {
    try {
      await fetch(endpoint);
      return;
    } catch (error) {
      if (performance.now() > until) throw error;
      await pause(15);
    }
  }
}
