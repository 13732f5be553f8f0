import type { ClockName, ClockVerdict } from '../../inquiry/clock/clock.ts';
import type { BreachReview, VerdictRecord } from '../../inquiry/clock/verdict.ts';
import type { DeskId, InquiryId, Instant } from '../../inquiry/values/ids.ts';
import type { InquiryNumber } from '../../inquiry/values/inquiry-number.ts';
import type { Priority } from '../../inquiry/values/vocabulary.ts';

/** A cycle as a report of some instant counts it. */
export type CountedCycle = {
  readonly inquiryId: InquiryId;
  readonly number: InquiryNumber;
  readonly desk: DeskId | undefined;
  readonly clock: ClockName;
  readonly priority: Priority;
  readonly verdict: ClockVerdict;
  /** It was missed and has not ended. */
  readonly isRunning: boolean;
  /** Business seconds, of one that has ended. */
  readonly elapsed: number | undefined;
  /** Business seconds from the miss to the end, of one that was missed and has ended. */
  readonly late: number | undefined;
  readonly breachedAt: Instant | undefined;
  readonly review: BreachReview | undefined;
  /** The versions by which it was judged. */
  readonly policies: number;
  readonly calendars: number;
};

/**
 * The cycles that a report counts, by what had been recorded at an instant.
 *
 * A miss counts from when it was noticed, an end from when it was recorded, a review from when it
 * was given, and a record no longer once another run or cycle goes on in its stead. That one
 * inherits a miss, with its review, from then on and not before, so that a miss counts once.
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

/** Parts the records of one clock, so that a miss stands with those that inherit it. */
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
  const how = isMissed ? 'missed' : hasEnded ? verdict.verdict : undefined;
  if (how === undefined) return [];
  return [
    {
      inquiryId: verdict.inquiryId,
      number: verdict.number,
      desk: judged.desk,
      clock: verdict.clock,
      priority: judged.priority,
      verdict: how,
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
