import * as z from 'zod';
import { alarmSlotOf, lastDispatchedSlotOf } from '../../core/inquiry/alarm-slots.ts';
import { type CommandDependencies, decideAndAppend } from '../../core/inquiry/decide-and-append.ts';
import { computeAlarmAt } from '../../core/inquiry/fire-alarm.ts';
import { AlarmQueueMessage } from '../../core/inquiry/outbox/queue-messages.ts';
import { isRefusal } from '../../core/inquiry/refusal.ts';
import { StageDesks, type TermsInForce } from '../../core/inquiry/terms/terms.ts';
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
 * Makes the ringer: what time alone has made due on an inquiry is appended.
 *
 * SQS counts delays in whole seconds, so an alarm comes less than a second early and the ringer waits
 * out the rest. A lease that heartbeats have prolonged is not lost: its alarm moves to the lease's
 * new end.
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

  async function ringOne(queueMessage: AlarmQueueMessage): Promise<RecordOutcome> {
    const early = Date.parse(queueMessage.alarmAt) - Date.parse(now());
    if (early > 0 && early < 1000) await deps.pause(early);
    const terms = await deps.terms.read();
    const at = now();
    const performed = await decideAndAppend(deps, queueMessage.inquiryId, terms, at, () => ({
      events: [],
    }));
    // An alarm of an inquiry that is not there is of no use to anybody.
    if (isRefusal(performed)) return performed;
    for (const event of performed.events) {
      const { number } = performed.inquiry;
      logStep(logger, { step: `sla.${event.type}`, number, inquiryId: queueMessage.inquiryId });
    }
    const { inquiry, lease } = performed;
    const next = computeAlarmAt(inquiry, lease);
    if (performed.events.length > 0 || next === undefined || next <= at) return 'done';
    // Only heartbeats move an alarm without an append; whatever else did has announced the new one.
    const prolonged =
      next !== queueMessage.alarmAt && lease?.confirmed === true && next === lease.until;
    if (prolonged) await ledger.rearm(queueMessage.inquiryId, inquiry.version, next);
    // No append tells the relay of it, and the sweep is already past its slot. An alarm that came
    // early, since clocks differ, is still the only one on its way.
    if (prolonged ? alarmSlotOf(next) <= lastDispatchedSlotOf(at) : next === queueMessage.alarmAt) {
      await queues.send(
        [{ kind: 'inquiry', inquiryId: queueMessage.inquiryId, alarmAt: next }],
        at,
      );
    }
    return 'done';
  }

  return makeQueueHandler({ message: AlarmQueueMessage, handle: ringOne, logger, meter });
}
