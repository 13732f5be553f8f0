import type { CommandDependencies } from '../../inquiry/decide-and-append.ts';
import { loopHeader } from '../../inquiry/outbox/loop-header.ts';
import type { Receipt } from '../../inquiry/outbox/receipt.ts';
import type { IdempotencyRecord } from '../../inquiry/ports.ts';
import type { Inquiry } from '../../inquiry/snapshot.ts';
import type { Terms } from '../../inquiry/terms/terms.ts';
import type { ReplyToken } from '../../inquiry/tokens/reply-token.ts';
import { addSeconds, type Instant } from '../../inquiry/values/ids.ts';
import type { Fate, QuarantineReason } from '../../inquiry/values/vocabulary.ts';
import type { AttachmentWriter, IntakeLookup, RawMailStore, ReceiptLedger } from '../ports.ts';
import type { MailSettings } from './build-mail-message.ts';
import { detectMachineMarks, type MachineMarks } from './detect-machine-marks.ts';
import type { ThreadClueKind } from './find-thread-clues.ts';
import type { MailReader, ParsedMail } from './mail.ts';
import { archiveKeyOf, type MailNotification, parseSenderHeader } from './mail-notification.ts';

/** What taking in mail needs from outside. */
export type MailIntakeDependencies = CommandDependencies & {
  readonly stage: MailSettings;
  readonly terms: Terms;
  readonly reader: MailReader;
  readonly rawMails: RawMailStore;
  readonly lookup: IntakeLookup;
  readonly receipts: ReceiptLedger;
  readonly attachments: AttachmentWriter;
  readonly readToken: (address: string) => ReplyToken | undefined;
};

/** The fate that a mail got. */
export type MailOutcome = {
  readonly fate: Fate;
  readonly reason?: QuarantineReason;
  readonly inquiry?: Pick<Inquiry, 'id' | 'number'>;
  readonly by?: ThreadClueKind;
  /** Where its bytes are kept, in what is remembered of it. */
  readonly raw?: string;
};

/** An accepted mail on its way to its inquiry. */
export type AcceptedMail = {
  readonly notification: MailNotification;
  readonly mail: ParsedMail;
  readonly marks: MachineMarks;
  /** Whether it is taken in, or kept for a person to judge. */
  readonly accepted: boolean;
  readonly authenticated: boolean;
  readonly answerable: boolean;
};

/** A mail is recognized as repeated for as long as anybody might deliver it again. */
const idempotencySeconds = 400 * 86_400;

export function detectMailMarks(
  notification: MailNotification,
  mail: ParsedMail,
  mailSettings: MailSettings,
): MachineMarks {
  return detectMachineMarks(mail, {
    returnPath: notification.mail.source,
    loopHeaderName: loopHeader,
    standingGroups: mailSettings.policy.groups,
  });
}

/** The marks of a mail that could not be read, by those of its headers that SES passes on. */
export function detectUnreadableMarks(
  { mail }: MailNotification,
  mailSettings: MailSettings,
): MachineMarks {
  const headers = Map.groupBy(mail.headers, ({ name }) => name.toLowerCase());
  const sender = parseSenderHeader(mail.commonHeaders.from?.[0]);
  return detectMachineMarks(
    {
      headers: Object.fromEntries(
        [...headers].map(([name, fields]) => [name, fields.map(({ value }) => value)]),
      ),
      from: [sender],
      subject: mail.commonHeaders.subject ?? '',
    },
    {
      returnPath: mail.source,
      loopHeaderName: loopHeader,
      standingGroups: mailSettings.policy.groups,
    },
  );
}

/** The key of one stored object, which has one fate however often it is delivered to us. */
export function buildMailObjectKey({ mail }: MailNotification): string {
  return `mail-object#${mail.messageId}`;
}

/**
 * The key of one message, however often and to however many addresses it was sent; none without a
 * Message-ID, by which the object's key stands alone.
 *
 * Deliveries that are not accepted have a key of their own, so that one that is accepted after
 * them, by another way, is taken in and is no duplicate of what lies in quarantine.
 */
export function buildMailContentKey(
  { messageId, from, contentHash }: ParsedMail,
  accepted: boolean,
): string | undefined {
  if (messageId === undefined) return undefined;
  const content = `${messageId}#${from[0]?.address ?? ''}#${contentHash}`;
  return `${accepted ? 'mail-content' : 'mail-suspect'}#${content}`;
}

/** What is remembered of a mail's fate under the keys by which it is recognized. */
export function buildMailIdempotencyRecords(
  notification: MailNotification,
  read: Pick<AcceptedMail, 'mail' | 'accepted'> | undefined,
  mailOutcome: MailOutcome,
  now: Instant,
): IdempotencyRecord[] {
  const kept = { ...mailOutcome, raw: archiveKeyOf(notification) };
  const object = { key: buildMailObjectKey(notification), ...serializeMailOutcome(kept, now) };
  const content = read === undefined ? undefined : buildMailContentKey(read.mail, read.accepted);
  return content === undefined ? [object] : [object, { ...object, key: content }];
}

export function serializeMailOutcome(
  mailOutcome: MailOutcome,
  now: Instant,
): Omit<IdempotencyRecord, 'key'> {
  return { value: JSON.stringify(mailOutcome), expiresAt: addSeconds(now, idempotencySeconds) };
}

export function buildMailReceipt(
  notification: MailNotification,
  mail: Pick<ParsedMail, 'messageId'> | undefined,
  { fate, reason, inquiry }: MailOutcome,
  now: Instant,
): Receipt {
  return {
    id: notification.mail.messageId,
    at: notification.receipt.timestamp,
    channel: 'mail',
    ...(mail?.messageId === undefined ? {} : { messageId: mail.messageId }),
    fates: [
      {
        fate,
        ...(reason === undefined ? {} : { reason }),
        ...(inquiry === undefined ? {} : { inquiryId: inquiry.id }),
        at: now,
      },
    ],
    raw: archiveKeyOf(notification),
  };
}
