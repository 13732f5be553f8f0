import { isRefusal, type Refusal } from '../../core/inquiry/refusal.ts';
import type { Instant } from '../../core/inquiry/values/ids.ts';
import type { MailOutcome } from '../../core/intake/mail/known-mail.ts';
import {
  isSetupNotification,
  MailNotification,
  setupNotificationName,
} from '../../core/intake/mail/mail-notification.ts';
import type { MailIntakeDependencies } from '../../core/intake/ports.ts';
import { makeQueueHandler, type QueueHandler } from '../edge/queue/queue.ts';
import { type Log, logStep, type Meter } from '../edge/telemetry/telemetry.ts';

/** What the consumers of mail notifications need. */
export type MailHandlerDependencies = {
  readonly intakeNow: () => Promise<MailIntakeDependencies>;
  readonly logger: Log;
  readonly meter: Meter;
  readonly now: () => Instant;
};

/** Makes a consumer of mail notifications; `processOne` gives each mail its fate. */
export function makeMailHandler(
  { intakeNow, logger, meter, now }: MailHandlerDependencies,
  processOne: (
    intake: MailIntakeDependencies,
    notification: MailNotification,
    now: Instant,
  ) => Promise<MailOutcome | Refusal>,
): QueueHandler {
  return makeQueueHandler({
    message: MailNotification,
    handle: async (notification) => {
      if (isSetupNotification(notification)) {
        logger.info('setup message', { object: setupNotificationName });
        return 'done';
      }
      const mailOutcome = await processOne(await intakeNow(), notification, now());
      if (isRefusal(mailOutcome)) return mailOutcome;
      logMailOutcome(logger, mailOutcome);
      return 'done';
    },
    logger,
    meter,
  });
}

/** Logs a mail's fate as a step on its inquiry's way. */
function logMailOutcome(logger: Log, { fate, reason, by, inquiry }: MailOutcome): void {
  logStep(logger, {
    step: `intake.${fate}`,
    channel: 'mail',
    ...(reason === undefined ? {} : { reason }),
    ...(by === undefined ? {} : { by }),
    ...(inquiry === undefined ? {} : { number: inquiry.number, inquiryId: inquiry.id }),
  });
}
