import * as z from 'zod';
import { StageDesks } from '../../core/inquiry/terms/desk.ts';
import type { TermsInForce } from '../../core/inquiry/terms/terms.ts';
import type { Instant } from '../../core/inquiry/values/ids.ts';
import {
  type AnnounceWaitingDependencies,
  announceWaitingInquiries,
} from '../../core/work/announce-waiting-inquiries.ts';
import { makeScheduleHandler, type ScheduleHandler } from '../edge/queue/schedule.ts';
import type { Log, Meter } from '../edge/telemetry/telemetry.ts';

export const Env = z.object({ TABLE_NAME: z.string(), DESKS: StageDesks });
export type Env = z.infer<typeof Env>;

/** Makes the schedule that announces what waits at desks whose queues are nearly empty. */
export function makeHandler(
  deps: AnnounceWaitingDependencies & {
    readonly terms: TermsInForce;
    readonly logger: Log;
    readonly meter: Meter;
    readonly now: () => Instant;
  },
): ScheduleHandler {
  const { logger, meter, now } = deps;

  async function run() {
    const terms = await deps.terms.read();
    const outcomes = await Promise.allSettled(
      terms.desks.map((desk) => announceWaitingInquiries(deps, desk, terms, now())),
    );
    // Thrown after all desks had their turn: one queue's failure must not affect the others.
    const failed = outcomes.filter((outcome) => outcome.status === 'rejected');
    if (failed.length > 0) throw new AggregateError(failed.map(({ reason }) => reason));
    const announced = outcomes.map((outcome) =>
      outcome.status === 'fulfilled' ? outcome.value : [],
    );
    return { rung: announced };
  }

  return makeScheduleHandler({ name: 'announce-waiting', run, logger, meter, now });
}
