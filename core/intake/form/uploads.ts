import { type Refusal, refuse } from '../../inquiry/refusal.ts';
import { addSeconds, type InquiryId, type Instant, type Sub } from '../../inquiry/values/ids.ts';
import type { Attachment } from '../../inquiry/values/message.ts';

/** Limits of uploads; the files of one message are held in memory one at a time. */
export const uploadLimits = {
  /** Of one file. */
  bytes: 25 * 1024 * 1024,
  /** Of all files of one message: reading them all takes seconds. */
  messageBytes: 100 * 1024 * 1024,
  /** How long a presigned upload may be started. */
  seconds: 900,
} as const;

/** A file that somebody is about to upload. */
export type AnnouncedUpload = {
  readonly id: string;
  readonly uploader: Sub;
  readonly name: string;
  readonly type: string;
};

/** How a browser posts a file: the fields first, the file last. */
export type PresignedUpload = {
  readonly url: string;
  readonly fields: Readonly<Record<string, string>>;
};

/** Uploaded files, each under its uploader, so that nobody finds another's. */
export interface UploadStore {
  /** Allows exactly this file to be posted for so many seconds, within the limits. */
  presign(file: AnnouncedUpload, seconds: number): Promise<PresignedUpload>;
  /** The size of an upload in bytes; undefined when there is none. */
  sizeOf(uploader: Sub, id: string): Promise<number | undefined>;
  /**
   * Checks an upload and saves its bytes as an attachment of the inquiry; safe to repeat.
   *
   * A file that may be harmful is saved and held. Undefined when there is no such upload.
   */
  saveAttachment(uploader: Sub, id: string, inquiryId: InquiryId): Promise<Attachment | undefined>;
}

/** Turns uploads into attachments of an inquiry. */
export interface Uploads {
  /**
   * Checks the uploads and saves them with the inquiry; safe to repeat.
   *
   * Refuses `invalid.attachment` when one is missing, too large, or somebody else's.
   */
  attach(
    uploader: Sub,
    ids: readonly string[],
    inquiryId: InquiryId,
  ): Promise<readonly Attachment[] | Refusal>;
}

/**
 * Presigns the upload of a file.
 *
 * Refuses `invalid.attachment` for a file over the limit.
 */
export async function presignUpload(
  files: UploadStore,
  file: AnnouncedUpload & { readonly size: number },
  now: Instant,
): Promise<(PresignedUpload & { readonly expiresAt: Instant }) | Refusal> {
  const { size, ...announced } = file;
  if (size > uploadLimits.bytes) return refuseTooLarge();
  const presigned = await files.presign(announced, uploadLimits.seconds);
  return { ...presigned, expiresAt: addSeconds(now, uploadLimits.seconds) };
}

/** Implements `Uploads.attach` on an upload store. */
export async function attachUploads(
  files: UploadStore,
  uploader: Sub,
  ids: readonly string[],
  inquiryId: InquiryId,
): Promise<readonly Attachment[] | Refusal> {
  const uploadIds = [...new Set(ids)];
  const sizes = await Promise.all(uploadIds.map((id) => files.sizeOf(uploader, id)));
  let total = 0;
  for (const [index, id] of uploadIds.entries()) {
    const size = sizes[index];
    if (size === undefined) return refuseMissingUpload(id);
    if (size === 0) return refuse('invalid.attachment', `The upload ${id} is empty.`);
    if (size > uploadLimits.bytes) return refuseTooLarge();
    total += size;
  }
  if (total > uploadLimits.messageBytes) {
    return refuse('invalid.attachment', 'The attachments of one message may have 100 MB together.');
  }
  const attachments: Attachment[] = [];
  // One after the other, so that only one is in memory.
  for (const id of uploadIds) {
    const attachment = await files.saveAttachment(uploader, id, inquiryId);
    if (attachment === undefined) return refuseMissingUpload(id);
    attachments.push(attachment);
  }
  return attachments;
}

function refuseMissingUpload(id: string): Refusal {
  return refuse('invalid.attachment', `There is no upload ${id} of yours, or it has expired.`);
}

function refuseTooLarge(): Refusal {
  return refuse('invalid.attachment', 'A file may have at most 25 MB.');
}
