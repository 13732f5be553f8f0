import { isAgentRole, type Person } from '../../access/person.ts';
import type { AcceptedInput } from '../../inquiry/events/events.ts';
import type { Terms } from '../../inquiry/terms/terms.ts';
import { addSeconds, type InquiryId, type Instant } from '../../inquiry/values/ids.ts';
import type { Attachment } from '../../inquiry/values/message.ts';
import {
  buildMailMessage,
  buildMailParticipants,
  buildMailRequester,
  buildMailSource,
  type MailSettings,
} from './build-mail-message.ts';
import type { MachineMarks } from './detect-machine-marks.ts';
import type { MailAddress, ParsedMail } from './mail.ts';
import type { MailNotification } from './mail-notification.ts';

/** A mail that opens an inquiry. */
export type OpenByMailInput = {
  readonly notification: MailNotification;
  readonly mail: ParsedMail;
  readonly marks: MachineMarks;
  readonly authenticated: boolean;
  readonly answerable: boolean;
  /** The registry's entries for the sender and for the author of the mail that they forward. */
  readonly sender?: Person;
  readonly forwardedFor?: Person;
  readonly messageId: string;
  readonly attachments: readonly Attachment[];
  readonly links: readonly InquiryId[];
};

/** Whose inquiry it is: the sender's, or the original author's when an agent forwards a mail. */
export function findMailOrigin(
  mail: Pick<ParsedMail, 'from' | 'forwarded'>,
  sender: Person | undefined,
  authenticated: boolean,
): { readonly origin: MailAddress; readonly forwarded: boolean } {
  const author = mail.from[0] ?? {};
  const original = mail.forwarded?.from;
  const byAgent = sender !== undefined && authenticated && isAgentRole(sender.role);
  return byAgent && original?.address !== undefined && original.address !== author.address
    ? { origin: original, forwarded: true }
    : { origin: author, forwarded: false };
}

/** Builds what the event holds that opens a mail's inquiry or admits it from quarantine. */
export function buildReceivedMail(
  opening: OpenByMailInput,
  mailSettings: MailSettings,
  terms: Terms,
  now: Instant,
): AcceptedInput {
  const { notification, mail, marks, sender, authenticated } = opening;
  const { origin, forwarded } = findMailOrigin(mail, sender, authenticated);
  const person = forwarded ? opening.forwardedFor : sender;
  const receivedAt = notification.receipt.timestamp;
  return {
    channel: 'mail',
    requester: buildMailRequester(origin, person, mailSettings),
    participants: buildMailParticipants(mail, notification.receipt.recipients, mailSettings).filter(
      (party) => party.address !== origin.address,
    ),
    subject: mail.subject.slice(0, 998),
    language: person?.language ?? mail.language,
    automated: marks.machine,
    // The author of a forwarded mail did not write to us: an answer would surprise them.
    acknowledge: !marks.noAutoReply && opening.answerable && !forwarded,
    message: buildMailMessage(
      mail,
      opening.messageId,
      marks.machine ? 'machine' : 'requester',
      opening.attachments,
    ),
    source: buildMailSource(notification, mail, marks),
    links: [...opening.links],
    receivedAt,
    announceAt: addSeconds(now, terms.lifecycle.announce),
  };
}
