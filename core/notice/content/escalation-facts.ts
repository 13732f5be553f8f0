import { isCalendarFault } from '../../calendar/calendar.ts';
import { type Clock, type ClockName, isClockRunning } from '../../inquiry/clock/clock.ts';
import { computeElapsed } from '../../inquiry/clock/compute-clock.ts';
import { epochSecondOf } from '../../inquiry/clock/epoch-seconds.ts';
import type { EscalationId, EscalationReason } from '../../inquiry/clock/escalation.ts';
import type { ServiceLevels } from '../../inquiry/clock/service-levels.ts';
import type { InquiryEvent } from '../../inquiry/events/events.ts';
import type { NoticeKind } from '../../inquiry/outbox/notice.ts';
import type { Inquiry } from '../../inquiry/snapshot.ts';
import type { Instant } from '../../inquiry/values/ids.ts';
import type { InquiryNumber } from '../../inquiry/values/inquiry-number.ts';

/** What an escalation's notice says, as of the time it is sent. */
export type EscalationFacts = {
  readonly id: EscalationId;
  readonly reason: EscalationReason;
  readonly clock?: ClockName;
  readonly cycle?: number;
  readonly percent?: number;
  readonly dueAt?: Instant;
  readonly breachedAt?: Instant;
  /** The zone of the clock's calendar. */
  readonly zone?: string;
  /** Business seconds until the deadline. */
  readonly left?: number;
  /** Business seconds since the deadline, pauses not counted. */
  readonly late?: number;
  readonly step: number;
  /** The number of all steps; unknown once the escalation is acknowledged or over. */
  readonly steps?: number;
  readonly state: 'open' | 'acknowledged' | 'over';
  readonly acknowledgedBy?: string;
};

/** How many other notices one stands for, and the first of them. */
export type GatheredNotices = {
  readonly count: number;
  readonly first: readonly {
    readonly number: InquiryNumber;
    readonly kind: NoticeKind;
    readonly clock?: ClockName;
  }[];
};

/** Computes what a step's notice says; undefined for an event that is no step of an escalation. */
export function computeEscalationFacts(
  inquiry: Inquiry,
  event: InquiryEvent,
  serviceLevels: ServiceLevels,
  now: Instant,
): EscalationFacts | undefined {
  if (event.type !== 'EscalationStepped') return undefined;
  const { escalation: id, reason, clock: name, cycle, percent, step } = event;
  const liveEscalation = inquiry.escalations.find((one) => one.id === id);
  const clock = inquiry.clocks.find((one) => one.clock === name && one.cycle === cycle);
  const acknowledged = liveEscalation?.acknowledged;
  return {
    ...{ id, reason, step },
    ...(name === undefined ? {} : { clock: name }),
    ...(cycle === undefined ? {} : { cycle }),
    ...(percent === undefined ? {} : { percent }),
    ...(clock === undefined ? {} : computeClockFacts(clock, serviceLevels, now)),
    ...(liveEscalation === undefined || acknowledged !== undefined
      ? {}
      : { steps: liveEscalation.taken + liveEscalation.steps.length }),
    state:
      liveEscalation === undefined ? 'over' : acknowledged === undefined ? 'open' : 'acknowledged',
    ...(acknowledged === undefined ? {} : { acknowledgedBy: acknowledged.name }),
  };
}

function computeClockFacts(clock: Clock, serviceLevels: ServiceLevels, now: Instant) {
  const { dueAt, breachedAt, target } = clock;
  const calendar = target === undefined ? undefined : serviceLevels.calendar(target.calendar);
  const deadline = breachedAt ?? dueAt;
  if (calendar === undefined || deadline === undefined) return {};
  const facts = { dueAt: deadline, zone: calendar.zoneAt(epochSecondOf(deadline)) };
  if (breachedAt !== undefined) {
    const elapsed = computeElapsed(clock, calendar, now);
    const allowed = computeElapsed(clock, calendar, breachedAt);
    if (elapsed === undefined || allowed === undefined) return { ...facts, breachedAt };
    return { ...facts, breachedAt, late: Math.max(0, elapsed - allowed) };
  }
  if (!isClockRunning(clock) || deadline <= now) return facts;
  const left = calendar.between(epochSecondOf(now), epochSecondOf(deadline));
  return isCalendarFault(left) ? facts : { ...facts, left };
}
