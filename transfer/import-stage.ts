import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import {
  BatchWriteItemCommand,
  type BatchWriteItemCommandInput,
  type BatchWriteItemCommandOutput,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { readChunk } from './chunk-files.ts';
import { listObjects } from './export-objects.ts';
import type { Stage } from './export-stage.ts';
import { ItemSetDigest, parseItem } from './item-json.ts';
import { BucketRole, type Manifest, readManifest } from './manifest.ts';
import { describeStageTable, scanTable } from './read-table.ts';
import { runParallel } from './run-parallel.ts';
import { StoredObject } from './stored-object.ts';
import { TransferError } from './transfer-error.ts';

export interface ImportOptions {
  /** How many batches of items, or objects, are written at a time; 4 unless told. */
  readonly parallel?: number;
  readonly report?: (line: string) => void;
}

type Target = Pick<Stage, 'table' | 'buckets'>;

/** Progress of an import, in an item of the target that goes when it is done. */
interface Progress {
  readonly exportId: string;
  readonly objectFiles: number;
  readonly itemFiles: number;
}

/** The relay passes by an item without a `kind`. */
const MARKER = { pk: { S: 'IMPORT' }, sk: { S: 'IMPORT' } } as const;

/**
 * Imports an exported stage into an empty table and empty buckets, and verifies all items and the
 * presence of all objects.
 *
 * An import that was interrupted continues when it is begun again with the same export; nothing
 * may use the target before it is done.
 */
export async function importStage(
  target: Target,
  folder: string,
  options: ImportOptions = {},
): Promise<Manifest> {
  const { parallel = 4, report = () => {} } = options;
  const manifest = await readManifest(folder);
  await describeStageTable(target.table);
  let progress = await beginImport(target, manifest, report);
  for (const [number, file] of manifest.objects.files.entries()) {
    if (number < progress.objectFiles) continue;
    const objects = (await readChunk(folder, file)).map((line) =>
      StoredObject.parse(JSON.parse(line)),
    );
    await runParallel(objects, parallel, (object) => uploadObject(target, folder, object));
    progress = { ...progress, objectFiles: number + 1 };
    await writeProgress(target, progress);
    report(`Objects: ${number + 1} of ${manifest.objects.files.length} lists.`);
  }
  for (const [number, file] of manifest.items.files.entries()) {
    if (number < progress.itemFiles) continue;
    const lines = await readChunk(folder, file);
    await runParallel(splitBatches(lines), parallel, (batch) => writeItems(target, batch));
    progress = { ...progress, itemFiles: number + 1 };
    await writeProgress(target, progress);
    report(`Items: ${number + 1} of ${manifest.items.files.length} files.`);
  }
  await verifyItems(target, manifest);
  await verifyObjects(target, folder, manifest);
  await target.table.client.send(
    new DeleteItemCommand({ TableName: target.table.name, Key: MARKER }),
  );
  report(`${manifest.items.count} items and ${manifest.objects.count} objects are verified.`);
  return manifest;
}

async function beginImport(
  target: Target,
  manifest: Manifest,
  report: (line: string) => void,
): Promise<Progress> {
  const { client, name } = target.table;
  const { Item: marker } = await client.send(
    new GetItemCommand({ TableName: name, Key: MARKER, ConsistentRead: true }),
  );
  if (marker !== undefined) {
    const progress = JSON.parse(marker['progress']?.S ?? '') as Progress;
    if (progress.exportId !== manifest.id) {
      throw new TransferError(
        `${name} holds a part of another export, ${progress.exportId}. Continue with that one, or ` +
          'begin with an empty table.',
      );
    }
    report('An import that was interrupted is continued.');
    return progress;
  }
  await requireEmpty(target);
  const progress = { exportId: manifest.id, objectFiles: 0, itemFiles: 0 };
  await writeProgress(target, progress);
  return progress;
}

async function requireEmpty({ table: { client, name }, buckets }: Target): Promise<void> {
  const { Items = [] } = await client.send(
    new ScanCommand({ TableName: name, ConsistentRead: true, Limit: 1 }),
  );
  if (Items.length > 0) {
    throw new TransferError(`${name} is not empty. A stage is imported into an empty table only.`);
  }
  for (const role of BucketRole.options) {
    for await (const { key } of listObjects(buckets, role)) {
      throw new TransferError(
        `${buckets.names[role]} is not empty: it has ${key}. A stage is imported into empty buckets only.`,
      );
    }
  }
}

async function writeProgress({ table }: Target, progress: Progress): Promise<void> {
  const Item = { ...MARKER, progress: { S: JSON.stringify(progress) } };
  await table.client.send(new PutItemCommand({ TableName: table.name, Item }));
}

/** Up to here an object is in memory while it is written, so that a failed try can be repeated. */
const BUFFERED_BYTES = 8 * 1024 * 1024;

async function uploadObject(
  { buckets: { client, names } }: Target,
  folder: string,
  object: StoredObject,
): Promise<void> {
  const path = join(folder, object.file);
  if ((await computeFileSha256(path)) !== object.sha256) {
    throw new TransferError(`${object.file} in ${folder} is not what was exported.`);
  }
  await client.send(
    new PutObjectCommand({
      ...{ Bucket: names[object.bucket], Key: object.key },
      Body: object.size > BUFFERED_BYTES ? createReadStream(path) : await readFile(path),
      ContentLength: object.size,
      // S3 refuses what does not arrive as it was exported.
      ChecksumSHA256: Buffer.from(object.sha256, 'hex').toString('base64'),
      ContentType: object.contentType,
      ContentDisposition: object.contentDisposition,
      ContentEncoding: object.contentEncoding,
      ContentLanguage: object.contentLanguage,
      CacheControl: object.cacheControl,
      Metadata: object.metadata,
    }),
  );
}

async function computeFileSha256(path: string): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  return hash.digest('hex');
}

