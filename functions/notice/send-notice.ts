import * as z from 'zod';
import { NoticeQueueMessage } from '../../core/inquiry/outbox/queue-messages.ts';
import { StageDesks } from '../../core/inquiry/terms/desk.ts';
import type { TermsInForce } from '../../core/inquiry/terms/terms.ts';
import type { MacFunction } from '../../core/inquiry/tokens/token.ts';
import { EmailAddress, type Instant } from '../../core/inquiry/values/ids.ts';
import {
  type SendNoticeDependencies,
  type SendNoticeResult,
  sendNotice,
} from '../../core/notice/sending/send-notice.ts';
import { makeQueueHandler, type QueueHandler } from '../edge/queue/queue.ts';
import type { RecordOutcome } from '../edge/queue/record-outcome.ts';
import type { SigningKeys, SigningPurpose } from '../edge/signing-keys.ts';
import { metricNames } from '../edge/telemetry/metric-names.ts';
import { type Log, logStep, type Meter } from '../edge/telemetry/telemetry.ts';
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

/** Makes the consumer that sends each notice of the queue once, as mail or to a webhook. */
export function makeHandler(
  deps: Pick<SendNoticeDependencies, SendNoticePorts> & {
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

  async function sendOne(queueMessage: NoticeQueueMessage): Promise<RecordOutcome> {
    const signing = async (purpose: SigningPurpose) => ({ keys: await keys.of(purpose), mac });
    const sendDeps: SendNoticeDependencies = {
      ...deps,
      replySigning: await signing('reply'),
      statusSigning: await signing('status'),
      escalationSigning: await signing('escalation'),
      webhookSigning: await signing('webhook'),
      senderSettings: { helpAddress: env.HELP_ADDRESS, mailDomain: env.MAIL_DOMAIN },
      terms: await deps.terms.read(),
      publicUrl: env.PUBLIC_URL,
    };
    const result = await sendNotice(sendDeps, queueMessage, now());
    reportOutcome(queueMessage, result, logger, meter);
    return result.outcome === 'later' ? 'retry' : 'done';
  }

  return makeQueueHandler({ message: NoticeQueueMessage, handle: sendOne, logger, meter });
}

function reportOutcome(
  queueMessage: NoticeQueueMessage,
  { outcome, owed, why }: SendNoticeResult,
  logger: Log,
  meter: Meter,
): void {
  const { inquiryId } = queueMessage;
  const fields = { inquiryId, seq: owed?.notice.seq, kind: owed?.notice.kind, fate: outcome, why };
  switch (outcome) {
    case 'unknown':
      // A notice is written with its event and never removed, so the message names none of ours.
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
    case 'uncertain':
      meter.count(metricNames.noticeFailed);
      break;
    case 'later':
      logger.warn('notice not sent yet', fields);
      return;
    case 'sent':
    case 'expanded':
    case 'held':
    case 'gathering':
      break;
    default:
      outcome satisfies never;
  }
  logStep(logger, { step: `notice.${outcome}`, ...fields, number: owed?.inquiry.number ?? '' });
}
