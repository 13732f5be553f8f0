import * as z from 'zod';
import { Address, type Instant } from '../../core/inquiry/ids.ts';
import { NoticeNews } from '../../core/inquiry/news.ts';
import { Desks } from '../../core/inquiry/terms.ts';
import type { Mac } from '../../core/inquiry/token.ts';
import { type NoticeFate, type Sender, sendNotice } from '../../core/notice/send-notice.ts';
import type { Verdict } from '../edge/judge-record.ts';
import { metricNames } from '../edge/metric-names.ts';
import { type QueueHandler, queueHandler } from '../edge/queue.ts';
import type { SigningKeys } from '../edge/signing-keys.ts';
import { type Log, logStep, type Meter } from '../edge/telemetry.ts';

export const Env = z.object({
  AWS_REGION: z.string(),
  TABLE_NAME: z.string(),
  CONTENT_BUCKET: z.string(),
  SIGNING_SECRET_ARN: z.string(),
  MAIL_DOMAIN: z.string(),
  HELP_ADDRESS: Address,
  PUBLIC_URL: z.url(),
  CONFIGURATION_SET: z.string(),
  DESKS: Desks,
});
export type Env = z.infer<typeof Env>;

/** Makes the sender: each owed notice that the queue names is sent once, as mail. */
export function makeHandler(
  deps: Pick<Sender, 'ledger' | 'people' | 'attachments' | 'mail' | 'random' | 'pause'> & {
    readonly env: Env;
    readonly keys: SigningKeys;
    readonly mac: Mac;
    readonly logger: Log;
    readonly meter: Meter;
    readonly now: () => Instant;
  },
): QueueHandler {
  const { env, keys, mac, logger, meter, now } = deps;

  async function sendOne(news: NoticeNews): Promise<Verdict> {
    const [reply, status] = await Promise.all([keys.of('reply'), keys.of('status')]);
    const sender: Sender = {
      ...deps,
      replySigning: { keys: reply, mac },
      statusSigning: { keys: status, mac },
      stamp: { helpAddress: env.HELP_ADDRESS, mailDomain: env.MAIL_DOMAIN },
      desks: env.DESKS,
      publicUrl: env.PUBLIC_URL,
    };
    const noticed = await sendNotice(sender, news, now());
    tell(news, noticed, logger, meter);
    return noticed.fate === 'later' ? 'retry' : 'done';
  }

  return queueHandler({ message: NoticeNews, handle: sendOne, logger, meter });
}

function tell(news: NoticeNews, { fate, owed, why }: NoticeFate, logger: Log, meter: Meter): void {
  const { inquiryId } = news;
  const about = { inquiryId, seq: owed?.notice.seq, kind: owed?.notice.kind, fate, why };
  switch (fate) {
    case 'unknown':
      // A notice is written with its event and never removed, so the message names none of ours.
      logger.warn('no such notice', about);
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
      logger.warn('notice not sent yet', about);
      return;
    case 'sent':
    case 'expanded':
      break;
    default:
      fate satisfies never;
  }
  logStep(logger, { step: `notice.${fate}`, ...about, number: owed?.inquiry.number ?? '' });
}
