import { type Calendar, type EpochSeconds, isCalendarFault } from '../../calendar/calendar.ts';
import type { Instant } from '../values/ids.ts';
import type { Clock, ClockTarget, ClockVerdict, ReportAttribution } from './clock.ts';
import { isClockPaused, isClockRunning } from './clock.ts';
import { epochSecondOf, instantOfSecond, truncateToSecond } from './epoch-seconds.ts';

/*
 * The arithmetic of one clock. Each function returns the changed clock; `calendar` is that of its
 * target, undefined while it has none. Where the calendar has no answer, such as outside its years,
 * the clock has no deadline.
 */

/** Computes the deadline and the next warning of a clock by its calendar. */
export function computeClock(clock: Clock, calendar: Calendar | undefined): Clock {
  const { dueAt: _d, missedFrom: _m, warning: _w, ...bare } = clock;
  const { target, breachedAt } = clock;
  if (!isClockRunning(clock) || isClockPaused(clock)) return bare;
  if (breachedAt !== undefined) return { ...bare, dueAt: breachedAt };
  if (target === undefined || calendar === undefined) return bare;
  const resumed = Math.max(
    epochSecondOf(target.countFrom),
    epochSecondOf(clock.pauses.at(-1)?.to ?? target.countFrom),
  );
  const used = countUsedSeconds(clock, target, calendar, resumed);
  if (used === undefined) return bare;
  const reach = (seconds: number) => {
    const left = seconds - used;
    const at = left >= 0 ? calendar.add(resumed, left) : resumed;
    return isCalendarFault(at)
      ? undefined
      : {
          at: Math.max(at, epochSecondOf(target.since)),
          over: left < 0 || at < epochSecondOf(target.since),
        };
  };
  const due = reach(target.seconds);
  if (due === undefined) return bare;
  const missedFrom = due.over ? due.at : due.at + 1;
  const warning = findNextWarning(clock, target, (seconds) => reach(seconds)?.at, missedFrom);
  return {
    ...bare,
    dueAt: instantOfSecond(due.at),
    missedFrom: instantOfSecond(missedFrom),
    ...(warning === undefined ? {} : { warning }),
  };
}

/** The next warning: of several that are due at the same moment, the highest stands for all. */
function findNextWarning(
  { warned }: Clock,
  target: ClockTarget,
  reach: (seconds: number) => EpochSeconds | undefined,
  missedFrom: EpochSeconds,
): Clock['warning'] {
  let next: { percent: number; at: EpochSeconds } | undefined;
  for (const percent of target.warnAt) {
    if (warned.includes(percent)) continue;
    const at = reach(Math.ceil((target.seconds * percent) / 100));
    if (at === undefined || at >= missedFrom) break;
    if (next !== undefined && at > next.at) break;
    next = { percent, at };
  }
  return next === undefined ? undefined : { percent: next.percent, at: instantOfSecond(next.at) };
}

/** Counts the business seconds used of the target up to an instant. */
function countUsedSeconds(
  clock: Clock,
  { countFrom, used }: Pick<ClockTarget, 'countFrom' | 'used'>,
  calendar: Calendar,
  until: EpochSeconds,
): number | undefined {
  const counted = countUnpausedSeconds(clock, calendar, epochSecondOf(countFrom), until);
  return counted === undefined ? undefined : counted + used;
}

function countUnpausedSeconds(
  { pauses }: Clock,
  calendar: Calendar,
  from: EpochSeconds,
  until: EpochSeconds,
): number | undefined {
  let sum = 0;
  let since = from;
  const count = (to: EpochSeconds) => {
    if (to <= since) return true;
    const seconds = calendar.between(since, to);
    if (isCalendarFault(seconds)) return false;
    sum += seconds;
    return true;
  };
  for (const pause of pauses) {
    if (!count(Math.min(epochSecondOf(pause.from), until))) return undefined;
    since = Math.max(since, pause.to === undefined ? until : epochSecondOf(pause.to));
  }
  return count(until) ? sum : undefined;
}

