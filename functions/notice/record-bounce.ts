import * as z from 'zod';
import { isRefusal } from '../../core/inquiry/refusal.ts';
import { StageDesks } from '../../core/inquiry/terms/desk.ts';
import type { TermsInForce } from '../../core/inquiry/terms/terms.ts';
import type { Instant } from '../../core/inquiry/values/ids.ts';
import { readDeliveryFeedback, SesEvent } from '../../core/notice/bounce/delivery-feedback.ts';
import {
  type RecordBounceDependencies,
  recordBounce,
} from '../../core/notice/bounce/record-bounce.ts';
import { formatWireId } from '../../core/notice/sending/wire-id.ts';
import { makeQueueHandler, type QueueContext, type QueueHandler } from '../edge/queue/queue.ts';
import type { RecordOutcome } from '../edge/queue/record-outcome.ts';
import { metricNames } from '../edge/telemetry/metric-names.ts';
import { type Log, logStep, type Meter } from '../edge/telemetry/telemetry.ts';

export const Env = z.object({
  AWS_REGION: z.string(),
  TABLE_NAME: z.string(),
  CONTENT_BUCKET: z.string(),
  DESKS: StageDesks,
});
export type Env = z.infer<typeof Env>;

/** Makes the consumer that records the bounces and complaints that SES publishes about our mail. */
export function makeHandler(
  deps: Omit<RecordBounceDependencies, 'terms'> & {
    readonly env: Pick<Env, 'AWS_REGION'>;
    readonly terms: TermsInForce;
    readonly logger: Log;
    readonly meter: Meter;
    readonly now: () => Instant;
  },
): QueueHandler {
  const { env, logger, meter, now } = deps;

  async function recordOne(
    event: SesEvent,
    { receiveCount }: QueueContext,
  ): Promise<RecordOutcome> {
    const feedback = readDeliveryFeedback(event);
    if (feedback === undefined) return 'done';
    const { sesId, feedbackId } = feedback;
    const bounceDeps: RecordBounceDependencies = { ...deps, terms: await deps.terms.read() };
    const result = await recordBounce(
      bounceDeps,
      feedback,
      formatWireId(sesId, env.AWS_REGION),
      now(),
    );
    if (isRefusal(result)) return result;
    if (result === undefined) {
      // A bounce may come before the sender has recorded its mail, but hardly twice.
      if (receiveCount === 1) return 'retry';
      logger.warn('bounce of unknown mail', { sesId, feedbackId });
      return 'done';
    }
    if (result.appended > 0) {
      meter.count(metricNames.noticeBounced, result.appended);
      logStep(logger, { step: 'notice.bounced', inquiryId: result.inquiryId, feedbackId });
    }
    return 'done';
  }

  return makeQueueHandler({ message: SesEvent, handle: recordOne, logger, meter });
}
