import * as z from 'zod';
import { InquiryQueueMessage } from '../../core/inquiry/outbox/queue-messages.ts';
import { StageDesks } from '../../core/inquiry/terms/desk.ts';
import type { TermsInForce } from '../../core/inquiry/terms/terms.ts';
import type { MacFunction } from '../../core/inquiry/tokens/token.ts';
import type { Instant } from '../../core/inquiry/values/ids.ts';
import { type NotifyVendorDependencies, notifyVendor } from '../../core/vendor/notify-vendor.ts';
import { makeQueueHandler, type QueueHandler } from '../edge/queue/queue.ts';
import type { RecordOutcome } from '../edge/queue/record-outcome.ts';
import type { SigningKeys } from '../edge/signing-keys.ts';
import { type Log, logStep, type Meter } from '../edge/telemetry/telemetry.ts';
import { WebhookExceptions } from '../edge/webhook-exceptions.ts';

export const Env = z.object({
  TABLE_NAME: z.string(),
  SIGNING_SECRET_ARN: z.string(),
  DESKS: StageDesks,
  WEBHOOK_EXCEPTIONS: WebhookExceptions,
});
export type Env = z.infer<typeof Env>;

/**
 * Makes the consumer of outsourced push desks' queues, which notifies the vendor's system of what
 * waits.
 *
 * What the system does not accept comes again, and ends in the desk's DLQ.
 */
export function makeHandler(
  deps: NotifyVendorDependencies & {
    readonly terms: TermsInForce;
    readonly keys: SigningKeys;
    readonly mac: MacFunction;
    readonly logger: Log;
    readonly meter: Meter;
    readonly now: () => Instant;
  },
): QueueHandler {
  const { logger, meter, now, mac } = deps;

  async function notifyOne({ inquiryId }: InquiryQueueMessage): Promise<RecordOutcome> {
    const [terms, keys] = await Promise.all([deps.terms.read(), deps.keys.of('vendor')]);
    const result = await notifyVendor(deps, inquiryId, {
      terms,
      signing: { keys, mac },
      now: now(),
    });
    const code = 'code' in result ? result.code : undefined;
    logStep(logger, { step: `vendor.${result.outcome}`, inquiryId, code });
    const isOver = ['sent', 'stale', 'unasked'].includes(result.outcome);
    return isOver ? 'done' : 'retry';
  }

  return makeQueueHandler({ message: InquiryQueueMessage, handle: notifyOne, logger, meter });
}
