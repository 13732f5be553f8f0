import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AttributeValue,
  PutItemCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { readChunk } from '../../transfer/chunk-files.ts';
import { parseItem } from '../../transfer/item-json.ts';
import type { BucketRole, Manifest } from '../../transfer/manifest.ts';
import { type OpenStage, openStage } from '../../transfer/open-stage.ts';
import { StoredObject } from '../../transfer/stored-object.ts';

export type Item = Record<string, AttributeValue>;

/** A folder that goes with `stop`, and empty stages in it, as a host would find them. */
export function openFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'toritsugi-transfer-'));
  const stages: OpenStage[] = [];
  return {
    path: (name: string) => join(folder, name),
    /** A table with a stream, and two buckets. */
    openEmptyStage: async (name: string): Promise<OpenStage> => {
      const stage = await openStage('import', { ...noNames, data: join(folder, name) }, {});
      stages.push(stage);
      return stage;
    },
    stop: async () => {
      await Promise.all(stages.map((stage) => stage.close()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const noNames = { table: undefined, mailBucket: undefined, contentBucket: undefined };

export async function putItem({ table }: OpenStage, item: Item): Promise<void> {
  await table.client.send(new PutItemCommand({ TableName: table.name, Item: item }));
}

/** Writes items, and deletes those of the given keys, in one transaction. */
export async function writeTogether(
  { table: { client, name: TableName } }: OpenStage,
  items: readonly Item[],
  deletedKeys: readonly Item[] = [],
): Promise<void> {
  await client.send(
    new TransactWriteItemsCommand({
      TransactItems: [
        ...items.map((Item) => ({ Put: { TableName, Item } })),
        ...deletedKeys.map((Key) => ({ Delete: { TableName, Key } })),
      ],
    }),
  );
}

export async function putObject(
  { buckets: { client, names } }: OpenStage,
  role: BucketRole,
  key: string,
  body: string,
): Promise<void> {
  await client.send(new PutObjectCommand({ Bucket: names[role], Key: key, Body: body }));
}

export function makeKey(pk: string, sk: string): Item {
  return { pk: { S: pk }, sk: { S: sk } };
}

/** An item as the adapters write it: a kind, and data as JSON. */
export function makeDataItem(pk: string, sk: string, kind: string, data: unknown): Item {
  return { ...makeKey(pk, sk), kind: { S: kind }, data: { S: JSON.stringify(data) } };
}

export async function readItems(folder: string, { items }: Manifest): Promise<Item[]> {
  const lines = await Promise.all(items.files.map((file) => readChunk(folder, file)));
  return lines.flat().map(parseItem);
}

export async function readObjectKeys(folder: string, { objects }: Manifest): Promise<string[]> {
  const lines = await Promise.all(objects.files.map((file) => readChunk(folder, file)));
  return lines
    .flat()
    .map((line) => StoredObject.parse(JSON.parse(line)))
    .map(({ bucket, key }) => `${bucket} ${key}`);
}
