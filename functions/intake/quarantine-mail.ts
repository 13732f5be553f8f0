import type { Instant } from '../../core/inquiry/ids.ts';
import { isRefusal } from '../../core/inquiry/refusal.ts';
import type { MailIntake } from '../../core/intake/mail-intake.ts';
import { MailNotification } from '../../core/intake/notification.ts';
import { quarantineUnread } from '../../core/intake/take-mail.ts';
import { type QueueHandler, queueHandler } from '../edge/queue.ts';
import type { Log, Meter } from '../edge/telemetry.ts';
import { MailEnv } from './mail-env.ts';
import { logFate } from './take-mail.ts';

export const Env = MailEnv;
export type Env = MailEnv;

/** Makes the consumer of intake's DLQ: a mail that could not be taken in is quarantined unread. */
export function makeHandler(deps: {
  readonly intakeNow: () => Promise<MailIntake>;
  readonly logger: Log;
  readonly meter: Meter;
  readonly now: () => Instant;
}): QueueHandler {
  const { intakeNow, logger, meter, now } = deps;
  return queueHandler({
    message: MailNotification,
    handle: async (notification) => {
      const taken = await quarantineUnread(await intakeNow(), notification, now());
      if (isRefusal(taken)) return taken;
      logFate(logger, taken);
      return 'done';
    },
    logger,
    meter,
  });
}
