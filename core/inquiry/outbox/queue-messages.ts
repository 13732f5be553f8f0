import * as z from 'zod';
import { InquiryId, Instant } from '../values/ids.ts';

/** What the queues carry: ids only, so that a message says where to look and nothing else. */
export const InquiryQueueMessage = z.strictObject({ inquiryId: InquiryId });
export type InquiryQueueMessage = z.infer<typeof InquiryQueueMessage>;

export const NoticeQueueMessage = z.strictObject({
  inquiryId: InquiryId,
  /** The notice's key within its inquiry. */
  notice: z.string().min(1).max(400),
});
export type NoticeQueueMessage = z.infer<typeof NoticeQueueMessage>;

export const JobNoticeQueueMessage = z.strictObject({
  jobId: z.uuid(),
  /** The notice's key within its job. */
  notice: z.string().min(1).max(400),
});
export type JobNoticeQueueMessage = z.infer<typeof JobNoticeQueueMessage>;

export const AlarmQueueMessage = z.strictObject({ inquiryId: InquiryId, alarmAt: Instant });
export type AlarmQueueMessage = z.infer<typeof AlarmQueueMessage>;

export const JobQueueMessage = z.strictObject({ jobId: z.uuid() });
export type JobQueueMessage = z.infer<typeof JobQueueMessage>;
