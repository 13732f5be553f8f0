import type { Attachment } from '../../inquiry/values/message.ts';

/** `SendRawEmail` takes 10 MB in all; the rest is for text, HTML and headers. */
const attachmentsLimitBytes = 9 * 1024 * 1024;
/** Headers and boundaries of a part, with a name of 255 characters. */
const partBytes = 2048;

/** Bytes of a file in base 64, in lines of 76 characters with their line ends. */
function encodedBytes(size: number): number {
  return Math.ceil(size / 3) * 4 * (78 / 76) + partBytes;
}

/** Chooses the files of a mail: all that are not held, or none if they are too large together. */
export function fitAttachments(attachments: readonly Attachment[]): {
  readonly attached: readonly Attachment[];
  readonly leftOut: readonly Attachment[];
} {
  const released = attachments.filter((attachment) => attachment.held === undefined);
  const bytes = released.reduce((sum, { size }) => sum + encodedBytes(size), 0);
  return bytes <= attachmentsLimitBytes
    ? { attached: released, leftOut: [] }
    : { attached: [], leftOut: released };
}
