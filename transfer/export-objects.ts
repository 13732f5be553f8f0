import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import type { BucketRole } from './manifest.ts';
import type { ObjectIndex } from './object-index.ts';
import { runParallel } from './run-parallel.ts';
import { downloadObject } from './stored-object.ts';
import { TransferError } from './transfer-error.ts';

export interface StageBuckets {
  readonly client: S3Client;
  readonly names: Readonly<Record<BucketRole, string>>;
}

export interface ListedObject {
  readonly key: string;
  readonly modifiedAt: Date;
  readonly size: number;
}

/** An object that SES writes to test its permission; it is no mail. */
const SETUP_NOTIFICATION = 'incoming/AMAZON_SES_SETUP_NOTIFICATION';

/** Lists the objects of a bucket. */
export async function* listObjects(
  { client, names }: StageBuckets,
  role: BucketRole,
): AsyncIterable<ListedObject> {
  let token: string | undefined;
  do {
    const page = await client
      .send(new ListObjectsV2Command({ Bucket: names[role], ContinuationToken: token }))
      .catch((error: unknown) => {
        if (!(error instanceof Error) || error.name !== 'NoSuchBucket') throw error;
        throw new TransferError(`There is no bucket ${names[role]}.`);
      });
    for (const { Key, LastModified, Size } of page.Contents ?? []) {
      if (Key === undefined || Key === SETUP_NOTIFICATION) continue;
      yield { key: Key, modifiedAt: LastModified ?? new Date(0), size: Size ?? 0 };
    }
    token = page.NextContinuationToken;
  } while (token !== undefined);
}

export interface ObjectExportOptions {
  readonly buckets: StageBuckets;
  readonly folder: string;
  /** Has the references of all items already. */
  readonly index: ObjectIndex;
  /** When the export began, before any item was read. */
  readonly startedAt: Date;
  readonly parallel: number;
  readonly onProgress: (count: number) => void;
}

/** Another machine's clock may be this far behind the bucket's. */
const CLOCK_TOLERANCE_MILLISECONDS = 5 * 60_000;
/** No bucket deletes by age what is younger. */
const LEAST_AGE_MILLISECONDS = 86_400_000;
const DAY_MILLISECONDS = 86_400_000;

/**
 * Copies the objects of both buckets to files, so that each object that an item names is there.
 *
 * Mails move while they are copied, from `incoming/` to `raw/` with their fate. A mail that the
 * items have no receipt of goes under `incoming/`, wherever it was found: so it had its fate only
 * after the items' instant, and gets one where it is imported.
 * @returns how many objects that items name have expired
 */
export async function exportObjects(options: ObjectExportOptions): Promise<number> {
  const { buckets, folder, index, parallel } = options;
  const vanished: ListedObject[] = [];
  let count = 0;
  for (const role of ['content', 'mail'] as const) {
    await runParallel(listObjects(buckets, role), parallel, async (listed) => {
      const isCopied = await copyObject(
        options,
        role,
        listed.key,
        keyInExport(options, role, listed),
      );
      if (!isCopied && listed.key.startsWith('incoming/')) vanished.push(listed);
      count += 1;
      options.onProgress(count);
    });
  }
  for (const mail of vanished) await findMovedMail(options, mail);
  const expired = await requireReferencedObjects(options);
  for (const mail of index.listArchivedMails()) {
    index.remove('mail', mail.key);
    await rm(join(folder, mail.file), { force: true });
  }
  return expired;
}

/** The key under which an object is exported: its own, but for a mail without a receipt. */
function keyInExport(
  { index, startedAt }: ObjectExportOptions,
  role: BucketRole,
  { key, modifiedAt }: Pick<ListedObject, 'key' | 'modifiedAt'>,
): string {
  if (role !== 'mail' || !key.startsWith('raw/') || index.isReferenced(role, key)) return key;
  const isOlder = modifiedAt.getTime() < startedAt.getTime() - CLOCK_TOLERANCE_MILLISECONDS;
  return isOlder ? key : incomingKeyOf(key);
}

function incomingKeyOf(rawKey: string): string {
  return `incoming/${rawKey.slice(rawKey.lastIndexOf('/') + 1)}`;
}

async function copyObject(
  { buckets: { client, names }, folder, index }: ObjectExportOptions,
  role: BucketRole,
  from: string,
  to: string,
): Promise<boolean> {
  const object = await downloadObject(
    { client, bucket: names[role], key: from },
    { folder, role, key: to },
  );
  if (object !== undefined) index.add(object);
  return object !== undefined;
}

/** Finds a mail that left `incoming/` after it was listed: it is archived under its day. */
async function findMovedMail(options: ObjectExportOptions, mail: ListedObject): Promise<void> {
  const id = mail.key.slice('incoming/'.length);
  for (const days of [0, -1, 1]) {
    const day = new Date(mail.modifiedAt.getTime() + days * DAY_MILLISECONDS);
    const raw = `raw/${day.toISOString().slice(0, 10).replaceAll('-', '/')}/${id}`;
    const to = options.index.isReferenced('mail', raw) ? raw : mail.key;
    if (await copyObject(options, 'mail', raw, to)) return;
  }
}

/** Fetches what items name and the listing did not have; throws where it is nowhere. */
async function requireReferencedObjects(options: ObjectExportOptions): Promise<number> {
  const { index, buckets, startedAt } = options;
  const old = new Date(startedAt.getTime() - LEAST_AGE_MILLISECONDS);
  const missing: string[] = [];
  for (const { role, key } of index.listMissing(old)) {
    if (await copyObject(options, role, key, key)) continue;
    // Its receipt is written before the mail is moved; the reconciler moves it where it is imported.
    if (role === 'mail' && index.find('mail', incomingKeyOf(key)) !== undefined) continue;
    missing.push(`  ${buckets.names[role]}/${key}`);
  }
  if (missing.length === 0) return index.countExpired(old);
  throw new TransferError(
    `${missing.length} objects that items name are not there:\n${missing.slice(0, 10).join('\n')}\n` +
      'If inquiries were erased meanwhile, export again. Otherwise the stage has lost them: look ' +
      'for older versions in the bucket.',
  );
}
