import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { ChunkWriter } from './chunk-files.ts';
import { exportObjects, type StageBuckets } from './export-objects.ts';
import { StreamFollower } from './follow-stream.ts';
import { ItemImage } from './item-image.ts';
import { formatItem, ItemSetDigest, type TableItem } from './item-json.ts';
import { formatVersion, type Manifest, writeManifest } from './manifest.ts';
import { ObjectIndex } from './object-index.ts';
import { listObjectReferences } from './object-references.ts';
import { describeStageTable, keyOf, type StageTable, scanTable } from './read-table.ts';
import { TransferError } from './transfer-error.ts';

export interface Stage {
  readonly table: StageTable;
  readonly streams: DynamoDBStreamsClient;
  readonly buckets: StageBuckets;
}

export interface ExportOptions {
  /** Nothing writes to the stage, so its stream is not read. */
  readonly atRest?: boolean;
  /** How many parts of the table are read at a time; 4 unless told. */
  readonly segments?: number;
  /** How many objects are copied at a time; 8 unless told. */
  readonly parallel?: number;
  /** Until when the stream shows what was written; 10 unless told. */
  readonly settleSeconds?: number;
  readonly report?: (line: string) => void;
}

/** How often the instant is moved on when half of a transaction was read. */
const LONGEST_WAIT_ROUNDS = 6;
const PROGRESS_ITEMS = 10_000;
const PROGRESS_OBJECTS = 500;

/**
 * Exports a stage to a folder: all its items as they were at one instant, and all objects that they
 * name. The stage may be in use meanwhile.
 *
 * The folder must be empty or not exist. Its manifest is written last.
 */
export async function exportStage(
  stage: Stage,
  folder: string,
  options: ExportOptions = {},
): Promise<Manifest> {
  const report = options.report ?? (() => {});
  const { table, buckets } = stage;
  const startedAt = new Date();
  const { LatestStreamArn: streamArn, StreamSpecification: stream } =
    await describeStageTable(table);
  if (options.atRest !== true) requireStream(table.name, stream?.StreamViewType);
  const work = makeFolders(folder);
  const image = new ItemImage(join(work, 'items.db'));
  const index = new ObjectIndex(join(work, 'objects.db'));
  try {
    const instant = await readItems(stage, image, {
      ...options,
      report,
      streamArn: options.atRest === true ? undefined : streamArn,
    });
    const items = await writeItems(folder, image, index);
    report(`${items.count} items, as of ${instant.toISOString()}.`);
    const expired = await exportObjects({
      ...{ buckets, folder, index, startedAt, parallel: options.parallel ?? 8 },
      onProgress: (count) => {
        if (count % PROGRESS_OBJECTS === 0) report(`${count} objects so far.`);
      },
    });
    const objects = { ...(await writeObjectList(folder, index)), expired };
    report(`${objects.count} objects, ${objects.bytes} bytes.`);
    if (expired > 0) report(`${expired} raw mails or inputs of jobs had expired before.`);
    const manifest: Manifest = {
      format: formatVersion,
      id: randomUUID(),
      source: {
        table: table.name,
        mailBucket: buckets.names.mail,
        contentBucket: buckets.names.content,
      },
      startedAt: startedAt.toISOString(),
      instant: instant.toISOString(),
      items,
      objects,
    };
    image.close();
    index.close();
    rmSync(work, { recursive: true });
    await writeManifest(folder, manifest);
    return manifest;
  } catch (error) {
    image.close();
    index.close();
    throw error;
  }
}

function requireStream(table: string, view: string | undefined): void {
  if (view?.startsWith('NEW_')) return;
  throw new TransferError(
    `${table} has no stream of new images, by which changes during the export are seen. If nothing ` +
      'writes to it, as to a restored table before it is used, export with --at-rest.',
  );
}

function makeFolders(folder: string): string {
  mkdirSync(folder, { recursive: true });
  if (readdirSync(folder).length > 0) {
    throw new TransferError(`${folder} is not empty. Export to a folder of its own.`);
  }
  const work = join(folder, 'work');
  mkdirSync(work);
  return work;
}

async function readItems(
  { table, streams }: Stage,
  image: ItemImage,
  options: ExportOptions & {
    readonly report: (line: string) => void;
    readonly streamArn: string | undefined;
  },
): Promise<Date> {
  const { segments = 4, settleSeconds = 10, report, streamArn } = options;
  let count = 0;
  const scan = () =>
    scanTable(table, segments, (rows) => {
      image.addScanned(rows);
      const before = count;
      count += rows.length;
      if (Math.floor(before / PROGRESS_ITEMS) < Math.floor(count / PROGRESS_ITEMS)) {
        report(`${count} items so far.`);
      }
    });
  if (streamArn === undefined) {
    const at = new Date();
    await scan();
    return at;
  }
  const follower = new StreamFollower(streams, streamArn, ({ dynamodb }) => {
    const item = dynamodb?.NewImage as TableItem | undefined;
    image.applyChange(
      keyOf((dynamodb?.Keys ?? {}) as TableItem),
      item === undefined ? undefined : formatItem(item),
    );
  });
  try {
    // Whatever is written from here on shows in the stream, and all before it in the scan.
    await follower.begin();
    await scan();
    let instant = await follower.advance(settleSeconds);
    for (let round = 1; image.listTornInquiries(1).length > 0; round += 1) {
      if (round > LONGEST_WAIT_ROUNDS) {
        const torn = image.listTornInquiries(10).map((pk) => pk.slice('INQ#'.length));
        report(`! The version of these inquiries is not that of their events: ${torn.join(', ')}`);
        break;
      }
      instant = await follower.advance(1);
    }
    return instant;
  } finally {
    await follower.stop();
  }
}

async function writeItems(
  folder: string,
  image: ItemImage,
  index: ObjectIndex,
): Promise<Manifest['items']> {
  const writer = new ChunkWriter(folder, 'items');
  const digest = new ItemSetDigest();
  for (const row of image.rows()) {
    await writer.add(row.item);
    digest.add(row.item);
    for (const reference of listObjectReferences(row)) index.addReference(reference);
  }
  const files = [...(await writer.end())];
  return { count: digest.count, digest: digest.hex, files };
}

async function writeObjectList(
  folder: string,
  index: ObjectIndex,
): Promise<Omit<Manifest['objects'], 'expired'>> {
  const writer = new ChunkWriter(folder, 'objects');
  let count = 0;
  let bytes = 0;
  for (const object of index.objects()) {
    await writer.add(JSON.stringify(object));
    count += 1;
    bytes += object.size;
  }
  return { count, bytes, files: [...(await writer.end())] };
}
