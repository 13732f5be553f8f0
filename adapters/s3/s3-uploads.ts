import { createHash } from 'node:crypto';
import { GetObjectCommand, HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { createPresignedPost } from '@aws-sdk/s3-presigned-post';
import type { Refusal } from '../../core/inquiry/refusal.ts';
import { buildAttachmentKey } from '../../core/inquiry/values/attachment-key.ts';
import type { InquiryId, Sub } from '../../core/inquiry/values/ids.ts';
import type { Attachment } from '../../core/inquiry/values/message.ts';
import {
  type AnnouncedUpload,
  attachUploads,
  type PresignedUpload,
  type UploadStore,
  type Uploads,
  uploadLimits,
} from '../../core/intake/form/uploads.ts';
import { mailLimits } from '../../core/intake/mail/mail.ts';
import { checkAttachment } from '../mime/structure/check-attachment.ts';
import { sanitizeFileName } from '../mime/structure/file-name.ts';
import { S3ContentStore } from './content-store.ts';
import { isMissingObject } from './missing-object.ts';

/**
 * Uploads in the content bucket, under their uploader; those never attached age out.
 *
 * The file's name travels as metadata, in Base64 since S3 takes ASCII only: 255 characters come to
 * 1,020 of 2,048 bytes.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
 */
export class S3Uploads implements UploadStore, Uploads {
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #content: S3ContentStore;

  constructor(client: S3Client, bucket: string) {
    this.#client = client;
    this.#bucket = bucket;
    this.#content = new S3ContentStore(client, bucket);
  }

  async presign(file: AnnouncedUpload, seconds: number): Promise<PresignedUpload> {
    const { url, fields } = await createPresignedPost(this.#client, {
      Bucket: this.#bucket,
      Key: makeUploadKey(file.uploader, file.id),
      Expires: seconds,
      // The policy binds each field to its value.
      Fields: {
        'Content-Type': file.type,
        'x-amz-meta-name': Buffer.from(file.name).toString('base64url'),
        success_action_status: '201',
      },
      Conditions: [['content-length-range', 1, uploadLimits.bytes]],
    });
    return { url, fields };
  }

  async sizeOf(uploader: Sub, id: string): Promise<number | undefined> {
    try {
      const { ContentLength } = await this.#client.send(
        new HeadObjectCommand({ Bucket: this.#bucket, Key: makeUploadKey(uploader, id) }),
      );
      return ContentLength ?? 0;
    } catch (error) {
      if (isMissingObject(error)) return undefined;
      throw error;
    }
  }

  async saveAttachment(
    uploader: Sub,
    id: string,
    inquiryId: InquiryId,
  ): Promise<Attachment | undefined> {
    const upload = await this.#read(makeUploadKey(uploader, id));
    if (upload === undefined) return undefined;
    const { bytes, type } = upload;
    const name = sanitizeFileName(upload.name) || 'attachment';
    const held = checkAttachment({ name, bytes }, mailLimits);
    // Stores the checked bytes, since the upload may be replaced while its policy lasts.
    await this.#content.putFile(buildAttachmentKey(inquiryId, id), bytes, name);
    return {
      ...{ id, name, type, size: bytes.length },
      sha256: createHash('sha256').update(bytes).digest('hex'),
      ...(held === undefined ? {} : { held }),
    };
  }

  attach(
    uploader: Sub,
    ids: readonly string[],
    inquiryId: InquiryId,
  ): Promise<readonly Attachment[] | Refusal> {
    return attachUploads(this, uploader, ids, inquiryId);
  }

  async #read(Key: string): Promise<{ bytes: Uint8Array; name: string; type: string } | undefined> {
    try {
      const { Body, ContentType, Metadata } = await this.#client.send(
        new GetObjectCommand({ Bucket: this.#bucket, Key }),
      );
      return {
        bytes: (await Body?.transformToByteArray()) ?? new Uint8Array(),
        name: Buffer.from(Metadata?.['name'] ?? '', 'base64url').toString(),
        type: ContentType ?? 'application/octet-stream',
      };
    } catch (error) {
      if (isMissingObject(error)) return undefined;
      throw error;
    }
  }
}

/** A `sub` may hold any character, even a slash. */
function makeUploadKey(uploader: Sub, id: string): string {
  return `upload/${encodeURIComponent(uploader)}/${id}`;
}
