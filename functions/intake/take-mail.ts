import type { Instant } from '../../core/inquiry/ids.ts';
import { isRefusal } from '../../core/inquiry/refusal.ts';
import type { MailIntake, Taken } from '../../core/intake/mail-intake.ts';
import { MailNotification } from '../../core/intake/notification.ts';
import { takeMail } from '../../core/intake/take-mail.ts';
import { type QueueHandler, queueHandler } from '../edge/queue.ts';
import { type Log, logStep, type Meter } from '../edge/telemetry.ts';
import { MailEnv } from './mail-env.ts';

export const Env = MailEnv;
export type Env = MailEnv;

/** Makes the intake of mail: each notification of a stored mail gives that mail its fate. */
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
      const taken = await takeMail(await intakeNow(), notification, now());
      if (isRefusal(taken)) return taken;
      logFate(logger, taken);
      return 'done';
    },
    logger,
    meter,
  });
}

/** Shows a mail's fate as a step of its inquiry's way. */
export function logFate(logger: Log, { fate, reason, by, inquiry }: Taken): void {
  logStep(logger, {
    step: `intake.${fate}`,
    channel: 'mail',
    ...(reason === undefined ? {} : { reason }),
    ...(by === undefined ? {} : { by }),
    ...(inquiry === undefined ? {} : { number: inquiry.number, inquiryId: inquiry.id }),
  });
}
