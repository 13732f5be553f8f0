import * as z from 'zod';

export const Env = z.object({
  TABLE_NAME: z.string(),
  CONTENT_BUCKET: z.string(),
  MAIL_BUCKET: z.string(),
});
export type Env = z.infer<typeof Env>;

/**
 * The worker of erasures is that of all jobs. It is a function of its own since it alone may read the
 * whole table and both buckets.
 */
export { makeHandler } from './run-job.ts';
