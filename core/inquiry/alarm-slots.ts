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

export type Slot = number & { readonly slot: unique symbol };

export function slotOf(instant: Instant): Slot {
  return Math.floor(Date.parse(instant) / slotMilliseconds) as Slot;
}

/** The last slot whose alarms are already on their way. */
export function horizonOf(now: Instant): Slot {
  return (slotOf(now) + lookAheadSlots) as Slot;
}

export function slotStart(slot: number): Instant {
  return instantOf(slot * slotMilliseconds);
}

/** Seconds until an alarm, rounded up so that it never comes early, and never over SQS's limit. */
export function delayUntil(alarmAt: Instant, now: Instant): number {
  return withinLimit(Math.ceil(secondsUntil(alarmAt, now)));
}

/**
 * Seconds until an alarm, rounded down: it comes less than a second early to the ringer, who waits
 * out the rest and so rings to the millisecond, where SQS counts in whole seconds.
 */
export function delayBefore(alarmAt: Instant, now: Instant): number {
  return withinLimit(Math.floor(secondsUntil(alarmAt, now)));
}

function secondsUntil(alarmAt: Instant, now: Instant): number {
  return (Date.parse(alarmAt) - Date.parse(now)) / 1000;
}

function withinLimit(seconds: number): number {
  return Math.min(Math.max(seconds, 0), delayLimitSeconds);
}
