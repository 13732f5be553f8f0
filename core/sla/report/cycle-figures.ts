import type { ClockName } from '../../inquiry/clock/clock.ts';
import type { ResponsibleParty } from '../../inquiry/terms/sla-policies.ts';
import type { InquiryId, Instant } from '../../inquiry/values/ids.ts';
import type { InquiryNumber } from '../../inquiry/values/inquiry-number.ts';
import type { CountedCycle } from './count-cycles.ts';

/** How many of the latest, and of the running cases, each row names. */
const caseLimit = 5;

/** What a report says about some cycles. Durations are business seconds. */
export type CycleFigures = {
  readonly cycles: number;
  readonly met: number;
  /** Including those that have not ended. */
  readonly missed: number;
  readonly moved: number;
  readonly cancelled: number;
  /**
   * The share of those met in those met or missed, in percent, rounded down to one decimal: it is
   * 100 only when none was missed. Null when there are none of either.
   */
  readonly attainment: number | null;
  /** How many of those missed have not ended. */
  readonly running: number;
  /** Of the cycles that have ended met or missed. */
  readonly elapsed: {
    readonly cycles: number;
    readonly median: number | null;
    readonly p90: number | null;
  };
  /** Of the missed cycles that have ended, the longest delay first. */
  readonly worst: readonly WorstBreach[];
  /** Of the missed cycles that have not ended, the earliest miss first. */
  readonly oldest: readonly RunningBreach[];
  /** Of all missed cycles, the most frequent first. */
  readonly causes: readonly CauseCount[];
  /** How many of those missed nobody has reviewed. */
  readonly unreviewed: number;
};

export type RunningBreach = {
  readonly inquiryId: InquiryId;
  readonly number: InquiryNumber;
  readonly clock: ClockName;
  readonly breachedAt: Instant;
};
/** `late` is the business seconds from its miss to its end. */
export type WorstBreach = RunningBreach & { readonly late: number };

export type CauseCount = {
  readonly cause: string;
  readonly party: ResponsibleParty;
  readonly count: number;
};

export function computeCycleFigures(cycles: readonly CountedCycle[]): CycleFigures {
  const tally = { met: 0, missed: 0, moved: 0, cancelled: 0 };
  for (const { verdict } of cycles) tally[verdict] += 1;
  const elapsed = cycles
    .filter(({ verdict }) => verdict === 'met' || verdict === 'missed')
    .flatMap((cycle) => cycle.elapsed ?? [])
    .sort((one, other) => one - other);
  const missed = cycles.filter(({ verdict }) => verdict === 'missed');
  const reviewed = missed.filter(({ review }) => review !== undefined);
  return {
    cycles: cycles.length,
    ...tally,
    attainment: computeAttainment(tally.met, tally.missed),
    running: cycles.filter(({ isRunning }) => isRunning).length,
    elapsed: {
      cycles: elapsed.length,
      median: computePercentile(elapsed, 50),
      p90: computePercentile(elapsed, 90),
    },
    worst: findWorstBreaches(missed),
    oldest: findOldestBreaches(missed),
    causes: countCauses(reviewed),
    unreviewed: missed.length - reviewed.length,
  };
}

/** In percent, rounded down to one decimal; null when there is nothing to judge. */
export function computeAttainment(met: number, missed: number): number | null {
  return met + missed === 0 ? null : Math.floor((met * 1000) / (met + missed)) / 10;
}

/**
 * Computes the nearest-rank percentile of ascending values: the smallest of them that is not less
 * than `percent` of a hundred of them; null without values. So the median of an even number of
 * values is the lower of the two in the middle, and every percentile is a value that occurred.
 */
export function computePercentile(ascending: readonly number[], percent: number): number | null {
  return ascending[Math.max(1, Math.ceil((ascending.length * percent) / 100)) - 1] ?? null;
}

function findWorstBreaches(missed: readonly CountedCycle[]): WorstBreach[] {
  return missed
    .flatMap(({ inquiryId, number, clock, breachedAt, late }) =>
      breachedAt === undefined || late === undefined
        ? []
        : [{ inquiryId, number, clock, breachedAt, late }],
    )
    .sort((one, other) => other.late - one.late || compareByBreach(one, other))
    .slice(0, caseLimit);
}

function findOldestBreaches(missed: readonly CountedCycle[]): RunningBreach[] {
  return missed
    .flatMap(({ inquiryId, number, clock, breachedAt, isRunning }) =>
      isRunning && breachedAt !== undefined ? [{ inquiryId, number, clock, breachedAt }] : [],
    )
    .sort(compareByBreach)
    .slice(0, caseLimit);
}

/** A total order, so that the same cases always come in the same order. */
function compareByBreach(one: RunningBreach, other: RunningBreach): number {
  return (
    compare(one.breachedAt, other.breachedAt) ||
    compare(one.inquiryId, other.inquiryId) ||
    compare(one.clock, other.clock)
  );
}

function countCauses(reviewed: readonly CountedCycle[]): CauseCount[] {
  const counts = new Map<string, CauseCount>();
  for (const { review } of reviewed) {
    if (review === undefined) continue;
    const { cause, party } = review;
    const key = `${cause}#${party}`;
    counts.set(key, { cause, party, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  return [...counts.values()].sort(
    (one, other) =>
      other.count - one.count || compare(one.cause, other.cause) || compare(one.party, other.party),
  );
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
