import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { TransferError } from './transfer-error.ts';

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const Count = z.int().min(0);

/** A compressed file of lines, all of the same form. */
const ChunkFile = z.strictObject({ file: z.string(), lines: Count, sha256: Sha256 });
export type ChunkFile = z.infer<typeof ChunkFile>;

/** The two buckets of a stage, by what they hold. */
export const BucketRole = z.enum(['mail', 'content']);
export type BucketRole = z.infer<typeof BucketRole>;

export const formatVersion = 1;

/** What an export holds. It is written last, so that a folder without one is incomplete. */
export const Manifest = z.strictObject({
  format: z.literal(formatVersion),
  id: z.uuid(),
  /** The names that the stage had. */
  source: z.strictObject({ table: z.string(), mailBucket: z.string(), contentBucket: z.string() }),
  startedAt: z.iso.datetime(),
  /** The state of all items is that of this instant, by the exporting machine's clock. */
  instant: z.iso.datetime(),
  items: z.strictObject({
    count: Count,
    /** The sum of the SHA-256 of all lines, modulo 2^256: the same in whatever order. */
    digest: Sha256,
    files: z.array(ChunkFile),
  }),
  objects: z.strictObject({
    count: Count,
    bytes: Count,
    /** Lists of objects; each line has the SHA-256 of its object. */
    files: z.array(ChunkFile),
    /** Objects that items name and that had expired, as raw mails do. */
    expired: Count,
  }),
});
export type Manifest = z.infer<typeof Manifest>;

const FILE = 'manifest.json';

export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  const file = join(folder, FILE);
  await writeFile(`${file}.new`, `${JSON.stringify(Manifest.parse(manifest), null, 2)}\n`);
  await rename(`${file}.new`, file);
}

export async function readManifest(folder: string): Promise<Manifest> {
  const text = await readFile(join(folder, FILE), 'utf8').catch(() => undefined);
  if (text === undefined) {
    throw new TransferError(
      `${folder} has no ${FILE}: it is no export, or one that did not come to its end. ` +
        'Export again, into another folder.',
    );
  }
  const json = parseJson(text);
  const format = z.looseObject({ format: z.unknown() }).safeParse(json).data?.format;
  if (format !== formatVersion) {
    throw new TransferError(
      `${folder} has format ${String(format)}; this version reads format ${formatVersion}.`,
    );
  }
  const manifest = Manifest.safeParse(json);
  if (!manifest.success) {
    throw new TransferError(`${FILE} in ${folder} is damaged:\n${z.prettifyError(manifest.error)}`);
  }
  return manifest.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
