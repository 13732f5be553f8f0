import * as z from 'zod';
import { EmailAddress } from '../../inquiry/values/ids.ts';
import { formatSingleLine } from '../../wording/plain-text.ts';

const Mail = z.object({ messageId: z.string().max(200), destination: z.array(z.string()).max(50) });

/**
 * An event of SES about a mail that it sent, as far as we use it.
 *
 * @see https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
 */
export const SesEvent = z.union([
  z.object({
    eventType: z.literal('Bounce'),
    mail: Mail,
    bounce: z.object({
      feedbackId: z.string().max(200),
      bounceType: z.enum(['Permanent', 'Transient', 'Undetermined']),
      bounceSubType: z.string(),
      bouncedRecipients: z.array(
        z.object({
          emailAddress: z.string(),
          status: z.string().optional(),
          diagnosticCode: z.string().optional(),
        }),
      ),
    }),
  }),
  z.object({
    eventType: z.literal('Complaint'),
    mail: Mail,
    complaint: z.object({
      feedbackId: z.string().max(200),
      complainedRecipients: z.array(z.object({ emailAddress: z.string() })),
      complaintFeedbackType: z.string().nullish(),
    }),
  }),
  z.object({
    eventType: z.enum([
      'Send',
      'Reject',
      'Open',
      'Click',
      'Delivery',
      'DeliveryDelay',
      'Rendering Failure',
      'Subscription',
    ]),
  }),
]);
export type SesEvent = z.infer<typeof SesEvent>;

/** A recipient who did not get our mail, or complained about it. */
export type UndeliveredRecipient = {
  readonly address: EmailAddress;
  /** Whether writing to the address again is useless. */
  readonly permanent: boolean;
  readonly diagnostic: string;
};

export type DeliveryFeedback = {
  /** SES's id of the mail, the first part of its Message-ID on the wire. */
  readonly sesId: string;
  readonly feedbackId: string;
  readonly undeliveredRecipients: readonly UndeliveredRecipient[];
};

/**
 * Reads the recipients who did not get our mail; undefined when an event reports no failure.
 *
 * A failure is permanent only for an address that we wrote to: a forwarder may have passed the mail
 * on to another one. A complaint counts as a permanent failure, unless it withdraws an earlier one.
 */
export function readDeliveryFeedback(event: SesEvent): DeliveryFeedback | undefined {
  switch (event.eventType) {
    case 'Bounce': {
      const { bounce, mail } = event;
      return {
        sesId: mail.messageId,
        feedbackId: bounce.feedbackId,
        undeliveredRecipients: bounce.bouncedRecipients.flatMap((recipient) =>
          listUndelivered(
            mail.destination,
            recipient.emailAddress,
            bounce.bounceType === 'Permanent',
            [bounce.bounceType, bounce.bounceSubType, recipient.status, recipient.diagnosticCode],
          ),
        ),
      };
    }
    case 'Complaint': {
      const { complaint, mail } = event;
      const type = complaint.complaintFeedbackType ?? undefined;
      if (type === 'not-spam') return undefined;
      return {
        sesId: mail.messageId,
        feedbackId: complaint.feedbackId,
        undeliveredRecipients: complaint.complainedRecipients.flatMap(({ emailAddress }) =>
          listUndelivered(mail.destination, emailAddress, true, ['Complaint', type]),
        ),
      };
    }
    default:
      return undefined;
  }
}

function listUndelivered(
  destination: readonly string[],
  recipient: string,
  permanent: boolean,
  diagnostics: readonly (string | undefined)[],
): UndeliveredRecipient[] {
  const address = addressOf(recipient);
  if (address === undefined) return [];
  const isOurs = destination.some((listed) => addressOf(listed) === address);
  const diagnostic = formatSingleLine(
    diagnostics.filter((part) => part !== undefined).join(' '),
    500,
  );
  return [{ address, permanent: permanent && isOurs, diagnostic }];
}

function addressOf(text: string): EmailAddress | undefined {
  const parsed = EmailAddress.safeParse(/<([^<>]+)>\s*$/.exec(text)?.[1] ?? text);
  return parsed.success ? parsed.data : undefined;
}
