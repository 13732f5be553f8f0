import { type Instant, instantOf } from './values/ids.ts';

/**
 * Time in slots of a minute, by which the relay and the sweep share the sending of alarms.
 *
 * In minute m the relay sends what falls due up to slot m + 3, at once with its event; the sweep of
 * minute m sends slot m + 3, where all else that falls due in it stands by then. So each alarm is
 * on its way once, at the latest three minutes before it is due.
 */
const slotMilliseconds = 60_000;
const lookAheadSlots = 3;
/** SQS delays a message by no more. */
const delayLimitSeconds = 900;

export type AlarmSlot = number & { readonly slot: unique symbol };

export function alarmSlotOf(instant: Instant): AlarmSlot {
  return Math.floor(Date.parse(instant) / slotMilliseconds) as AlarmSlot;
}

/** The last slot whose alarms are already on their way. */
export function lastDispatchedSlotOf(now: Instant): AlarmSlot {
  return (alarmSlotOf(now) + lookAheadSlots) as AlarmSlot;
}

export function startOfSlot(slot: number): Instant {
  return instantOf(slot * slotMilliseconds);
}

/** Seconds until an alarm, rounded up so that it never comes early, and never over SQS's limit. */
export function roundUpAlarmDelay(alarmAt: Instant, now: Instant): number {
  return clampDelay(Math.ceil(computeSecondsUntil(alarmAt, now)));
}

/**
 * Seconds until an alarm, rounded down: it comes less than a second early to the ringer, who waits
 * out the rest and so rings to the millisecond, where SQS counts in whole seconds.
 */
export function roundDownAlarmDelay(alarmAt: Instant, now: Instant): number {
  return clampDelay(Math.floor(computeSecondsUntil(alarmAt, now)));
}

function computeSecondsUntil(alarmAt: Instant, now: Instant): number {
  return (Date.parse(alarmAt) - Date.parse(now)) / 1000;
}

function clampDelay(seconds: number): number {
  return Math.min(Math.max(seconds, 0), delayLimitSeconds);
}