/**
 * Computes the business seconds that a clock has run, up to an instant or its end; undefined
 * without a calendar, or when the calendar has no answer.
 */
export function computeElapsed(
  clock: Clock,
  calendar: Calendar | undefined,
  at: Instant,
): number | undefined {
  if (calendar === undefined) return undefined;
  const until = Math.max(epochSecondOf(clock.endedAt ?? at), epochSecondOf(clock.startedAt));
  const counted = countUnpausedSeconds(clock, calendar, epochSecondOf(clock.startedAt), until);
  return counted === undefined ? undefined : counted + clock.carried;
}

/** The business seconds after the deadline of a clock; undefined if it missed none. */
export function computeLateness({ elapsedAtBreach }: Clock, elapsed: number): number | undefined {
  return elapsedAtBreach === undefined ? undefined : Math.max(0, elapsed - elapsedAtBreach);
}

/** Starts a pause; a clock that is paused or has ended stays as it is. */
export function pauseClock(clock: Clock, at: Instant, calendar: Calendar | undefined): Clock {
  if (!isClockRunning(clock) || isClockPaused(clock)) return clock;
  return computeClock(
    { ...clock, pauses: [...clock.pauses, { from: truncateToSecond(at) }] },
    calendar,
  );
}

/** Ends a pause; what is left of the target counts from here on. */
export function resumeClock(clock: Clock, at: Instant, calendar: Calendar | undefined): Clock {
  if (!isClockRunning(clock) || !isClockPaused(clock)) return clock;
  return computeClock({ ...clock, pauses: closePauses(clock, at) }, calendar);
}

/**
 * Ends a cycle; one that is past its deadline ends as missed, even if nobody had noticed.
 *
 * @param now when it is recorded
 */
export function endClock(
  clock: Clock,
  verdict: ClockVerdict,
  at: Instant,
  now: Instant,
  calendar: Calendar | undefined,
  attribute: (at: Instant) => ReportAttribution,
): Clock {
  if (!isClockRunning(clock)) return clock;
  const end = truncateToSecond(at) > clock.startedAt ? truncateToSecond(at) : clock.startedAt;
  const overdue = clock.missedFrom !== undefined && end >= clock.missedFrom;
  const checked = overdue ? breachClock(clock, now, calendar, attribute) : clock;
  const { warning: _w, missedFrom: _m, ...rest } = checked;
  const endedClock: Clock = {
    ...rest,
    pauses: closePauses(clock, end),
    endedAt: end,
    recordedAt: now,
    verdict: checked.breachedAt === undefined ? verdict : 'missed',
    judged: checked.judged ?? attribute(end),
  };
  const elapsed = computeElapsed(endedClock, calendar, end);
  return elapsed === undefined ? endedClock : { ...endedClock, elapsed };
}

/** Records a miss, once: the deadline that was missed, and when that was noticed. */
export function breachClock(
  clock: Clock,
  detectedAt: Instant,
  calendar: Calendar | undefined,
  attribute: (at: Instant) => ReportAttribution,
): Clock {
  const { dueAt, breachedAt } = clock;
  if (dueAt === undefined || breachedAt !== undefined) return clock;
  const { missedFrom: _m, warning: _w, ...rest } = clock;
  const missed = { ...rest, breachedAt: dueAt, detectedAt, judged: attribute(dueAt) };
  const elapsedAtBreach = computeElapsed(clock, calendar, dueAt);
  return elapsedAtBreach === undefined ? missed : { ...missed, elapsedAtBreach };
}

