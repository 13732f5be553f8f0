import * as z from 'zod';
import { alarmSlotOf, lastDispatchedSlotOf } from '../../core/inquiry/alarm-slots.ts';
import { type CommandDependencies, decideAndAppend } from '../../core/inquiry/decide-and-append.ts';
import { computeAlarmAt } from '../../core/inquiry/fire-alarm.ts';
import { AlarmQueueMessage } from '../../core/inquiry/outbox/queue-messages.ts';
import { isRefusal } from '../../core/inquiry/refusal.ts';
import { StageDesks } from '../../core/inquiry/terms/desk.ts';
import type { TermsInForce } from '../../core/inquiry/terms/terms.ts';
import type { Instant } from '../../core/inquiry/values/ids.ts';
import type { AlarmQueues } from '../../core/sla/ports.ts';
import { makeQueueHandler, type QueueHandler } from '../edge/queue/queue.ts';
import type { RecordOutcome } from '../edge/queue/record-outcome.ts';
import { type Log, logStep, type Meter } from '../edge/telemetry/telemetry.ts';

export const Env = z.object({
  TABLE_NAME: z.string(),
  CONTENT_BUCKET: z.string(),
  ALARM_QUEUE_URL: z.url(),
  DESKS: StageDesks,
});
export type Env = z.infer<typeof Env>;

/**
 * Makes the consumer of alarms, which appends what time alone has made due on an inquiry.
 *
 * SQS counts delays in whole seconds, so an alarm comes less than a second early and the consumer
 * waits for the rest. A lease that heartbeats have prolonged is not lost: its alarm moves to the
 * lease's new end.
 */
export function makeHandler(
  deps: CommandDependencies & {
    readonly terms: TermsInForce;
    readonly queues: Pick<AlarmQueues, 'send'>;
    readonly logger: Log;
    readonly meter: Meter;
    readonly now: () => Instant;
  },
): QueueHandler {
  const { ledger, queues, logger, meter, now } = deps;

  async function fireOne(queueMessage: AlarmQueueMessage): Promise<RecordOutcome> {
    const earlyMs = Date.parse(queueMessage.alarmAt) - Date.parse(now());
    if (earlyMs > 0 && earlyMs < 1000) await deps.pause(earlyMs);
    const terms = await deps.terms.read();
    const at = now();
    const result = await decideAndAppend(deps, queueMessage.inquiryId, terms, at, () => ({
      events: [],
    }));
    // An alarm of an inquiry that does not exist is refused for good.
    if (isRefusal(result)) return result;
    for (const event of result.events) {
      const { number } = result.inquiry;
      logStep(logger, { step: `sla.${event.type}`, number, inquiryId: queueMessage.inquiryId });
    }
    const { inquiry, lease } = result;
    const next = computeAlarmAt(inquiry, lease);
    if (result.events.length > 0 || next === undefined || next <= at) return 'done';
    // Only heartbeats move an alarm without an append; every append announces the new alarm.
    const isProlonged =
      next !== queueMessage.alarmAt && lease?.confirmed === true && next === lease.until;
    if (isProlonged) await ledger.rearm(queueMessage.inquiryId, inquiry.version, next);
    // Without an append the relay does not send the moved alarm, nor does the sweep once it is past
    // the slot. An alarm that came early, since clocks differ, is still the only one there is.
    if (
      isProlonged ? alarmSlotOf(next) <= lastDispatchedSlotOf(at) : next === queueMessage.alarmAt
    ) {
      await queues.send(
        [{ kind: 'inquiry', inquiryId: queueMessage.inquiryId, alarmAt: next }],
        at,
      );
    }
    return 'done';
  }

  return makeQueueHandler({ message: AlarmQueueMessage, handle: fireOne, logger, meter });
}
