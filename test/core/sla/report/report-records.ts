import type { BreachReview, VerdictRecord } from '../../../../core/inquiry/clock/verdict.ts';
import { SlaVerdict } from '../../../../core/inquiry/clock/verdict.ts';
import { addSeconds, type Instant, Sub } from '../../../../core/inquiry/values/ids.ts';
import { makeInquiryNumber } from '../../../../core/inquiry/values/inquiry-number.ts';

type RecordInput = Partial<Omit<SlaVerdict, 'judged'>> & {
  /** The inquiry of the record. */
  readonly of?: number;
  readonly desk?: string;
  readonly supersededAt?: Instant;
  readonly reviews?: readonly BreachReview[];
};

/** A Tuesday morning in Tokyo. */
export const reportTuesday = '2026-11-10T00:00:00.000Z' as Instant;

/** A cycle that was met at noon of that Tuesday, with some of it changed. */
export function makeRecord({
  of = 1,
  desk = 'bpo',
  supersededAt,
  reviews = [],
  ...given
}: RecordInput): VerdictRecord {
  const priority = given.priority ?? 'high';
  const verdict = SlaVerdict.parse({
    inquiryId: `019a0000-0000-7000-8000-${String(of).padStart(12, '0')}`,
    number: makeInquiryNumber(new Uint8Array([0, 0, 0, 0, 0, of >> 5, of & 31])),
    channel: 'form',
    clock: 'resolution',
    cycle: 1,
    run: 1,
    judged: { desk, priority, month: '2026-11' },
    policy: 'standard',
    policies: 0,
    calendar: 'tokyo-office',
    calendars: 0,
    target: 28_800,
    priority,
    startedAt: reportTuesday,
    ...given,
  });
  return { verdict, ...(supersededAt === undefined ? {} : { supersededAt }), reviews };
}

/** A record of a cycle that was met. */
export function makeMetRecord(of: number, elapsed = 3_600, given: RecordInput = {}): VerdictRecord {
  const endedAt = addSeconds(reportTuesday, elapsed);
  return makeRecord({ of, verdict: 'met', endedAt, recordedAt: endedAt, elapsed, ...given });
}

/** A record of a cycle that was missed and has ended so many business seconds late. */
export function makeMissedRecord(of: number, late = 600, given: RecordInput = {}): VerdictRecord {
  const breachedAt = addSeconds(reportTuesday, 28_800);
  const endedAt = addSeconds(breachedAt, late);
  return makeRecord({
    ...{ of, verdict: 'missed', breachedAt, detectedAt: addSeconds(breachedAt, 2) },
    ...{ endedAt, recordedAt: endedAt, elapsed: 28_800 + late, late },
    ...given,
  });
}

/** A record of a cycle that was missed and runs on. */
export function makeRunningRecord(of: number, given: RecordInput = {}): VerdictRecord {
  const breachedAt = addSeconds(reportTuesday, 28_800);
  return makeRecord({ of, breachedAt, detectedAt: addSeconds(breachedAt, 2), ...given });
}

export function makeReviewAt(at: Instant, cause: string): BreachReview {
  return { cause, party: 'vendor', by: { sub: Sub.parse('lead-1'), name: 'Lead' }, at };
}
