import { formatDuration } from '../inquiry/clock/business-duration.ts';
import { type Clock, ClockName, deskClocks, isClockPaused } from '../inquiry/clock/clock.ts';
import { epochSecondOf } from '../inquiry/clock/epoch-seconds.ts';
import type { ServiceLevels } from '../inquiry/clock/service-levels.ts';
import type { Inquiry } from '../inquiry/snapshot.ts';
import type { Instant } from '../inquiry/values/ids.ts';
import type { InquiryRelation } from './may.ts';
import type { Person } from './person.ts';

/** `running-after-miss` is late and runs on until what it measures is done. */
export const clockStates = [
  'running',
  'running-after-miss',
  'paused',
  'met',
  'missed',
  'moved',
  'cancelled',
] as const;
export type ClockState = (typeof clockStates)[number];

export type ClockViewContext = {
  readonly serviceLevels: ServiceLevels;
  /** The clocks after every alarm due by now, even those not recorded yet. */
  readonly afterAlarms: Pick<Inquiry, 'clocks'>;
};

/**
 * The clocks that have a target, as one person may see them.
 *
 * The office sees every clock in full, and a vendor those of its own desks. Everybody outside the
 * office sees the promises to the requester without the details of their course.
 */
export function viewClocks(
  inquiry: Inquiry,
  viewer: Person,
  relations: readonly InquiryRelation[],
  { serviceLevels, afterAlarms }: ClockViewContext,
) {
  const isOffice = relations.includes('office');
  return [...afterAlarms.clocks]
    .sort((one, other) => clockOrderOf(one) - clockOrderOf(other))
    .flatMap((clock) => {
      const { target, desk } = clock;
      if (target === undefined) return [];
      const isDeskClock = deskClocks.includes(clock.clock);
      const isOwnDesk =
        relations.includes('desk') && desk !== undefined && viewer.desks.includes(desk);
      if (isDeskClock && !isOffice && !isOwnDesk) return [];
      const zone = serviceLevels
        .calendar(target.calendar)
        ?.zoneAt(epochSecondOf(clock.dueAt ?? clock.startedAt));
      return [
        {
          clock: clock.clock,
          cycle: clock.cycle,
          state: clockStateOf(clock),
          startedAt: clock.startedAt,
          target: formatDuration(target.seconds),
          ...(clock.dueAt === undefined ? {} : { dueAt: clock.dueAt }),
          ...(zone === undefined ? {} : { zone }),
          ...(clock.endedAt === undefined ? {} : { endedAt: clock.endedAt }),
          ...(isOffice || isDeskClock
            ? viewClockDetails(clock, findRecordedClock(inquiry, clock))
            : {}),
        },
      ];
    });
}

function clockOrderOf({ clock }: Clock): number {
  return ClockName.options.indexOf(clock);
}

function clockStateOf(clock: Clock): ClockState {
  if (clock.verdict !== undefined) return clock.verdict;
  if (isClockPaused(clock)) return 'paused';
  return clock.breachedAt === undefined ? 'running' : 'running-after-miss';
}

function viewClockDetails(clock: Clock, recorded: Clock | undefined) {
  const { desk, breachedAt, elapsed, warned } = clock;
  // A miss that only this view has noticed is not recorded, so it counts as not detected.
  const detectedAt = recorded?.detectedAt;
  return {
    ...(desk === undefined ? {} : { desk }),
    ...(breachedAt === undefined ? {} : { breachedAt }),
    ...(detectedAt === undefined ? {} : { detectedAt }),
    ...(elapsed === undefined ? {} : { elapsed: formatDuration(elapsed) }),
    warned: [...warned],
  };
}

function findRecordedClock({ clocks }: Inquiry, { clock, cycle }: Clock): Clock | undefined {
  return clocks.find((one) => one.clock === clock && one.cycle === cycle);
}

/** The escalations as far as they are recorded, under the ids by which they are acknowledged. */
export function viewEscalations({ id: inquiryId, escalations }: Inquiry) {
  return escalations.map((escalation) => {
    const { id, reason, clock, cycle, percent, startedAt, taken, steps, acknowledged } = escalation;
    const nextAt: Instant | undefined = steps[0]?.at;
    return {
      id: `${inquiryId}.${id}`,
      reason,
      ...(clock === undefined ? {} : { clock }),
      ...(cycle === undefined ? {} : { cycle }),
      ...(percent === undefined ? {} : { percent }),
      startedAt,
      steps: taken,
      ...(nextAt === undefined ? {} : { nextAt }),
      ...(acknowledged === undefined ? {} : { acknowledged }),
    };
  });
}
