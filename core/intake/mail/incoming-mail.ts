import { loopHeader } from '../../inquiry/outbox/loop-header.ts';
import type { ReplyToken } from '../../inquiry/tokens/reply-token.ts';
import type { MailSettings } from './build-mail-message.ts';
import type { QuarantineDecision } from './build-quarantine-event.ts';
import { detectMachineMarks, type MachineMarks } from './detect-machine-marks.ts';
import { findThreadClues, type ThreadClues } from './find-thread-clues.ts';
import { judgeSender } from './judge-sender.ts';
import { isUnreadableMail, type ParsedMail, type UnreadableMail } from './mail.ts';
import { type MailNotification, parseSenderHeader, sesVerdictsOf } from './mail-notification.ts';

/** A mail whose sender may write to the help desk. */
export type AcceptedMail = {
  readonly notification: MailNotification;
  readonly mail: ParsedMail;
  readonly marks: MachineMarks;
  readonly clues: ThreadClues;
  readonly authenticated: boolean;
  readonly answerable: boolean;
};

/** A mail that a person has to review, whatever the ledger knows of it. */
export type SuspectMail = {
  readonly notification: MailNotification;
  /** Missing when the mail could not be read. */
  readonly read?: Pick<AcceptedMail, 'mail' | 'marks'>;
  readonly quarantine: QuarantineDecision;
};

/** A mail as it came in, before it is looked up in the ledger. */
export type IncomingMail = AcceptedMail | SuspectMail;

export function isSuspectMail(incoming: IncomingMail): incoming is SuspectMail {
  return 'quarantine' in incoming;
}

/** Judges by SES's verdicts and the stage's policy whether a mail is accepted or suspect. */
export function judgeIncomingMail(
  notification: MailNotification,
  read: ParsedMail | UnreadableMail,
  settings: MailSettings,
  readToken: (address: string) => ReplyToken | undefined,
): IncomingMail {
  const verdicts = sesVerdictsOf(notification);
  if (isUnreadableMail(read)) {
    const { noAutoReply } = detectUnreadableMarks(notification, settings);
    const isAnswerable = verdicts.dmarc === 'PASS' && !noAutoReply;
    return { notification, quarantine: quarantineUnreadable(read, isAnswerable) };
  }
  const judgement = judgeSender(read, verdicts, settings.mailDomain, settings.policy);
  if (!judgement.accepted) {
    const { reason, detail } = judgement;
    const marks = detectMailMarks(notification, read, settings);
    const quarantine = { reason, detail, tellSender: false };
    return { notification, read: { mail: read, marks }, quarantine };
  }
  return acceptMail(notification, read, judgement, settings, readToken);
}

/** Builds an accepted mail from the judgement of its sender or the word of who vouches for it. */
export function acceptMail(
  notification: MailNotification,
  mail: ParsedMail,
  { authenticated, answerable }: Pick<AcceptedMail, 'authenticated' | 'answerable'>,
  settings: MailSettings,
  readToken: (address: string) => ReplyToken | undefined,
): AcceptedMail {
  const marks = detectMailMarks(notification, mail, settings);
  const clues = findThreadClues(mail, notification.receipt.recipients, readToken);
  return { notification, mail, marks, clues, authenticated, answerable };
}

function quarantineUnreadable(
  { unreadable, detail }: UnreadableMail,
  isAnswerable: boolean,
): QuarantineDecision {
  return unreadable === 'unparseable'
    ? { reason: 'unreadable', detail, tellSender: false }
    : { reason: 'over-limit', detail, tellSender: isAnswerable };
}

function detectMailMarks(
  notification: MailNotification,
  mail: ParsedMail,
  settings: MailSettings,
): MachineMarks {
  return detectMachineMarks(mail, {
    returnPath: notification.mail.source,
    loopHeaderName: loopHeader,
    standingGroups: settings.policy.groups,
  });
}

/** The marks of a mail that could not be read, by the headers that SES passes on. */
function detectUnreadableMarks({ mail }: MailNotification, settings: MailSettings): MachineMarks {
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
      standingGroups: settings.policy.groups,
    },
  );
}
