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

/** What the clocks of an inquiry are reckoned by, during one event. */
export type ClockComputation = {
  readonly serviceLevels: ServiceLevels;
  readonly versions: AppliedSlaVersions;
  readonly policy: PolicyId | undefined;
  readonly priority: Priority;
  /** The desk where the inquiry is, for what its promises are reported under. */
  readonly desk: DeskId | undefined;
  /** When the event is recorded. */
  readonly now: Instant;
};

/** An inquiry's clocks while one event changes them, with all that changed in order. */
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
    this.#put(this.#holdToTarget(blank, at));
  }

  /**
   * Starts the next cycle with the time that the last one had used.
   *
   * One that was missed stays so and is not judged again.
   */
  startWithCarriedTime(name: ClockName, at: Instant, desk?: DeskId): void {
    const last = this.#clocks.get(name);
    const goesOn = last?.endedAt !== undefined && last.desk === desk;
    if (goesOn)
      this.#put(this.#holdToTarget(startCarriedCycle(last, at, this.#calendar(last)), at));
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

  /** Goes on with a cycle that has ended; one with as many pauses as there may be, in another. */
  continueCycle(name: ClockName, at: Instant): void {
    const clock = this.#clocks.get(name);
    if (clock?.endedAt === undefined) return;
    const isFull = clock.pauses.length >= pauseLimit;
    const calendar = this.#calendar(clock);
    const next = isFull
      ? startCarriedCycle(clock, at, calendar)
      : continueCycle(clock, at, calendar);
    // What it is held to may have changed while it stood still.
    this.#put(this.#holdToTarget(next, at));
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
      const behind = (clock.target?.warnAt ?? []).filter((one) => one <= percent);
      const warned = [...new Set([...clock.warned, ...behind, percent])];
      return computeClock({ ...clock, warned }, this.#calendar(clock));
    });
  }

  /**
   * Holds every running clock to the targets of now; what they were held to before is over.
   *
   * @param first whether these are the first that somebody chose, so that they count from the start
   */
  retarget(at: Instant, first = false): void {
    for (const clock of this.allClocks) {
      this.#change(clock.clock, (one) =>
        this.#holdToTarget(one, at, first ? 'from-start' : undefined),
      );
    }
  }

  /** Reckons every running clock by the policies and calendars of now. */
  recompute(at: Instant): void {
    for (const { clock: name } of this.allClocks) {
      this.#change(name, (clock) => {
        if (!isClockRunning(clock)) return clock;
        return this.#holdToTarget(applyCalendarChange(clock, at, this.#calendar(clock)), at);
      });
    }
  }

  #holdToTarget(clock: Clock, at: Instant, mode?: SlaPolicy['retarget']): Clock {
    const { serviceLevels: levels, versions, policy, priority } = this.#computation;
    const { policies, calendars } = versions;
    const terms = levels.findClockTerms(policies, policy, clock.clock, clock.desk, priority);
    const target =
      terms === undefined
        ? undefined
        : { ...terms, warnAt: [...terms.warnAt], policies, calendars, priority };
    const chosen = mode ?? levels.findPolicy(policies, policy).retarget;
    return retargetClock(clock, target, at, chosen, this.#calendarOf(terms?.calendar));
  }

  #calendar({ target }: Clock): Calendar | undefined {
    return this.#calendarOf(target?.calendar);
  }

  #calendarOf(id: CalendarId | undefined): Calendar | undefined {
    const { serviceLevels: levels, versions } = this.#computation;
    return id === undefined ? undefined : levels.calendar(id, versions.calendars);
  }

  #attributionFor(clock: Clock): (at: Instant) => ReportAttribution {
    const { serviceLevels: levels, versions, desk, priority } = this.#computation;
    const where = deskClocks.includes(clock.clock) ? clock.desk : desk;
    const own =
      where === undefined ? undefined : levels.policies(versions.policies).deskCalendars[where];
    const calendar = this.#calendarOf(own ?? clock.target?.calendar);
    return (at) => ({
      ...(where === undefined ? {} : { desk: where }),
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

/** Clocks are plain data, built field by field. */
function isSameClock(one: Clock, other: Clock): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}
