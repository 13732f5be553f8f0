import * as z from 'zod';
import { InquiryQueueMessage } from '../../core/inquiry/outbox/queue-messages.ts';
import { isRefusal } from '../../core/inquiry/refusal.ts';
import { StageDesks } from '../../core/inquiry/terms/desk.ts';
import type { TermsInForce } from '../../core/inquiry/terms/terms.ts';
import type { Instant } from '../../core/inquiry/values/ids.ts';
import {
  type AssignInquiryDependencies,
  assignInquiry,
} from '../../core/work/assign/assign-inquiry.ts';
import { makeQueueHandler, type QueueHandler } from '../edge/queue/queue.ts';
import type { RecordOutcome } from '../edge/queue/record-outcome.ts';
import { type Log, logStep, type Meter } from '../edge/telemetry/telemetry.ts';

export const Env = z.object({ TABLE_NAME: z.string(), DESKS: StageDesks });
export type Env = z.infer<typeof Env>;

/**
 * Makes the consumer of push desks' queues, which offers what waits to an agent who is present.
 *
 * A message is acknowledged even when its inquiry no longer waits or nobody can take it: the ledger
 * has what waits, and the inquiry is announced again once somebody can take it.
 */
export function makeHandler(
  deps: AssignInquiryDependencies & {
    readonly terms: TermsInForce;
    readonly logger: Log;
    readonly meter: Meter;
    readonly now: () => Instant;
  },
): QueueHandler {
  const { logger, meter, now } = deps;

  async function assignOne({ inquiryId }: InquiryQueueMessage): Promise<RecordOutcome> {
    const terms = await deps.terms.read();
    const result = await assignInquiry(deps, inquiryId, terms, now());
    if (isRefusal(result)) return result.refused === 'work.not-waiting' ? 'done' : result;
    if ('nobody' in result) {
      logStep(logger, { step: 'work.nobody-found', inquiryId, reason: result.nobody });
      return 'done';
    }
    const { number, desk, holder } = result.inquiry;
    logStep(logger, { step: 'work.assigned', inquiryId, number, desk, agent: holder?.agent });
    return 'done';
  }

  // One after the other, so that each sees the load of the assignment before it.
  return makeQueueHandler({
    message: InquiryQueueMessage,
    handle: assignOne,
    logger,
    meter,
    concurrency: 1,
  });
}
