import * as z from 'zod';
import { EmailAddress, type Instant, instantOf } from '../../inquiry/values/ids.ts';

const SesVerdict = z
  .object({ status: z.string() })
  .transform((verdict) => verdict.status.toUpperCase());

/**
 * SES's notification of a mail that it received and stored.
 *
 * Verdicts are missing when the reconciler found the mail without its notification.
 * @see https://docs.aws.amazon.com/ses/latest/dg/receiving-email-notifications-contents.html
 */
export const MailNotification = z.object({
  notificationType: z.literal('Received'),
  mail: z.object({
    messageId: z.string().min(1).max(128),
    /** The envelope's sender; empty for the null return path. */
    source: z.string().max(1000).optional(),
    destination: z.array(z.string()).default([]),
    /** The first 10 KB of the headers. */
    headers: z.array(z.object({ name: z.string(), value: z.string() })).default([]),
    commonHeaders: z
      .object({
        from: z.array(z.string()).optional(),
        subject: z.string().optional(),
      })
      .default({}),
  }),
  receipt: z.object({
    timestamp: z.iso.datetime({ offset: true }).transform((text) => instantOf(Date.parse(text))),
    recipients: z.array(z.string()).default([]),
    spamVerdict: SesVerdict.optional(),
    virusVerdict: SesVerdict.optional(),
    spfVerdict: SesVerdict.optional(),
    dkimVerdict: SesVerdict.optional(),
    dmarcVerdict: SesVerdict.optional(),
    action: z.object({
      type: z.literal('S3'),
      bucketName: z.string(),
      objectKey: z.string().min(1),
    }),
  }),
});
export type MailNotification = z.infer<typeof MailNotification>;

export const sesVerdictNames = ['spam', 'virus', 'spf', 'dkim', 'dmarc'] as const;
export type SesVerdictName = (typeof sesVerdictNames)[number];
export type SesVerdicts = Readonly<Partial<Record<SesVerdictName, string>>>;

/** SES's verdicts by name, such as `PASS`, `FAIL`, `GRAY`, `PROCESSING_FAILED`, `DISABLED`. */
export function sesVerdictsOf({ receipt }: MailNotification): SesVerdicts {
  const verdicts: Partial<Record<SesVerdictName, string>> = {};
  for (const name of sesVerdictNames) {
    const verdict = receipt[`${name}Verdict`];
    if (verdict !== undefined) verdicts[name] = verdict;
  }
  return verdicts;
}

/** Reads the address of a From header, which SES passes on undecoded, only where it is plain. */
export function parseSenderHeader(header: string | undefined): { readonly address?: EmailAddress } {
  const match = /<?([^\s<>"(),:;\\[\]@]{1,64}@[a-z0-9.-]{1,189})>?\s*$/i.exec(header ?? '');
  const address = EmailAddress.safeParse(match?.[1]);
  return address.success ? { address: address.data } : {};
}

/** SES stores an object of this name when a receipt rule is made, to test its permission. */
export const setupNotificationName = 'AMAZON_SES_SETUP_NOTIFICATION';

/** Whether a notification is about what SES stored as a test: no mail, and nobody's. */
export function isSetupNotification({ receipt }: MailNotification): boolean {
  return nameOf(receipt.action.objectKey) === setupNotificationName;
}

function nameOf(objectKey: string): string {
  return objectKey.slice(objectKey.lastIndexOf('/') + 1);
}

/** The key of a mail's raw bytes once it is archived. */
export function archiveKeyOf(notification: MailNotification): string {
  const day = notification.receipt.timestamp.slice(0, 10).replaceAll('-', '/');
  return `raw/${day}/${notification.mail.messageId}`;
}

/** Builds the notification of a mail that the reconciler found without one. */
export function buildMailNotification(
  bucketName: string,
  objectKey: string,
  storedAt: Instant,
): z.input<typeof MailNotification> {
  const messageId = nameOf(objectKey);
  return {
    notificationType: 'Received',
    mail: { messageId },
    receipt: { timestamp: storedAt, action: { type: 'S3', bucketName, objectKey } },
  };
}
