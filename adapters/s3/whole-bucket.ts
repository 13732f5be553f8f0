import { DeleteObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { S3ContentStore } from './content-store.ts';

/** A bucket whose keys can be listed and removed, for the few functions that end or erase. */
export class S3WholeBucket extends S3ContentStore {
  readonly #s3: S3Client;
  readonly #name: string;

  constructor(client: S3Client, bucket: string) {
    super(client, bucket);
    this.#s3 = client;
    this.#name = bucket;
  }

  /** Lists at most `limit` keys under a prefix, in order, beginning after a key. */
  async list(prefix: string, limit: number, after?: string): Promise<string[]> {
    const { Contents = [] } = await this.#s3.send(
      new ListObjectsV2Command({
        ...{ Bucket: this.#name, Prefix: prefix, MaxKeys: limit },
        ...(after === undefined ? {} : { StartAfter: after }),
      }),
    );
    return Contents.flatMap(({ Key }) => Key ?? []);
  }

  /** Removes an object; one that is not there stays so. */
  async remove(key: string): Promise<void> {
    await this.#s3.send(new DeleteObjectCommand({ Bucket: this.#name, Key: key }));
  }
}
