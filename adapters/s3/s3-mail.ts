import { createHash } from 'node:crypto';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  ListObjectsV2Command,
  type S3Client,
} from '@aws-sdk/client-s3';
import { buildAttachmentKey } from '../../core/inquiry/values/attachment-key.ts';
import { type InquiryId, type Instant, instantOf } from '../../core/inquiry/values/ids.ts';
import type { Attachment } from '../../core/inquiry/values/message.ts';
import type { MailAttachment } from '../../core/intake/mail/mail.ts';
import { setupNotificationName } from '../../core/intake/mail/mail-notification.ts';
import type { AttachmentWriter, RawMailStore } from '../../core/intake/ports.ts';
import { S3ContentStore } from './content-store.ts';
import { isMissingObject } from './missing-object.ts';

/** SES stores mail under this prefix; a mail that is still here has no fate yet. */
const incomingPrefix = 'incoming/';
const setupNotificationKey = `${incomingPrefix}${setupNotificationName}`;

/** Raw mails in the mail bucket. */
export class S3RawMails implements RawMailStore {
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #store: S3ContentStore;

  constructor(client: S3Client, bucket: string) {
    this.#client = client;
    this.#bucket = bucket;
    this.#store = new S3ContentStore(client, bucket);
  }

  get(key: string): Promise<Uint8Array | undefined> {
    return this.#store.get(key);
  }

  async archive(from: string, to: string): Promise<void> {
    if (from === to) return;
    try {
      await this.#client.send(
        new CopyObjectCommand({
          Bucket: this.#bucket,
          Key: to,
          CopySource: `${this.#bucket}/${encodeURIComponent(from)}`,
        }),
      );
    } catch (error) {
      // An earlier delivery of the same notification has archived it.
      if (isMissingObject(error)) return;
      throw error;
    }
    await this.#client.send(new DeleteObjectCommand({ Bucket: this.#bucket, Key: from }));
  }

  /**
   * Lists mails without a fate that were stored before an instant, among the first `limit` objects.
   */
  async waitingSince(
    before: Instant,
    limit: number,
  ): Promise<{ key: string; storedAt: Instant }[]> {
    const { Contents } = await this.#client.send(
      new ListObjectsV2Command({ Bucket: this.#bucket, Prefix: incomingPrefix, MaxKeys: limit }),
    );
    return (Contents ?? []).flatMap(({ Key, LastModified }) => {
      if (Key === undefined || LastModified === undefined || Key === setupNotificationKey)
        return [];
      const storedAt = instantOf(LastModified.getTime());
      return storedAt < before ? [{ key: Key, storedAt }] : [];
    });
  }
}

/** Attachments in the content bucket, by inquiry and id. */
export class S3AttachmentBytes implements AttachmentWriter {
  readonly #store: S3ContentStore;

  constructor(store: S3ContentStore) {
    this.#store = store;
  }

  put(inquiryId: InquiryId, id: string, { bytes, name }: MailAttachment): Promise<void> {
    return this.#store.putFile(buildAttachmentKey(inquiryId, id), bytes, name);
  }

  async putRaw(inquiryId: InquiryId, id: string, raw: Uint8Array): Promise<Attachment> {
    const name = 'message.eml';
    await this.#store.putFile(buildAttachmentKey(inquiryId, id), raw, name);
    const sha256 = createHash('sha256').update(raw).digest('hex');
    return { id, name, type: 'message/rfc822', size: raw.length, sha256 };
  }
}
