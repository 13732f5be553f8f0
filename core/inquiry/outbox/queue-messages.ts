import * as z from 'zod';
import { InquiryId, Instant } from '../values/ids.ts';

/** What the queues carry: ids only, so that a message says where to look and nothing else. */
export const InquiryNews = z.strictObject({ inquiryId: InquiryId });
export type InquiryNews = z.infer<typeof InquiryNews>;

export const NoticeNews = z.strictObject({
  inquiryId: InquiryId,
  /** The notice's key within its inquiry. */
  notice: z.string().min(1).max(400),
});
export type NoticeNews = z.infer<typeof NoticeNews>;

export const AlarmNews = z.strictObject({ inquiryId: InquiryId, alarmAt: Instant });
export type AlarmNews = z.infer<typeof AlarmNews>;

export const JobNews = z.strictObject({ jobId: z.uuid() });
export type JobNews = z.infer<typeof JobNews>;