/** DynamoDB's limits of one batch. */
const BATCH_ITEMS = 25;

function* splitBatches(lines: readonly string[]): Iterable<readonly string[]> {
  for (let start = 0; start < lines.length; start += BATCH_ITEMS) {
    yield lines.slice(start, start + BATCH_ITEMS);
  }
}

const FIRST_PAUSE_MILLISECONDS = 50;
const LONGEST_PAUSE_MILLISECONDS = 5000;

/** Writes items, and again those that DynamoDB leaves unprocessed, until there are none. */
async function writeItems({ table }: Target, lines: readonly string[]): Promise<void> {
  let requests: BatchWriteItemCommandInput['RequestItems'] = {
    [table.name]: lines.map((line) => ({ PutRequest: { Item: parseItem(line) } })),
  };
  for (let attempt = 0; ; attempt += 1) {
    const { UnprocessedItems }: BatchWriteItemCommandOutput = await table.client.send(
      new BatchWriteItemCommand({ RequestItems: requests }),
    );
    if (UnprocessedItems === undefined || Object.keys(UnprocessedItems).length === 0) return;
    requests = UnprocessedItems;
    await pause(Math.min(FIRST_PAUSE_MILLISECONDS * 2 ** attempt, LONGEST_PAUSE_MILLISECONDS));
  }
}

async function verifyItems({ table }: Target, { items }: Manifest): Promise<void> {
  const digest = new ItemSetDigest();
  await scanTable(table, 4, (rows) => {
    for (const { pk, item } of rows) if (pk !== MARKER.pk.S) digest.add(item);
  });
  if (digest.count === items.count && digest.hex === items.digest) return;
  throw new TransferError(
    `${table.name} does not hold what was exported: ${digest.count} items of ${items.count}` +
      `${digest.count === items.count ? ', but not the same' : ''}. Something else writes to it; ` +
      'begin with an empty table.',
  );
}

async function verifyObjects(
  { buckets }: Target,
  folder: string,
  { objects }: Manifest,
): Promise<void> {
  const missing: string[] = [];
  // The keys of the list and of the buckets come in the same order, so neither need be in memory.
  const present = mergeListings(buckets);
  let next = await present.next();
  for (const file of objects.files) {
    for (const line of await readChunk(folder, file)) {
      const { bucket, key, size } = StoredObject.parse(JSON.parse(line));
      const wanted = `${bucket} ${key}`;
      while (next.done !== true && compareBytes(next.value.name, wanted) < 0) {
        next = await present.next();
      }
      if (next.done === true || next.value.name !== wanted || next.value.size !== size) {
        missing.push(wanted);
      }
    }
  }
  if (missing.length === 0) return;
  throw new TransferError(`${missing.length} objects did not arrive, such as ${missing[0]}.`);
}

/** The objects of both buckets, `content` first, in the order of an export's list. */
async function* mergeListings(
  buckets: Target['buckets'],
): AsyncGenerator<{ name: string; size: number }> {
  for (const role of ['content', 'mail'] as const) {
    for await (const { key, size } of listObjects(buckets, role)) {
      yield { name: `${role} ${key}`, size };
    }
  }
}

/** S3 and the list order keys by their bytes. */
function compareBytes(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}
