import {
  type AttributeValue,
  DynamoDBClient,
  PutItemCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import {
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { DynamoTable } from '../../adapters/dynamo/table.ts';
import { localClientConfig } from './start-dynamo.ts';
import { bucketNames, type StartedEngines } from './start-engines.ts';

export type StoredItem = Record<string, AttributeValue>;

/** Every item by its key, and every object by `mail/` or `content/` and its key. */
export type WholeStore = {
  readonly items: ReadonlyMap<string, StoredItem>;
  readonly objects: ReadonlyMap<string, Uint8Array>;
  /** The names under which files are downloaded, as their headers have them. */
  readonly names: ReadonlyMap<string, string>;
};

/** Reads all that a table and its buckets hold. */
export async function readWholeStore(
  { client, name }: DynamoTable,
  s3: S3Client,
  buckets: Readonly<Record<keyof typeof bucketNames, string>> = bucketNames,
): Promise<WholeStore> {
  const items = new Map<string, StoredItem>();
  let start: StoredItem | undefined;
  do {
    const page = await client.send(
      new ScanCommand({ TableName: name, ConsistentRead: true, ExclusiveStartKey: start }),
    );
    for (const item of page.Items ?? []) items.set(`${item['pk']?.S} ${item['sk']?.S}`, item);
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
  const objects = new Map<string, Uint8Array>();
  const names = new Map<string, string>();
  for (const [bucket, Bucket] of Object.entries(buckets)) {
    let StartAfter = '';
    for (;;) {
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, StartAfter }));
      for (const { Key = '' } of Contents) {
        const { Body, ContentDisposition } = await s3.send(new GetObjectCommand({ Bucket, Key }));
        objects.set(`${bucket}/${Key}`, (await Body?.transformToByteArray()) ?? new Uint8Array());
        if (ContentDisposition !== undefined) names.set(`${bucket}/${Key}`, ContentDisposition);
        StartAfter = Key;
      }
      if (Contents.length === 0) break;
    }
  }
  return { items, objects, names };
}

/** Puts what was read into empty engines. */
export async function fillWholeStore(
  { table, s3 }: Pick<StartedEngines, 'table' | 's3'>,
  { items, objects, names }: WholeStore,
): Promise<void> {
  const puts = [...items.values()].map(
    (Item) => () => table.client.send(new PutItemCommand({ TableName: table.name, Item })),
  );
  for (let at = 0; at < puts.length; at += 20) {
    await Promise.all(puts.slice(at, at + 20).map((put) => put()));
  }
  for (const [name, Body] of objects) {
    const [bucket, ...key] = name.split('/');
    const Bucket = bucketNames[bucket as keyof typeof bucketNames];
    const ContentDisposition = names.get(name);
    await s3.send(new PutObjectCommand({ Bucket, Key: key.join('/'), Body, ContentDisposition }));
  }
}

/** Whether a command changes anything, by its name such as `PutItemCommand`. */
const isWrite = (name: string | undefined) =>
  /^(Put|Update|Delete|Transact|Batch)(Item|Object|WriteItems)/.test(name ?? '');

/** A worker's death: no later call of the same clients reaches the engines. */
export class WorkerDeath extends Error {
  override readonly name = 'WorkerDeath';
}

/**
 * Clients to the same engines that die with their `dieAt`-th write, before or after it takes
 * effect; they count writes from 1.
 */
export function makeMortalClients(
  { endpoint, messageEndpoint, table }: StartedEngines,
  dieAt: number,
  when: 'before' | 'after' = 'before',
) {
  const seen = { writes: 0, dead: false };
  const client = new DynamoDBClient({ ...localClientConfig, endpoint, maxAttempts: 1 });
  const s3 = new S3Client({
    ...{ ...localClientConfig, endpoint: messageEndpoint, forcePathStyle: true },
    maxAttempts: 1,
  });
  for (const one of [client, s3] as unknown as { middlewareStack: MiddlewareAdder }[]) {
    one.middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          if (seen.dead) throw new WorkerDeath();
          if (!isWrite(commandName)) return next(args);
          seen.writes += 1;
          const dies = seen.writes === dieAt;
          if (dies) seen.dead = true;
          if (dies && when === 'before') throw new WorkerDeath();
          const answer = await next(args);
          if (dies) throw new WorkerDeath();
          return answer;
        },
      { step: 'initialize', name: 'mortality' },
    );
  }
  return {
    seen,
    table: { client, name: table.name },
    s3,
    stop: () => {
      client.destroy();
      s3.destroy();
    },
  };
}

type MiddlewareAdder = {
  add(
    middleware: (
      next: (args: unknown) => Promise<unknown>,
      context: { readonly commandName?: string },
    ) => (args: unknown) => Promise<unknown>,
    options: { readonly step: 'initialize'; readonly name: string },
  ): void;
};