/** Starts the next cycle of a clock that has ended, with the time it had used. */
export function startCarriedCycle(last: Clock, at: Instant, calendar: Calendar | undefined): Clock {
  const { clock, cycle, desk, warned, target } = last;
  const startedAt = truncateToSecond(at);
  const blank: Clock = {
    ...{ clock, cycle: cycle + 1, run: 1, pauses: [], warned, startedAt },
    carried: last.elapsed ?? 0,
    continues: true,
    ...(desk === undefined ? {} : { desk }),
  };
  if (target === undefined || calendar === undefined) return blank;
  const used = countUsedSeconds(last, target, calendar, epochSecondOf(last.endedAt ?? at)) ?? 0;
  const withTarget = { ...blank, target: { ...target, countFrom: startedAt, used } };
  const { breachedAt, detectedAt, judged, elapsedAtBreach } = last;
  if (breachedAt === undefined || detectedAt === undefined || judged === undefined)
    return withTarget;
  const breachElapsed = elapsedAtBreach === undefined ? {} : { elapsedAtBreach };
  const missed: Clock = {
    ...withTarget,
    breachedAt,
    detectedAt,
    ...breachElapsed,
    judged,
    inherited: true,
  };
  return computeClock(missed, calendar);
}

/** Continues a cycle that had ended; the time in between is not counted. */
export function continueCycle(clock: Clock, at: Instant, calendar: Calendar | undefined): Clock {
  const { endedAt, recordedAt: _r, verdict: _v, elapsed: _e, judged, ...rest } = clock;
  if (endedAt === undefined) return clock;
  const resumedAt = truncateToSecond(at);
  const missed = clock.breachedAt !== undefined;
  return computeClock(
    {
      ...rest,
      run: clock.run + 1,
      pauses: [...clock.pauses, { from: endedAt, to: resumedAt > endedAt ? resumedAt : endedAt }],
      ...(missed && judged !== undefined ? { inherited: true, judged } : {}),
    },
    calendar,
  );
}

/**
 * Gives a clock another target from an instant on; a missed clock keeps the target it missed.
 *
 * @param target undefined when it has none any more
 */
export function retargetClock(
  clock: Clock,
  target: Omit<ClockTarget, 'since' | 'countFrom' | 'used'> | undefined,
  at: Instant,
  mode: 'from-start' | 'from-change',
  calendar: Calendar | undefined,
): Clock {
  if (!isClockRunning(clock) || clock.breachedAt !== undefined) return clock;
  const { target: before, ...rest } = clock;
  if (target === undefined) return computeClock(rest, undefined);
  const same =
    before !== undefined &&
    before.seconds === target.seconds &&
    before.calendar === target.calendar &&
    before.policy === target.policy;
  if (same) return computeClock({ ...rest, target: { ...before, ...target } }, calendar);
  const since = laterOf(truncateToSecond(at), clock.startedAt);
  const isChange = before !== undefined || since > clock.startedAt;
  const counting =
    mode === 'from-change' && isChange
      ? { countFrom: since, used: 0 }
      : { countFrom: clock.startedAt, used: clock.carried };
  return computeClock({ ...rest, target: { ...target, since, ...counting } }, calendar);
}

/**
 * Computes a clock by changed calendars; what was not due when the change was recorded is not
 * missed before it.
 *
 * @param at when the change was recorded
 */
export function applyCalendarChange(
  clock: Clock,
  at: Instant,
  calendar: Calendar | undefined,
): Clock {
  const { target, dueAt, breachedAt } = clock;
  const recomputed = computeClock(clock, calendar);
  if (target === undefined || breachedAt !== undefined || recomputed.dueAt === undefined)
    return recomputed;
  const changedAt = truncateToSecond(at);
  const floor = dueAt !== undefined && dueAt < changedAt ? dueAt : changedAt;
  if (recomputed.dueAt >= floor) return recomputed;
  return computeClock(
    { ...clock, target: { ...target, since: laterOf(floor, target.since) } },
    calendar,
  );
}

function closePauses({ pauses }: Clock, at: Instant): Clock['pauses'] {
  const end = truncateToSecond(at);
  return pauses.map(({ from, to }) => ({ from, to: to ?? (end > from ? end : from) }));
}

function laterOf(one: Instant, other: Instant): Instant {
  return one > other ? one : other;
}
