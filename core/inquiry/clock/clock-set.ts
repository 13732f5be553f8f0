import type { Calendar } from '../../calendar/calendar.ts';
import type { CalendarId } from '../../calendar/calendar-definition.ts';
import type { Inquiry } from '../snapshot.ts';
import type { SlaPolicy } from '../terms/sla-policies.ts';
import type { DeskId, Instant } from '../values/ids.ts';
import type { Priority } from '../values/vocabulary.ts';
import {
  type Clock,
  type ClockName,
  type ClockVerdict,
  deskClocks,
  isClockRunning,
  type PolicyId,
  pauseLimit,
  type ReportAttribution,
} from './clock.ts';
import {
  applyCalendarChange,
  breachClock,
  computeClock,
  continueCycle,
  endClock,
  pauseClock,
  resumeClock,
  retargetClock,
  startCarriedCycle,
} from './compute-clock.ts';
import { epochSecondOf, truncateToSecond } from './epoch-seconds.ts';
import { formatMonth } from './month.ts';
import type { AppliedSlaVersions, ServiceLevels } from './service-levels.ts';

/** What the clocks of an inquiry are computed from during one event. */
export type ClockComputation = {
  readonly serviceLevels: ServiceLevels;
  readonly versions: AppliedSlaVersions;
  readonly policy: PolicyId | undefined;
  readonly priority: Priority;
  /** The inquiry's desk, under which the promises are reported. */
  readonly desk: DeskId | undefined;
  /** When the event is recorded. */
  readonly now: Instant;
};

/** The clocks of an inquiry while one event changes them, with every change in order. */
export class ClockSet {
  readonly #computation: ClockComputation;
  readonly #clocks: Map<ClockName, Clock>;
  readonly changedClocks: Clock[] = [];

  constructor(clocks: Inquiry['clocks'], computation: ClockComputation) {
    this.#clocks = new Map(clocks.map((clock) => [clock.clock, clock]));
    this.#computation = computation;
  }

  get allClocks(): Clock[] {
    return [...this.#clocks.values()];
  }

  /** Starts the next cycle of a clock. */
  start(name: ClockName, at: Instant, desk?: DeskId): void {
    const cycle = (this.#clocks.get(name)?.cycle ?? 0) + 1;
    const blank: Clock = {
      ...{ clock: name, cycle, run: 1, carried: 0, pauses: [], warned: [] },
      startedAt: truncateToSecond(at),
      ...(desk === undefined ? {} : { desk }),
    };
    this.#put(this.#applyTarget(blank, at));
  }

  /**
   * Starts the next cycle with the time that the last one had used.
   *
   * A missed cycle stays missed and is not judged again.
   */
  startWithCarriedTime(name: ClockName, at: Instant, desk?: DeskId): void {
    const last = this.#clocks.get(name);
    const isContinued = last?.endedAt !== undefined && last.desk === desk;
    if (isContinued)
      this.#put(this.#applyTarget(startCarriedCycle(last, at, this.#calendar(last)), at));
    else this.start(name, at, desk);
  }

  end(name: ClockName, verdict: ClockVerdict, at: Instant): void {
    this.#change(name, (clock) =>
      endClock(
        clock,
        verdict,
        at,
        this.#computation.now,
        this.#calendar(clock),
        this.#attributionFor(clock),
      ),
    );
  }

  /** Ends every clock that still runs. */
  endAll(verdict: ClockVerdict, at: Instant): void {
    for (const clock of this.allClocks)
      if (isClockRunning(clock)) this.end(clock.clock, verdict, at);
  }

  pause(name: ClockName, at: Instant): void {
    this.#change(name, (clock) => pauseClock(clock, at, this.#calendar(clock)));
  }

  resume(name: ClockName, at: Instant): void {
    this.#change(name, (clock) => resumeClock(clock, at, this.#calendar(clock)));
  }

  /** Continues a cycle that has ended; one with no pauses left continues as the next cycle. */
  continueCycle(name: ClockName, at: Instant): void {
    const clock = this.#clocks.get(name);
    if (clock?.endedAt === undefined) return;
    const isFull = clock.pauses.length >= pauseLimit;
    const calendar = this.#calendar(clock);
    const next = isFull
      ? startCarriedCycle(clock, at, calendar)
      : continueCycle(clock, at, calendar);
    // Its target may have changed while it stood still.
    this.#put(this.#applyTarget(next, at));
  }

  breach(name: ClockName, detectedAt: Instant): void {
    this.#change(name, (clock) => {
      const missed = breachClock(
        clock,
        detectedAt,
        this.#calendar(clock),
        this.#attributionFor(clock),
      );
      return computeClock(missed, this.#calendar(missed));
    });
  }

