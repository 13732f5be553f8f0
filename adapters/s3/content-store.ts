import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { formatContentDisposition } from './content-disposition.ts';
import { isMissingObject } from './missing-object.ts';

/** Objects of one bucket by key. */
export class S3ContentStore {
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor(client: S3Client, bucket: string) {
    this.#client = client;
    this.#bucket = bucket;
  }

  async put(key: string, body: Uint8Array | string, type: string): Promise<void> {
    await this.#client.send(
      new PutObjectCommand({ Bucket: this.#bucket, Key: key, Body: body, ContentType: type }),
    );
  }

  /**
   * Puts a file that people download, with its name beside it: links and logs have only the key.
   *
   * Never with the type that its sender gave it: a browser that opened it directly would show HTML
   * as a page of ours.
   */
  async putFile(key: string, bytes: Uint8Array, name: string): Promise<void> {
    await this.#client.send(
      new PutObjectCommand({
        Bucket: this.#bucket,
        Key: key,
        Body: bytes,
        ContentType: 'application/octet-stream',
        ContentDisposition: formatContentDisposition(name),
      }),
    );
  }

  /** Reads an object's bytes; undefined when there is no object. */
  async get(key: string): Promise<Uint8Array | undefined> {
    try {
      const { Body } = await this.#client.send(
        new GetObjectCommand({ Bucket: this.#bucket, Key: key }),
      );
      return await Body?.transformToByteArray();
    } catch (error) {
      if (isMissingObject(error)) return undefined;
      throw error;
    }
  }
}
