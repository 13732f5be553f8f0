import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { buildAttachmentKey } from '../../core/inquiry/values/attachment-key.ts';
import { addSeconds, type InquiryId, type Instant } from '../../core/inquiry/values/ids.ts';
import type { Attachment } from '../../core/inquiry/values/message.ts';
import type { AttachmentDownloads } from '../../core/work/ports.ts';

/** Long enough to follow the link, too short to pass it on. */
const lifeSeconds = 120;

/**
 * Presigned links to attachments in the content bucket.
 *
 * The link fixes the headers of S3's answer: the file is saved under its name and never displayed,
 * whatever its content claims to be.
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
    attachment: Attachment,
    now: Instant,
  ): Promise<{ url: string; expiresAt: Instant }> {
    const url = await getSignedUrl(
      this.#client,
      new GetObjectCommand({
        Bucket: this.#bucket,
        Key: buildAttachmentKey(inquiryId, attachment.id),
        ResponseContentDisposition: formatContentDisposition(attachment.name),
        ResponseContentType: 'application/octet-stream',
      }),
      { expiresIn: lifeSeconds, signingDate: new Date(now) },
    );
    return { url, expiresAt: addSeconds(now, lifeSeconds) };
  }
}

/** @see https://www.rfc-editor.org/rfc/rfc6266#section-4.3 */
function formatContentDisposition(name: string): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const extended = encodeURIComponent(name.toWellFormed()).replace(
    /['()*]/g,
    (symbol) => `%${symbol.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${extended}`;
}
