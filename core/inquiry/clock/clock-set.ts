import type { Calendar } from '../../calendar/calendar.ts';
import type { CalendarId } from '../../calendar/definition.ts';
import type { Inquiry } from '../snapshot.ts';
import type { SlaPolicy } from '../terms/sla-policies.ts';
import type { DeskId, Instant } from '../values/ids.ts';
import type { Priority } from '../values/vocabulary.ts';
import {
  type Clock,
  type ClockName,
  type ClockVerdict,
  deskClocks,
  isRunning,
  type Judged,
  type PolicyId,
  pauseLimit,
} from './clock.ts';
import {
  breached,
  carriedOn,
  continued,
  ended,
  paused,
  recalendared,
  reckoned,
  resumed,
  retargeted,
} from './compute-clock.ts';
import { secondOf, toTheSecond } from './epoch-seconds.ts';
import { monthOf } from './month.ts';
import type { LevelsMark, ServiceLevels } from './service-levels.ts';

/** What the clocks of an inquiry are reckoned by, during one event. */
export type Reckoning = {
  readonly levels: ServiceLevels;
  readonly mark: LevelsMark;
  readonly policy: PolicyId | undefined;
  readonly priority: Priority;
  /** The desk where the inquiry is, for what its promises are reported under. */
  readonly desk: DeskId | undefined;
  /** When the event is recorded. */
  readonly now: Instant;
};

/** An inquiry's clocks while one event changes them, with all that changed in order. */
export class ClockSet {
  readonly #reckoning: Reckoning;
  readonly #clocks: Map<ClockName, Clock>;
  readonly changed: Clock[] = [];

  constructor(clocks: Inquiry['clocks'], reckoning: Reckoning) {
    this.#clocks = new Map(clocks.map((clock) => [clock.clock, clock]));
    this.#reckoning = reckoning;
  }

  get all(): Clock[] {
    return [...this.#clocks.values()];
  }

  /** Starts the next cycle of a clock. */
  start(name: ClockName, at: Instant, desk?: DeskId): void {
    const cycle = (this.#clocks.get(name)?.cycle ?? 0) + 1;
    const blank: Clock = {
      ...{ clock: name, cycle, run: 1, carried: 0, pauses: [], warned: [] },
      startedAt: toTheSecond(at),
      ...(desk === undefined ? {} : { desk }),
    };
    this.#put(this.#held(blank, at));
  }

  /**
   * Starts the next cycle with the time that the last one had used.
   *
   * One that was missed stays so and is not judged again.
   */
  startContinuing(name: ClockName, at: Instant, desk?: DeskId): void {
    const last = this.#clocks.get(name);
    const goesOn = last?.endedAt !== undefined && last.desk === desk;
    if (goesOn) this.#put(this.#held(carriedOn(last, at, this.#calendar(last)), at));
    else this.start(name, at, desk);
  }

  end(name: ClockName, verdict: ClockVerdict, at: Instant): void {
    this.#change(name, (clock) =>
      ended(clock, verdict, at, this.#reckoning.now, this.#calendar(clock), this.#judge(clock)),
    );
  }

  /** Ends every clock that still runs. */
  endAll(verdict: ClockVerdict, at: Instant): void {
    for (const clock of this.all) if (isRunning(clock)) this.end(clock.clock, verdict, at);
  }

  pause(name: ClockName, at: Instant): void {
    this.#change(name, (clock) => paused(clock, at, this.#calendar(clock)));
  }

  resume(name: ClockName, at: Instant): void {
    this.#change(name, (clock) => resumed(clock, at, this.#calendar(clock)));
  }

  /** Goes on with a cycle that has ended; one with as many pauses as there may be, in another. */
  goOn(name: ClockName, at: Instant): void {
    const clock = this.#clocks.get(name);
    if (clock?.endedAt === undefined) return;
    const isFull = clock.pauses.length >= pauseLimit;
    const calendar = this.#calendar(clock);
    const next = isFull ? carriedOn(clock, at, calendar) : continued(clock, at, calendar);
    // What it is held to may have changed while it stood still.
    this.#put(this.#held(next, at));
  }

  breach(name: ClockName, detectedAt: Instant): void {
    this.#change(name, (clock) => {
      const missed = breached(clock, detectedAt, this.#calendar(clock), this.#judge(clock));
      return reckoned(missed, this.#calendar(missed));
    });
  }

  warn(name: ClockName, percent: number): void {
    this.#change(name, (clock) => {
      const behind = (clock.target?.warnAt ?? []).filter((one) => one <= percent);
      const warned = [...new Set([...clock.warned, ...behind, percent])];
      return reckoned({ ...clock, warned }, this.#calendar(clock));
    });
  }

  /**
   * Holds every running clock to the targets of now; what they were held to before is over.
   *
   * @param first whether these are the first that somebody chose, so that they count from the start
   */
  retarget(at: Instant, first = false): void {
    for (const clock of this.all) {
      this.#change(clock.clock, (one) => this.#held(one, at, first ? 'from-start' : undefined));
    }
  }

  /** Reckons every running clock by the policies and calendars of now. */
  reckon(at: Instant): void {
    for (const { clock: name } of this.all) {
      this.#change(name, (clock) => {
        if (!isRunning(clock)) return clock;
        return this.#held(recalendared(clock, at, this.#calendar(clock)), at);
      });
    }
  }

  #held(clock: Clock, at: Instant, mode?: SlaPolicy['retarget']): Clock {
    const { levels, mark, policy, priority } = this.#reckoning;
    const { policies, calendars } = mark;
    const terms = levels.termsOf(policies, policy, clock.clock, clock.desk, priority);
    const target =
      terms === undefined
        ? undefined
        : { ...terms, warnAt: [...terms.warnAt], policies, calendars, priority };
    const chosen = mode ?? levels.policyOf(policies, policy).retarget;
    return retargeted(clock, target, at, chosen, this.#calendarOf(terms?.calendar));
  }

  #calendar({ target }: Clock): Calendar | undefined {
    return this.#calendarOf(target?.calendar);
  }

  #calendarOf(id: CalendarId | undefined): Calendar | undefined {
    const { levels, mark } = this.#reckoning;
    return id === undefined ? undefined : levels.calendar(id, mark.calendars);
  }

  #judge(clock: Clock): (at: Instant) => Judged {
    const { levels, mark, desk, priority } = this.#reckoning;
    const where = deskClocks.includes(clock.clock) ? clock.desk : desk;
    const own =
      where === undefined ? undefined : levels.policies(mark.policies).deskCalendars[where];
    const calendar = this.#calendarOf(own ?? clock.target?.calendar);
    return (at) => ({
      ...(where === undefined ? {} : { desk: where }),
      priority,
      month: monthOf(at, calendar?.zoneAt(secondOf(at)) ?? 'UTC'),
    });
  }

  #change(name: ClockName, change: (clock: Clock) => Clock): void {
    const before = this.#clocks.get(name);
    if (before === undefined) return;
    const after = change(before);
    if (!isSame(before, after)) this.#put(after);
  }

  #put(clock: Clock): void {
    this.#clocks.set(clock.clock, clock);
    this.changed.push(clock);
  }
}

/** Clocks are plain data, built field by field. */
function isSame(one: Clock, other: Clock): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}
