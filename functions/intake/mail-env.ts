import * as z from 'zod';
import { StageDesks } from '../../core/inquiry/terms/desk.ts';
import { MailPolicyJson } from '../../core/intake/mail/mail-policy.ts';

/** The environment of every function that takes in mail. */
export const MailEnv = z.object({
  TABLE_NAME: z.string(),
  MAIL_BUCKET: z.string(),
  CONTENT_BUCKET: z.string(),
  SIGNING_SECRET_ARN: z.string(),
  MAIL_DOMAIN: z.string(),
  HELP_ADDRESS: z.email(),
  MAIL_POLICY: MailPolicyJson,
  DESKS: StageDesks,
});
export type MailEnv = z.infer<typeof MailEnv>;
