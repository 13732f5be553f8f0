import { extname } from 'node:path';
import { GetObjectCommand, HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { buildAttachmentKey } from '../../core/inquiry/values/attachment-key.ts';
import { addSeconds, type InquiryId, type Instant } from '../../core/inquiry/values/ids.ts';
import type { Attachment } from '../../core/inquiry/values/message.ts';
import type { AttachmentDownloads } from '../../core/work/ports.ts';
import { formatContentDisposition } from './content-disposition.ts';
import { isMissingObject } from './missing-object.ts';

/** Long enough to follow the link, too short to pass it on. */
const lifeSeconds = 120;

/**
 * Presigned links to attachments in the content bucket.
 *
 * S3's access logs quote a link whole, so it names the attachment by id only. S3 saves the file under
 * the name that is stored with it; where that is not what the caller may see, or an older file has
 * none, under its id. It never displays the file, whatever its content claims to be.
 */
export class PresignedDownloads implements AttachmentDownloads {
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor(client: S3Client, bucket: string) {
    this.#client = client;
    this.#bucket = bucket;
  }

  async link(
    inquiryId: InquiryId,
    { id, name }: Attachment,
    now: Instant,
  ): Promise<{ url: string; expiresAt: Instant } | undefined> {
    const stored = { Bucket: this.#bucket, Key: buildAttachmentKey(inquiryId, id) };
    const disposition = await this.#readDisposition(stored);
    if (disposition === undefined) return undefined;
    const extension = /^\.[a-z0-9]{1,8}$/i.exec(extname(name))?.[0] ?? '';
    const url = await getSignedUrl(
      this.#client,
      new GetObjectCommand({
        ...stored,
        ...(disposition === formatContentDisposition(name)
          ? {}
          : { ResponseContentDisposition: `attachment; filename="${id}${extension}"` }),
        ResponseContentType: 'application/octet-stream',
      }),
      { expiresIn: lifeSeconds, signingDate: new Date(now) },
    );
    return { url, expiresAt: addSeconds(now, lifeSeconds) };
  }

  /** The header stored with a file, empty where there is none; undefined when the file is gone. */
  async #readDisposition(stored: { Bucket: string; Key: string }): Promise<string | undefined> {
    try {
      const { ContentDisposition } = await this.#client.send(new HeadObjectCommand(stored));
      return ContentDisposition ?? '';
    } catch (error) {
      if (isMissingObject(error)) return undefined;
      throw error;
    }
  }
}
