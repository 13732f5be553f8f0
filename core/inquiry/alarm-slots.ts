import { type Instant, instantOf } from './values/ids.ts';

/**
 * Time in slots of a minute, by which the relay and the sweep divide the sending of alarms.
 *
 * In minute m the relay sends the alarms due up to slot m + 3 as soon as their event is appended;
 * the sweep of minute m sends the rest of slot m + 3, which is complete by then. So each alarm is
 * sent once, at the latest three minutes before it is due, or at once if it is nearer.
 */
const slotMilliseconds = 60_000;
const lookAheadSlots = 3;
/** The longest delay that SQS gives a message. */
const delayLimitSeconds = 900;

export type AlarmSlot = number & { readonly slot: unique symbol };

export function alarmSlotOf(instant: Instant): AlarmSlot {
  return Math.floor(Date.parse(instant) / slotMilliseconds) as AlarmSlot;
}

/** The last slot whose alarms have already been sent. */
export function lastDispatchedSlotOf(now: Instant): AlarmSlot {
  return (alarmSlotOf(now) + lookAheadSlots) as AlarmSlot;
}

export function startOfSlot(slot: number): Instant {
  return instantOf(slot * slotMilliseconds);
}

/**
 * Seconds until an alarm, rounded up so that it never arrives early, and capped at the SQS limit.
 */
export function roundUpAlarmDelay(alarmAt: Instant, now: Instant): number {
  return clampDelay(Math.ceil(computeSecondsUntil(alarmAt, now)));
}

/**
 * Seconds until an alarm, rounded down and capped at the SQS limit: SQS counts in whole seconds, so
 * the alarm arrives less than a second early, and its handler waits out the rest to fire to the
 * millisecond.
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
