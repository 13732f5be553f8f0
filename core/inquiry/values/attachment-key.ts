import type { InquiryId } from './ids.ts';

/** An attachment's key in the content bucket. */
export function buildAttachmentKey(inquiryId: InquiryId, attachment: string): string {
  return `attachment/${inquiryId}/${attachment}`;
}
