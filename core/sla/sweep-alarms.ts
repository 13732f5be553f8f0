import { lastDispatchedSlotOf, startOfSlot } from '../inquiry/alarm-slots.ts';
import { addSeconds, type Instant } from '../inquiry/values/ids.ts';
import type { AlarmIndex, AlarmQueues, SweepMark } from './ports.ts';

/** An alarm still pending this long after it was due counts as lost, and is sent again. */
const overdueSeconds = 90;
/** While this many wait to fire, the overdue ones are among them and merely late. */
const backlogLimit = 100;
const firstSlotStart = startOfSlot(0);

export type SweepAlarmsDependencies = {
  readonly index: AlarmIndex;
  readonly queues: AlarmQueues;
  readonly mark: SweepMark;
  /** Delays count from when an alarm is sent, which is later after thousands of others. */
  readonly clock: () => Instant;
};

/** How many alarms a sweep sent: newly due ones, and overdue ones again. */
export type SweepResult = { readonly sent: number; readonly repeated: number };

/**
 * Sends every alarm of the slots that have come within the look-ahead since the last sweep, each
 * delayed to its second, and again what is overdue unless the queue is still busy with it.
 *
 * After an outage the first sweep covers the whole time since the last one.
 */
export async function sweepAlarms(
  { index, queues, mark, clock }: SweepAlarmsDependencies,
  now: Instant,
): Promise<SweepResult> {
  const lastSlot = await mark.read();
  const horizon = lastDispatchedSlotOf(now);
  const overdue = addSeconds(now, -overdueSeconds);
  const from = lastSlot === undefined ? firstSlotStart : startOfSlot(lastSlot + 1);
  const sent = await sendAlarms(index.findDue(from, startOfSlot(horizon + 1)), queues, clock);
  // After an outage, overdue alarms are among those just sent; only older ones are sent again.
  const resendBefore = from < overdue ? from : overdue;
  const isQuiet = resendBefore > firstSlotStart && (await queues.countBacklog()) < backlogLimit;
  const repeated = isQuiet
    ? await sendAlarms(index.findDue(firstSlotStart, resendBefore), queues, clock)
    : 0;
  if (lastSlot === undefined || horizon > lastSlot) await mark.advance(lastSlot, horizon);
  return { sent, repeated };
}

async function sendAlarms(
  pages: ReturnType<AlarmIndex['findDue']>,
  queues: AlarmQueues,
  clock: () => Instant,
): Promise<number> {
  let sent = 0;
  for await (const alarms of pages) {
    await queues.send(alarms, clock());
    sent += alarms.length;
  }
  return sent;
}
