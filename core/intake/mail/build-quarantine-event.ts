import type { EventOf } from '../../inquiry/events/events.ts';
import type { Terms } from '../../inquiry/terms/terms.ts';
import { addSeconds, type Instant } from '../../inquiry/values/ids.ts';
import type { InquiryNumber } from '../../inquiry/values/inquiry-number.ts';
import type { QuarantineReason } from '../../inquiry/values/vocabulary.ts';
import { buildMailSource, toCorrespondent } from './build-mail-message.ts';
import type { MachineMarks } from './detect-machine-marks.ts';
import type { MailAddress, ParsedMail } from './mail.ts';
import { type MailNotification, parseSenderHeader } from './mail-notification.ts';

/** Why a mail is not taken in. */
export type QuarantineDecision = {
  readonly reason: QuarantineReason;
  readonly detail: string;
  /** Whether to tell the sender that a limit was exceeded; only where that is no backscatter. */
  readonly tellSender: boolean;
};

/** Builds the event that opens a quarantined inquiry; without `read` for an unreadable mail. */
export function buildQuarantineEvent(
  notification: MailNotification,
  quarantineDecision: QuarantineDecision,
  number: InquiryNumber,
  terms: Terms,
  now: Instant,
  read?: { readonly mail: ParsedMail; readonly marks: MachineMarks },
): EventOf<'InquiryQuarantined'> {
  const { commonHeaders } = notification.mail;
  const sender: MailAddress = read?.mail.from[0] ?? parseSenderHeader(commonHeaders.from?.[0]);
  return {
    v: 1,
    type: 'InquiryQuarantined',
    at: now,
    by: { kind: 'system', part: 'intake' },
    number,
    reason: quarantineDecision.reason,
    detail: quarantineDecision.detail.slice(0, 500),
    channel: 'mail',
    sender: toCorrespondent(sender),
    subject: (read?.mail.subject ?? commonHeaders.subject ?? '').slice(0, 998),
    source: buildMailSource(notification, read?.mail, read?.marks),
    receivedAt: notification.receipt.timestamp,
    ageAt: addSeconds(now, terms.lifecycle.quarantineAge),
    tellSender: quarantineDecision.tellSender,
    language: read?.mail.language ?? 'ja',
  };
}