  warn(name: ClockName, percent: number): void {
    this.#change(name, (clock) => {
      const passedPercents = (clock.target?.warnAt ?? []).filter((one) => one <= percent);
      const warned = [...new Set([...clock.warned, ...passedPercents, percent])];
      return computeClock({ ...clock, warned }, this.#calendar(clock));
    });
  }

  /**
   * Gives every running clock its current target in place of the former one.
   *
   * @param first whether these targets are the first to be chosen, so that they count from the
   * start
   */
  retarget(at: Instant, first = false): void {
    for (const clock of this.allClocks) {
      this.#change(clock.clock, (one) =>
        this.#applyTarget(one, at, first ? 'from-start' : undefined),
      );
    }
  }

  /** Computes every running clock again by the current policies and calendars. */
  recompute(at: Instant): void {
    for (const { clock: name } of this.allClocks) {
      this.#change(name, (clock) => {
        if (!isClockRunning(clock)) return clock;
        return this.#applyTarget(applyCalendarChange(clock, at, this.#calendar(clock)), at);
      });
    }
  }

  #applyTarget(clock: Clock, at: Instant, mode?: SlaPolicy['retarget']): Clock {
    const { serviceLevels, versions, policy, priority } = this.#computation;
    const { policies, calendars } = versions;
    const terms = serviceLevels.findClockTerms(policies, policy, clock.clock, clock.desk, priority);
    const target =
      terms === undefined
        ? undefined
        : { ...terms, warnAt: [...terms.warnAt], policies, calendars, priority };
    const chosenMode = mode ?? serviceLevels.findPolicy(policies, policy).retarget;
    return retargetClock(clock, target, at, chosenMode, this.#calendarOf(terms?.calendar));
  }

  #calendar({ target }: Clock): Calendar | undefined {
    return this.#calendarOf(target?.calendar);
  }

  #calendarOf(id: CalendarId | undefined): Calendar | undefined {
    const { serviceLevels, versions } = this.#computation;
    return id === undefined ? undefined : serviceLevels.calendar(id, versions.calendars);
  }

  #attributionFor(clock: Clock): (at: Instant) => ReportAttribution {
    const { serviceLevels, versions, desk, priority } = this.#computation;
    const attributedDesk = deskClocks.includes(clock.clock) ? clock.desk : desk;
    const ownCalendar =
      attributedDesk === undefined
        ? undefined
        : serviceLevels.policies(versions.policies).deskCalendars[attributedDesk];
    const calendar = this.#calendarOf(ownCalendar ?? clock.target?.calendar);
    return (at) => ({
      ...(attributedDesk === undefined ? {} : { desk: attributedDesk }),
      priority,
      month: formatMonth(at, calendar?.zoneAt(epochSecondOf(at)) ?? 'UTC'),
    });
  }

  #change(name: ClockName, change: (clock: Clock) => Clock): void {
    const before = this.#clocks.get(name);
    if (before === undefined) return;
    const after = change(before);
    if (!isSameClock(before, after)) this.#put(after);
  }

  #put(clock: Clock): void {
    this.#clocks.set(clock.clock, clock);
    this.changedClocks.push(clock);
  }
}

/** Clocks are plain data, built field by field, so their JSON can be compared. */
function isSameClock(one: Clock, other: Clock): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}
