import { writeFileSync } from 'node:fs';
import {
  DirectoryInUseError,
  openDataDirectory,
  readLastHost,
  type StageStorage,
} from './data-directory.ts';
import { readDeployment } from './deployment/deployment.ts';
import { loadTemplates } from './deployment/load-templates.ts';
import { readStorageNames } from './deployment/read-functions.ts';
import { startDynamoEngine } from './engines/dynamo-engine.ts';
import { rememberTables, TABLES_FILE } from './engines/external-tables.ts';
import { openMessageEngine } from './engines/message-engine.ts';
import { openLoopbackServer } from './gateway/loopback-server.ts';
import { PEOPLE_ADMITTED } from './seed-people.ts';
import { makeTeardown } from './teardown.ts';

export interface OpenStorage extends StageStorage {
  /** Whether a host is running, and so may write. */
  readonly isRunning: boolean;
  close(): Promise<void>;
}

export interface StorageOptions {
  readonly dataDir: string;
  /** A DynamoDB that the host uses in place of the embedded one. */
  readonly dynamoEndpoint?: string | undefined;
  /** The folder of the app's sources. */
  readonly root: string;
  readonly context?: Readonly<Record<string, unknown>>;
}

/**
 * Opens the items and objects of a data directory, of a host that runs or of one that was stopped;
 * undefined when there never was one.
 */
export async function openStorage(options: StorageOptions): Promise<OpenStorage | undefined> {
  const last = readLastHost(options.dataDir);
  if (last === undefined) return undefined;
  try {
    const engines = await startEngines(options);
    return { ...last.storage, ...engines.urls, isRunning: false, close: engines.close };
  } catch (error) {
    if (!(error instanceof DirectoryInUseError)) throw error;
    return { ...last.storage, isRunning: true, close: () => Promise.resolve() };
  }
}

/**
 * Creates the empty table and buckets of the local stage in a data directory, for a host that is
 * started later and then finds them filled; throws where a host is running.
 */
export async function createStorage(options: StorageOptions): Promise<OpenStorage> {
  const engines = await startEngines(options);
  try {
    const url = 'http://localhost';
    const stacks = await loadTemplates(
      {
        ...{ app: `${options.root}/lib/make-app.ts`, root: options.root },
        context: options.context ?? {},
      },
      url,
    );
    const deployment = readDeployment(stacks, { publicUrl: url, queueUrl: url });
    await engines.create(deployment);
    // The registry comes with the items: nobody of the demonstration is added to it.
    writeFileSync(engines.file(PEOPLE_ADMITTED), '');
    return {
      ...engines.urls,
      ...readStorageNames(deployment.functions),
      ...{ isRunning: false, close: engines.close },
    };
  } catch (error) {
    await engines.close();
    throw error;
  }
}

type Resources = Pick<ReturnType<typeof readDeployment>, 'tables' | 'buckets'>;

async function startEngines({ dataDir, dynamoEndpoint }: StorageOptions) {
  const teardown = makeTeardown();
  try {
    const data = openDataDirectory(dataDir, { fresh: false });
    teardown.add('process', () => data.close());
    const server = await openLoopbackServer(0, () => {});
    teardown.add('servers', () => server.stop());
    const objectUrl = `http://127.0.0.1:${server.port}`;
    const file = data.file('dynamo.db');
    const dynamo = await startDynamoEngine({ file, endpoint: dynamoEndpoint });
    teardown.add('engines', () => dynamo.stop());
    const messages = await openMessageEngine({
      folder: data.file('messages'),
      queueUrl: objectUrl,
    });
    teardown.add('engines', () => messages.close());
    server.serve((request, response) => messages.answer(request, response));
    return {
      urls: { dynamoUrl: dynamo.endpoint, objectUrl },
      file: data.file,
      create: async ({ tables, buckets }: Resources): Promise<void> => {
        messages.create({ queues: [], topics: [], subscriptions: [], buckets });
        await dynamo.createTables(tables);
        const externalCall = dynamoEndpoint === undefined ? undefined : dynamo.call;
        await rememberTables(externalCall, tables, data.file(TABLES_FILE));
      },
      close: teardown.run,
    };
  } catch (error) {
    await teardown.run();
    throw error;
  }
}
