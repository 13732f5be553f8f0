import * as z from 'zod';
import type { Instant } from '../../core/inquiry/values/ids.ts';
import { endInquiries } from '../../core/people/retention/end-inquiries.ts';
import type { ClosedInquiries } from '../../core/people/retention/retention-ports.ts';
import { makeScheduleHandler, type ScheduleHandler } from '../edge/queue/schedule.ts';
import type { Log, Meter } from '../edge/telemetry/telemetry.ts';

export const Env = z.object({
  TABLE_NAME: z.string(),
  CONTENT_BUCKET: z.string(),
  MAIL_BUCKET: z.string(),
  CLOSED_INQUIRY_DAYS: z.coerce.number().int().min(1),
});
export type Env = z.infer<typeof Env>;

/** Ending a few inquiries takes a second or two; with less than this left, the run ends. */
const reserveMs = 20_000;

/** Makes the run that ends inquiries which have been closed for longer than the stage keeps them. */
export function makeHandler(deps: {
  readonly closed: ClosedInquiries;
  readonly keptDays: number;
  readonly logger: Log;
  readonly meter: Meter;
  readonly now: () => Instant;
  /** Monotonic milliseconds. */
  readonly clock: () => number;
}): ScheduleHandler {
  const { closed, keptDays, logger, meter, now, clock } = deps;
  return makeScheduleHandler({
    name: 'end-inquiries',
    run: (tick) => {
      const stopAt = clock() + tick.remainingMs - reserveMs;
      return endInquiries({ closed, keptDays, hasTime: () => clock() < stopAt }, tick.now);
    },
    logger,
    meter,
    now,
  });
}
