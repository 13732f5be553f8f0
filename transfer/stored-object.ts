import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GetObjectCommand, NoSuchKey, type S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { BucketRole } from './manifest.ts';

/** An object of an export: a line of its list. */
export const StoredObject = z.strictObject({
  bucket: BucketRole,
  key: z.string().min(1),
  /** Relative to the folder of the export. */
  file: z.string().regex(/^objects\/(mail|content)\/(?!.*\.\.)[^\\]+$/),
  size: z.int().min(0),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  contentType: z.string().optional(),
  contentDisposition: z.string().optional(),
  contentEncoding: z.string().optional(),
  contentLanguage: z.string().optional(),
  cacheControl: z.string().optional(),
  metadata: z.record(z.string(), z.string()).optional(),
});
export type StoredObject = z.infer<typeof StoredObject>;

/** File systems allow 255 bytes of a name. */
const SEGMENT_LENGTH = 200;

/** Makes a path for a key, readable where it can be; the list of objects has the key itself. */
export function makeObjectFile(role: BucketRole, key: string): string {
  const segments = key.split('/').map((segment) => {
    // Some systems take `A` and `a` for one name, so what is not lower-case is digested.
    const isPlain = /^[a-z0-9_-][a-z0-9._-]*$/.test(segment) && segment.length <= SEGMENT_LENGTH;
    return isPlain ? segment : `~${createHash('sha256').update(segment).digest('hex')}`;
  });
  return ['objects', role, ...segments].join('/');
}

interface ObjectSource {
  readonly client: S3Client;
  readonly bucket: string;
  readonly key: string;
}

interface ObjectTarget {
  readonly folder: string;
  readonly role: BucketRole;
  /** The key in the export. */
  readonly key: string;
}

/** The SDK repeats a request that fails, and not one whose answer breaks off. */
const TRIES = 4;

/** Copies an object to its file; undefined where there is none. */
export async function downloadObject(
  from: ObjectSource,
  to: ObjectTarget,
): Promise<StoredObject | undefined> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await tryDownload(from, to);
    } catch (error) {
      if (tries === TRIES) throw error;
    }
  }
}

async function tryDownload(
  from: ObjectSource,
  to: ObjectTarget,
): Promise<StoredObject | undefined> {
  const answer = await from.client
    .send(new GetObjectCommand({ Bucket: from.bucket, Key: from.key }))
    .catch((error: unknown) => {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    });
  if (answer === undefined) return undefined;
  const file = makeObjectFile(to.role, to.key);
  const path = join(to.folder, file);
  await mkdir(dirname(path), { recursive: true });
  const hash = createHash('sha256');
  let size = 0;
  const tap = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      hash.update(chunk);
      size += chunk.length;
      done(null, chunk);
    },
  });
  const body = answer.Body instanceof Readable ? answer.Body : Readable.from([]);
  await pipeline(body, tap, createWriteStream(path));
  return StoredObject.parse({
    ...{ bucket: to.role, key: to.key, file, size, sha256: hash.digest('hex') },
    contentType: answer.ContentType,
    contentDisposition: answer.ContentDisposition,
    contentEncoding: answer.ContentEncoding,
    contentLanguage: answer.ContentLanguage,
    cacheControl: answer.CacheControl,
    metadata: answer.Metadata,
  });
}
