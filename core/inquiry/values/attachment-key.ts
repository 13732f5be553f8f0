import type { InquiryId } from './ids.ts';

/** An attachment's place in the content bucket. */
export function attachmentKey(inquiryId: InquiryId, attachment: string): string {
  return `attachment/${inquiryId}/${attachment}`;
}
