import type { PersonRegistry } from '../../access/ports.ts';
import { type JobNotice, jobNoticeKeyOf } from '../../inquiry/outbox/job-notice.ts';
import { loopHeader } from '../../inquiry/outbox/loop-header.ts';
import type { JobNoticeQueueMessage } from '../../inquiry/outbox/queue-messages.ts';
import type { Instant } from '../../inquiry/values/ids.ts';
import { composeJobNotice } from '../content/compose-job-notice.ts';
import type { JobNoticeLedger, MailSender, OutgoingMail } from '../ports.ts';
import type { SenderSettings } from './address-mail.ts';
import {
  concludeNotice,
  markNoticeSent,
  returnNotice,
  takeNotice,
} from './begin-notice-attempt.ts';
import {
  type MailboxDestination,
  type ResolvedRecipient,
  resolveMailbox,
  resolveSeveral,
} from './resolve-recipient.ts';
import type { NoticeOutcome } from './send-notice.ts';

export type SendJobNoticeDependencies = {
  readonly jobNotices: JobNoticeLedger;
  readonly people: Pick<PersonRegistry, 'bySub' | 'byAddress' | 'byRole'>;
  readonly mail: MailSender;
  readonly senderSettings: SenderSettings;
  /** Ends without a slash. */
  readonly publicUrl: string;
};

export type SendJobNoticeResult = {
  readonly outcome: NoticeOutcome;
  readonly notice?: JobNotice;
  /** Why it was withheld or failed, or the code with which sending was refused. */
  readonly why?: string;
};

/** After so many attempts without an answer nobody knows whether it was sent, and it is given up. */
const unansweredLimit = 2;

/**
 * Sends a mail about a job, as `sendNotice` does one about an inquiry: marks it as being sent, sends
 * it, and records the answer. The limits on automatic mail do not hold for it: jobs are few, and
 * somebody has to know.
 */
export async function sendJobNotice(
  deps: SendJobNoticeDependencies,
  { jobId, notice: key }: JobNoticeQueueMessage,
  now: Instant,
): Promise<SendJobNoticeResult> {
  const { jobNotices } = deps;
  const notice = await jobNotices.find(jobId, key);
  if (notice === undefined) return { outcome: 'unknown' };
  const attempt = takeNotice(notice, unansweredLimit, now);
  if (attempt.take === 'nothing') return { outcome: 'settled', notice };
  if (attempt.take === 'fail') return concludeJobNotice(deps, notice, attempt.after);
  const to = await resolveJobRecipient(deps, notice);
  switch (to.resolved) {
    case 'nobody':
      return concludeJobNotice(deps, notice, concludeNotice(notice, 'withheld', to.why));
    case 'several':
      return expandJobNotice(deps, notice, to.recipients, now);
    case 'mailbox': {
      const mail = writeJobMail(deps, notice, to, now);
      const taken = await jobNotices.applyStep({ before: notice, after: attempt.taken });
      if (!taken) return { outcome: 'settled', notice };
      return deliverJobNotice(deps, attempt.taken, mail, attempt.repeated, now);
    }
    default:
      return to satisfies never;
  }
}

type JobRecipient =
  | MailboxDestination
  | Extract<ResolvedRecipient, { resolved: 'several' | 'nobody' }>;

/** The leads stand in for a starter who cannot be reached. */
async function resolveJobRecipient(
  { people }: SendJobNoticeDependencies,
  { recipient }: JobNotice,
): Promise<JobRecipient> {
  switch (recipient.to) {
    case 'leads':
      return resolveSeveral(await people.byRole('lead'));
    case 'address':
      return resolveMailbox(await people.byAddress(recipient.address));
    case 'person': {
      const person = await people.bySub(recipient.sub);
      const mailbox = resolveMailbox(person);
      if (mailbox.resolved === 'mailbox') return mailbox;
      const leads = (await people.byRole('lead')).filter(({ sub }) => sub !== recipient.sub);
      return resolveSeveral(leads);
    }
    default:
      return recipient satisfies never;
  }
}

async function concludeJobNotice(
  { jobNotices }: SendJobNoticeDependencies,
  before: JobNotice,
  after: JobNotice,
): Promise<SendJobNoticeResult> {
  if (!(await jobNotices.applyStep({ before, after })))
    return { outcome: 'settled', notice: before };
  const why = after.remark === undefined ? {} : { why: after.remark };
  return { outcome: after.state === 'failed' ? 'failed' : 'withheld', notice: before, ...why };
}

/** Replaces the notice by one for each recipient who has none for the same change yet. */
async function expandJobNotice(
  { jobNotices }: SendJobNoticeDependencies,
  notice: JobNotice,
  recipients: Extract<ResolvedRecipient, { resolved: 'several' }>['recipients'],
  now: Instant,
): Promise<SendJobNoticeResult> {
  const knownKeys = new Set(await jobNotices.keysOf(notice));
  const children = recipients
    .filter((recipient) => recipient.to === 'person' || recipient.to === 'address')
    .map(
      (recipient): JobNotice => ({
        ...returnNotice(notice),
        ...{ recipient, owedAt: now, attempts: 0 },
      }),
    )
    .filter((child) => !knownKeys.has(jobNoticeKeyOf(child)));
  const after: JobNotice = { ...returnNotice(notice), state: 'expanded' };
  const isExpanded = await jobNotices.applyStep({ before: notice, after, children });
  return { outcome: isExpanded ? 'expanded' : 'settled', notice };
}

function writeJobMail(
  { senderSettings, publicUrl }: SendJobNoticeDependencies,
  notice: JobNotice,
  { address, language }: MailboxDestination,
  now: Instant,
): OutgoingMail {
  const { helpAddress, mailDomain } = senderSettings;
  const { senderName, subject, text, html } = composeJobNotice(notice, language, publicUrl);
  return {
    ...{ subject, text, html, to: address, at: now },
    from: { name: senderName, address: helpAddress },
    replyTo: helpAddress,
    messageId: `${notice.jobId}.${notice.seq}.${notice.kind}@${mailDomain}`,
    references: [],
    headers: {
      [loopHeader]: mailDomain,
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
    },
    attachments: [],
  };
}

async function deliverJobNotice(
  { jobNotices, mail: sender }: SendJobNoticeDependencies,
  notice: JobNotice,
  mail: OutgoingMail,
  repeated: boolean,
  now: Instant,
): Promise<SendJobNoticeResult> {
  const answer = await sender.send(mail);
  switch (answer.outcome) {
    case 'sent': {
      const after = markNoticeSent(notice, answer, now);
      const isRecorded = await jobNotices.applyStep({ before: notice, after });
      if (!isRecorded) return { outcome: 'uncertain', notice };
      return { outcome: repeated ? 'repeated' : 'sent', notice };
    }
    case 'refused': {
      const after = concludeNotice(notice, 'failed', `refused: ${answer.code}`);
      await jobNotices.applyStep({ before: notice, after });
      return { outcome: 'failed', notice, why: answer.code };
    }
    case 'unavailable':
      await jobNotices.applyStep({ before: notice, after: returnNotice(notice) });
      return { outcome: 'later', notice, why: answer.code };
    case 'unknown':
      return { outcome: 'uncertain', notice, why: answer.code };
    default:
      return answer satisfies never;
  }
}
