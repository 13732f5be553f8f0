import type { ClockName } from '../../inquiry/clock/clock.ts';
import { computeElapsed, computeLateness } from '../../inquiry/clock/compute-clock.ts';
import { epochSecondOf } from '../../inquiry/clock/epoch-seconds.ts';
import type { ServiceLevels } from '../../inquiry/clock/service-levels.ts';
import type { BreachReview, SlaVerdict, VerdictRecord } from '../../inquiry/clock/verdict.ts';
import type { Inquiry } from '../../inquiry/snapshot.ts';
import type { DeskId, InquiryId, Instant } from '../../inquiry/values/ids.ts';
import type { InquiryNumber } from '../../inquiry/values/inquiry-number.ts';
import type { Priority } from '../../inquiry/values/vocabulary.ts';

/** Identifies a breach: a clock is missed at most once in a cycle. */
export type BreachRef = {
  readonly inquiryId: InquiryId;
  readonly clock: ClockName;
  readonly cycle: number;
};

/** A breach as leads see it. */
export type Breach = {
  /** `<inquiry>.<clock>.<cycle>`. */
  readonly id: string;
  readonly inquiryId: InquiryId;
  readonly number: InquiryNumber;
  readonly clock: ClockName;
  readonly cycle: number;
  /** The desk and the priority under which it is reported. */
  readonly desk?: DeskId;
  readonly priority: Priority;
  readonly state: 'running' | 'ended';
  /** Business seconds. */
  readonly target: number;
  /** Business seconds to its end or so far; undefined where its calendar cannot say. */
  readonly elapsed?: number;
  /** Business seconds from the deadline on, to its end or so far. */
  readonly late?: number;
  readonly breachedAt: Instant;
  readonly detectedAt: Instant;
  readonly endedAt?: Instant;
  /** The zone of the calendar that set the deadline. */
  readonly zone: string;
  /** The latest one. */
  readonly review?: BreachReview;
};

/** A breach's record, with the verdict of the last run or cycle to inherit it, or its own. */
export type BreachRecord = { readonly record: VerdictRecord; readonly latest: SlaVerdict };

export function formatBreachId({ inquiryId, clock, cycle }: BreachRef): string {
  return `${inquiryId}.${clock}.${cycle}`;
}

/**
 * Finds a breach among the records of its clock, which are in order; undefined when that cycle was
 * not missed, or only continues the miss of the one before.
 */
export function findBreachRecord(
  records: readonly VerdictRecord[],
  cycle: number,
): BreachRecord | undefined {
  const record = records.find(
    ({ verdict }) => verdict.cycle === cycle && verdict.breachedAt !== undefined,
  );
  if (record === undefined || record.verdict.inherited) return undefined;
  const { breachedAt } = record.verdict;
  const heir = records.findLast(
    ({ verdict }) => verdict.inherited && verdict.breachedAt === breachedAt,
  );
  return { record, latest: heir?.verdict ?? record.verdict };
}

/**
 * Builds the view of a breach.
 *
 * @param inquiry as it is now, for the time so far of a clock that still runs
 */
export function showBreach(
  { record, latest }: BreachRecord,
  inquiry: Inquiry | undefined,
  serviceLevels: ServiceLevels,
  now: Instant,
): Breach {
  const { inquiryId, number, clock, cycle, judged, target, calendar } = record.verdict;
  const { breachedAt, detectedAt } = record.verdict;
  if (breachedAt === undefined || detectedAt === undefined) {
    throw new TypeError('the record is of no breach');
  }
  const { endedAt } = latest;
  const known = serviceLevels.calendar(calendar);
  const { elapsed, late } =
    endedAt === undefined ? computeTimeSoFar(latest, inquiry, known, now) : latest;
  const review = record.reviews.at(-1);
  return {
    id: formatBreachId({ inquiryId, clock, cycle }),
    ...{ inquiryId, number, clock, cycle, target, breachedAt, detectedAt },
    ...(judged.desk === undefined ? {} : { desk: judged.desk }),
    priority: judged.priority,
    state: endedAt === undefined ? 'running' : 'ended',
    ...(elapsed === undefined ? {} : { elapsed }),
    ...(late === undefined ? {} : { late }),
    ...(endedAt === undefined ? {} : { endedAt }),
    zone: known?.zoneAt(epochSecondOf(breachedAt)) ?? 'UTC',
    ...(review === undefined ? {} : { review }),
  };
}

/** The time that a clock has used by now, in all and since its deadline. */
function computeTimeSoFar(
  { clock: name, cycle, run }: SlaVerdict,
  inquiry: Inquiry | undefined,
  calendar: Parameters<typeof computeElapsed>[1],
  now: Instant,
): Pick<Breach, 'elapsed' | 'late'> {
  const clock = inquiry?.clocks.find(
    (one) => one.clock === name && one.cycle === cycle && one.run === run,
  );
  if (clock === undefined) return {};
  const elapsed = computeElapsed(clock, calendar, now);
  if (elapsed === undefined) return {};
  const late = computeLateness(clock, elapsed);
  return { elapsed, ...(late === undefined ? {} : { late }) };
}
