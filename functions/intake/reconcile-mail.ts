import * as z from 'zod';
import type { Instant } from '../../core/inquiry/values/ids.ts';
import {
  type IntakeQueue,
  reconcileMail,
  type UnprocessedMails,
} from '../../core/intake/mail/reconcile-mail.ts';
import { makeScheduleHandler, type ScheduleHandler } from '../edge/queue/schedule.ts';
import type { Log, Meter } from '../edge/telemetry/telemetry.ts';

export const Env = z.object({ MAIL_BUCKET: z.string(), INTAKE_QUEUE_URL: z.url() });
export type Env = z.infer<typeof Env>;

/** Makes the reconciler of mail, which announces again what is in `incoming/` without a fate. */
export function makeHandler(deps: {
  readonly bucket: string;
  readonly mails: UnprocessedMails;
  readonly queue: IntakeQueue;
  readonly logger: Log;
  readonly meter: Meter;
  readonly now: () => Instant;
}): ScheduleHandler {
  const { logger, meter, now } = deps;
  return makeScheduleHandler({
    name: 'reconcile-mail',
    run: (tick) => reconcileMail(deps, tick.now),
    logger,
    meter,
    now,
  });
}
