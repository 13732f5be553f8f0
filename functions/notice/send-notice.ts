import * as z from 'zod';
import {
  JobNoticeQueueMessage,
  NoticeQueueMessage,
} from '../../core/inquiry/outbox/queue-messages.ts';
import { StageDesks } from '../../core/inquiry/terms/desk.ts';
import type { TermsInForce } from '../../core/inquiry/terms/terms.ts';
import type { MacFunction } from '../../core/inquiry/tokens/token.ts';
import { EmailAddress, type Instant } from '../../core/inquiry/values/ids.ts';
import {
  type SendJobNoticeDependencies,
  sendJobNotice,
} from '../../core/notice/sending/send-job-notice.ts';
import {
  type NoticeOutcome,
  type SendNoticeDependencies,
  sendNotice,
} from '../../core/notice/sending/send-notice.ts';
import { makeQueueHandler, type QueueHandler } from '../edge/queue/queue.ts';
import type { RecordOutcome } from '../edge/queue/record-outcome.ts';
import type { SigningKeys, SigningPurpose } from '../edge/signing-keys.ts';
import { metricNames } from '../edge/telemetry/metric-names.ts';
import { type Log, type LogFields, logStep, type Meter } from '../edge/telemetry/telemetry.ts';
import { WebhookExceptions } from '../edge/webhook-exceptions.ts';

export const Env = z.object({
  AWS_REGION: z.string(),
  TABLE_NAME: z.string(),
  CONTENT_BUCKET: z.string(),
  SIGNING_SECRET_ARN: z.string(),
  MAIL_DOMAIN: z.string(),
  HELP_ADDRESS: EmailAddress,
  PUBLIC_URL: z.url(),
  CONFIGURATION_SET: z.string(),
  DESKS: StageDesks,
  WEBHOOK_EXCEPTIONS: WebhookExceptions,
});
export type Env = z.infer<typeof Env>;

type SendNoticePorts =
  | 'ledger'
  | 'people'
  | 'attachments'
  | 'mail'
  | 'webhooks'
  | 'random'
  | 'pause';

const AnyNoticeMessage = z.union([NoticeQueueMessage, JobNoticeQueueMessage]);
type AnyNoticeMessage = z.infer<typeof AnyNoticeMessage>;

/** Makes the consumer that sends each notice of the queue once, as mail or to a webhook. */
export function makeHandler(
  deps: Pick<SendNoticeDependencies, SendNoticePorts> &
    Pick<SendJobNoticeDependencies, 'jobNotices'> & {
      readonly env: Pick<Env, 'HELP_ADDRESS' | 'MAIL_DOMAIN' | 'PUBLIC_URL'>;
      readonly terms: TermsInForce;
      readonly keys: SigningKeys;
      readonly mac: MacFunction;
      readonly logger: Log;
      readonly meter: Meter;
      readonly now: () => Instant;
    },
): QueueHandler {
  const { env, keys, mac, logger, meter, now } = deps;

  const senderSettings = { helpAddress: env.HELP_ADDRESS, mailDomain: env.MAIL_DOMAIN };
  const publicUrl = env.PUBLIC_URL;

  async function sendOne(queueMessage: AnyNoticeMessage): Promise<RecordOutcome> {
    const outcome =
      'jobId' in queueMessage
        ? await sendOneOfJob(queueMessage)
        : await sendOneOfInquiry(queueMessage);
    return outcome === 'later' ? 'retry' : 'done';
  }

  async function sendOneOfJob(queueMessage: JobNoticeQueueMessage): Promise<NoticeOutcome> {
    const result = await sendJobNotice({ ...deps, senderSettings, publicUrl }, queueMessage, now());
    const { outcome, notice, why } = result;
    const { jobId } = queueMessage;
    const fields = { jobId, seq: notice?.seq, kind: notice?.kind, fate: outcome, why };
    reportOutcome(outcome, fields, logger, meter);
    return outcome;
  }

  async function sendOneOfInquiry(queueMessage: NoticeQueueMessage): Promise<NoticeOutcome> {
    const signing = async (purpose: SigningPurpose) => ({ keys: await keys.of(purpose), mac });
    const sendDeps: SendNoticeDependencies = {
      ...deps,
      replySigning: await signing('reply'),
      statusSigning: await signing('status'),
      escalationSigning: await signing('escalation'),
      webhookSigning: await signing('webhook'),
      senderSettings,
      terms: await deps.terms.read(),
      publicUrl,
    };
    const { outcome, owed, why } = await sendNotice(sendDeps, queueMessage, now());
    const { inquiryId } = queueMessage;
    const { notice, inquiry } = owed ?? {};
    const about = { inquiryId, seq: notice?.seq, kind: notice?.kind };
    const fields = { ...about, fate: outcome, why, number: inquiry?.number ?? '' };
    reportOutcome(outcome, fields, logger, meter);
    return outcome;
  }

  return makeQueueHandler({ message: AnyNoticeMessage, handle: sendOne, logger, meter });
}

function reportOutcome(outcome: NoticeOutcome, fields: LogFields, logger: Log, meter: Meter): void {
  switch (outcome) {
    case 'unknown':
      // A notice is written with what it tells of, so the message names none of ours.
      logger.warn('no such notice', fields);
      return;
    case 'settled':
      return;
    case 'repeated':
      meter.count(metricNames.noticeRepeated);
      break;
    case 'withheld':
      meter.count(metricNames.noticeWithheld);
      break;
    case 'failed':
      meter.count(metricNames.noticeFailed);
      break;
    case 'later':
      logger.warn('notice not sent yet', fields);
      return;
    case 'sent':
    case 'expanded':
    case 'held':
    case 'gathering':
    case 'uncertain':
      break;
    default:
      outcome satisfies never;
  }
  logStep(logger, { step: `notice.${outcome}`, ...fields });
}
