import type { ClockName, ClockVerdict } from '../../inquiry/clock/clock.ts';
import type { BreachReview, VerdictRecord } from '../../inquiry/clock/verdict.ts';
import type { DeskId, InquiryId, Instant } from '../../inquiry/values/ids.ts';
import type { InquiryNumber } from '../../inquiry/values/inquiry-number.ts';
import type { Priority } from '../../inquiry/values/vocabulary.ts';

/** A cycle as a report counts it as of some instant. */
export type CountedCycle = {
  readonly inquiryId: InquiryId;
  readonly number: InquiryNumber;
  readonly desk: DeskId | undefined;
  readonly clock: ClockName;
  readonly priority: Priority;
  readonly verdict: ClockVerdict;
  /** It was missed and has not ended. */
  readonly isRunning: boolean;
  /** Business seconds; only of a cycle that has ended. */
  readonly elapsed: number | undefined;
  /** Business seconds from the miss to the end; only of a missed cycle that has ended. */
  readonly late: number | undefined;
  readonly breachedAt: Instant | undefined;
  readonly review: BreachReview | undefined;
  /** The versions by which it was judged. */
  readonly policies: number;
  readonly calendars: number;
};

/**
 * Selects the cycles that a report counts, by what had been recorded at an instant.
 *
 * A miss counts from when it was detected, an end from when it was recorded, a review from when it
 * was given. A record stops counting once another run or cycle continues it, which from then on
 * carries the inherited miss with its review, so that a miss counts once.
 */
export function countCycles(records: readonly VerdictRecord[], asOf: Instant): CountedCycle[] {
  const byClock = Map.groupBy(
    records,
    ({ verdict: { inquiryId, clock } }) => `${inquiryId}#${clock}`,
  );
  return [...byClock.values()].flatMap((ofClock) => {
    const inOrder = ofClock.length === 1 ? ofClock : [...ofClock].sort(compareByRun);
    return groupSuccessions(inOrder).flatMap((succession) => countSuccession(succession, asOf));
  });
}

function compareByRun({ verdict: one }: VerdictRecord, { verdict: other }: VerdictRecord): number {
  return one.cycle - other.cycle || one.run - other.run;
}

/** Groups the records of one clock, so that a miss is together with those that inherit it. */
function groupSuccessions(inOrder: readonly VerdictRecord[]): VerdictRecord[][] {
  const all: VerdictRecord[][] = [];
  for (const record of inOrder) {
    const last = all.at(-1);
    const { inherited, breachedAt } = record.verdict;
    if (inherited && last?.[0]?.verdict.breachedAt === breachedAt) last?.push(record);
    else all.push([record]);
  }
  return all;
}

function countSuccession(succession: readonly VerdictRecord[], asOf: Instant): CountedCycle[] {
  const current = succession.find(
    ({ supersededAt }) => supersededAt === undefined || supersededAt > asOf,
  );
  if (current === undefined) return [];
  const { verdict } = current;
  const { judged, breachedAt, detectedAt, recordedAt } = verdict;
  const isMissed = detectedAt !== undefined && detectedAt <= asOf;
  const hasEnded = recordedAt !== undefined && recordedAt <= asOf;
  const outcome = isMissed ? 'missed' : hasEnded ? verdict.verdict : undefined;
  if (outcome === undefined) return [];
  return [
    {
      inquiryId: verdict.inquiryId,
      number: verdict.number,
      desk: judged.desk,
      clock: verdict.clock,
      priority: judged.priority,
      verdict: outcome,
      isRunning: isMissed && !hasEnded,
      elapsed: hasEnded ? verdict.elapsed : undefined,
      late: hasEnded ? verdict.late : undefined,
      breachedAt: isMissed ? breachedAt : undefined,
      review: isMissed ? findLastReview(succession, asOf) : undefined,
      policies: verdict.policies,
      calendars: verdict.calendars,
    },
  ];
}

function findLastReview(
  succession: readonly VerdictRecord[],
  asOf: Instant,
): BreachReview | undefined {
  let last: BreachReview | undefined;
  for (const review of succession.flatMap(({ reviews }) => reviews)) {
    if (review.at <= asOf && (last === undefined || review.at >= last.at)) last = review;
  }
  return last;
}
